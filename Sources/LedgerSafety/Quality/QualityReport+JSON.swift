import LedgerDomain
import LedgerEvents

/// The report in its established form: `issues` by type, each with the symbols that it blocks,
/// followed by the measurements of each symbol. It does not contain the time of writing, so the
/// same data give the same bytes.
extension QualityReport {
    /// Ends with a line feed.
    public var json: [UInt8] {
        var text: [UInt8] = []
        text.append("{\n  \"asof_date\": \"\(CivilDate(daysSinceEpoch: asOf.utcDay))\",\n")
        text.append("  \"staleness_threshold_hours\": \(QualityReport.hours(staleness)),\n")
        text.append("  \"symbols_checked\": \(symbols.count),\n")
        text.append("  \"symbols_blocked\": \(blocked.count),\n  \"issues\": {")
        appendIssues(to: &text)
        text.append("},\n  \"timestamp\": \"\(asOf)\",\n  \"symbols\": [")
        for (index, symbol) in symbols.enumerated() {
            text.append(index == 0 ? "\n    " : ",\n    ")
            symbol.append(to: &text)
        }
        text.append(symbols.isEmpty ? "]\n}\n" : "\n  ]\n}\n")
        return text
    }

    private func appendIssues(to text: inout [UInt8]) {
        var isFirst = true
        for issue in QualityIssue.allCases {
            let concerned = symbols.filter { $0.issue == issue }
            // Nothing to check counts as no data.
            guard !concerned.isEmpty || (symbols.isEmpty && issue == .empty) else { continue }
            text.append(isFirst ? "\n    " : ",\n    ")
            isFirst = false
            text.append("\"\(issue.name)\": {\n      \"severity\": ")
            text.append("\"\(issue.severity.word.uppercased())\",\n")
            text.append("      \"message\": \"\(issue.message)\",\n      \"symbols\": [")
            for (index, symbol) in concerned.enumerated() {
                text.append(index == 0 ? "\n        {\"symbol\": " : ",\n        {\"symbol\": ")
                text.append(string: symbol.symbol)
                text.append(", \"reason\": ")
                text.append(string: symbol.reason)
                text.append("}")
            }
            text.append(concerned.isEmpty ? "]\n    }" : "\n      ]\n    }")
        }
        if !isFirst { text.append("\n  ") }
    }
}

extension SymbolReport {
    /// Decimal numbers are JSON numbers here, as this file's readers expect.
    fileprivate func append(to text: inout [UInt8]) {
        text.append("{\"symbol\": ")
        text.append(string: symbol)
        text.append(", \"blocked\": \(issue != nil), \"rows\": \(rows), \"last\": ")
        text.append(last.map { "\"\($0)\"" } ?? "null")
        text.append(", \"missing_sessions\": \(missingSessions.map { "\($0)" } ?? "null")")
        text.append(", \"age_hours\": \(age.map(QualityReport.hours) ?? "null")")
        text.append(", \"history_days\": \(history), \"missing_share\": \(missingShare)")
        text.append(", \"warnings\": {")
        var isFirst = true
        for kind in QualityKind.allCases where findings.count(kind) > 0 {
            text.append("\(isFirst ? "" : ", ")\"\(kind.name)\": \(findings.count(kind))")
            isFirst = false
        }
        text.append("}}")
    }
}
