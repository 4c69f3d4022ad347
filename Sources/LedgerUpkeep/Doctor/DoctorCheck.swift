/// One check of the doctor (V01).
public struct DoctorCheck: Hashable, Sendable {
    public enum Group: String, Hashable, Sendable, CaseIterable {
        case environment, libraries, keys, directories, configuration, resources, data, network
    }

    /// The severity if the check does not pass.
    public enum Severity: String, Hashable, Sendable {
        case error, warning, info
    }

    public var group: Group
    public var name: String
    public var passed: Bool
    public var severity: Severity
    /// One sentence; never a secret.
    public var message: String
    public var expected: String
    public var actual: String
    public var details: [String]
    /// A shell command that fixes it; empty if there is none.
    public var fixCommand: String
    /// What `--fix` does: only directories and modes, nothing that loses data.
    public var fix: Fix?

    public enum Fix: Hashable, Sendable {
        case makeDirectory(String)
        case makePrivate(String)
    }

    public init(
        _ group: Group, named name: String, passed: Bool, severity: Severity = .error,
        _ message: String, expected: String = "", actual: String = "", details: [String] = [],
        fixCommand: String = "", fix: Fix? = nil
    ) {
        (self.group, self.name, self.passed) = (group, name, passed)
        (self.severity, self.message) = (severity, message)
        (self.expected, self.actual, self.details) = (expected, actual, details)
        (self.fixCommand, self.fix) = (fixCommand, fix)
    }

    /// `ok`, or the severity of the failure.
    /// Whether it did not pass and is more than a remark.
    public var isTrouble: Bool { !passed && severity != .info }
    public var result: String { passed ? "ok" : severity.rawValue }
}
