import LedgerEngine
import LedgerReading

/// All findings of the doctor.
public struct DoctorReport: Hashable, Sendable {
    public var checks: [DoctorCheck]

    public init(_ checks: [DoctorCheck]) { self.checks = checks }

    public var passed: Int { checks.count(where: \.passed) }
    public var failed: Int { checks.count { !$0.passed && $0.severity == .error } }
    public var warnings: Int { checks.count { !$0.passed && $0.severity == .warning } }
    /// There are no errors; a person decides about warnings.
    public var isHealthy: Bool { failed == 0 }

    public var record: DoctorRecord {
        DoctorRecord(
            isHealthy: isHealthy, passed: passed, failed: failed, warnings: warnings,
            hasNetwork: checks.contains { $0.group == .network && $0.severity != .info })
    }

    public var summary: String {
        "\(isHealthy ? "healthy" : "not healthy"): \(passed) passed, \(failed) failed, "
            + "\(warnings) warnings"
    }

    /// - Parameters:
    ///   - isVerbose: includes the checks that passed.
    ///   - hasFixes: includes the commands that fix what failed.
    public func table(isVerbose: Bool, hasFixes: Bool = true) -> Table {
        var table = Table(
            [
                .init("group", isDetail: true), .init("check"), .init("result"),
                .init("expected", isDetail: true), .init("actual", isDetail: true),
                .init("message"),
            ] + (hasFixes ? [.init("fix")] : []))
        for check in checks where isVerbose || check.isTrouble {
            let cells =
                [
                    check.group.rawValue, check.name, check.result, check.expected, check.actual,
                    check.message,
                ] + (hasFixes ? [check.fixCommand] : [])
            table.add(cells.map { $0.isEmpty ? nil : $0 })
        }
        return table
    }

    /// What fixes each check that did not pass. A command is never wrapped, so that it can be
    /// pasted.
    public var fixes: [String] {
        checks.filter { $0.isTrouble && !$0.fixCommand.isEmpty }.map {
            "fix \($0.name): \($0.fixCommand)"
        }
    }

    /// - Parameter checklist: of what must hold before live trading, where it was evaluated.
    public func json(_ checklist: PreLiveChecklist? = nil) -> String {
        var object = JSONObject()
        object.add("healthy", isHealthy)
        object.add("passed", passed)
        object.add("failed", failed)
        object.add("warnings", warnings)
        let lines = checks.map { check in
            var entry = JSONObject()
            entry.add("group", check.group.rawValue)
            entry.add("name", check.name)
            entry.add("passed", check.passed)
            entry.add("severity", check.severity.rawValue)
            entry.add("message", check.message)
            entry.add("expected", check.expected)
            entry.add("actual", check.actual)
            let details = check.details.map { detail in
                var bytes: [UInt8] = []
                bytes.append(string: detail)
                return String(decoding: bytes, as: UTF8.self)
            }
            entry.add("details", raw: "[" + details.joined(separator: ", ") + "]")
            entry.add("fix_command", check.fixCommand)
            return "    " + entry.line
        }
        object.add("checks", raw: "[\n" + lines.joined(separator: ",\n") + "\n  ]")
        if let checklist {
            let items = checklist.items.map { item in
                var entry = JSONObject()
                entry.add("item", item.name)
                entry.add("verdict", item.verdict.rawValue)
                entry.add("evidence", item.evidence)
                return "    " + entry.line
            }
            object.add("checklist", raw: "[\n" + items.joined(separator: ",\n") + "\n  ]")
        }
        return object.text
    }
}
