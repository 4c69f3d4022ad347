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

    /// - Parameter isVerbose: includes the checks that passed.
    public func table(isVerbose: Bool) -> Table {
        var table = Table([
            .init("group"), .init("check"), .init("result"), .init("expected"), .init("actual"),
            .init("message"), .init("fix"),
        ])
        for check in checks where isVerbose || (!check.passed && check.severity != .info) {
            let cells = [
                check.group.rawValue, check.name, check.result, check.expected, check.actual,
                check.message, check.fixCommand,
            ]
            table.add(cells.map { $0.isEmpty ? nil : $0 })
        }
        return table
    }

    public var json: String {
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
        return object.text
    }
}
