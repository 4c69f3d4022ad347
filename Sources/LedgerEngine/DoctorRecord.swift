import LedgerDomain

/// The content of a `doctor` command: whether everything was healthy, how many checks passed, failed and
/// warned, and whether the network was checked.
public struct DoctorRecord: Hashable, Sendable {
    /// How long a record stays valid (V02).
    public static let lifetime = Nanoseconds.day

    public var isHealthy: Bool
    public var passed: Int
    public var failed: Int
    public var warnings: Int
    public var hasNetwork: Bool

    public init(isHealthy: Bool, passed: Int, failed: Int, warnings: Int, hasNetwork: Bool) {
        (self.isHealthy, self.passed, self.failed) = (isHealthy, passed, failed)
        (self.warnings, self.hasNetwork) = (warnings, hasNetwork)
    }

    public var text: String {
        "\(isHealthy ? "healthy" : "unhealthy") passed \(passed) failed \(failed) warnings \(warnings) "
            + "network \(hasNetwork ? "yes" : "no")"
    }

    /// Nil for text that is not a record or contradicts itself.
    public init?(_ text: String) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 9, parts[0] == "healthy" || parts[0] == "unhealthy",
            parts[1] == "passed", parts[3] == "failed", parts[5] == "warnings",
            parts[7] == "network", parts[8] == "yes" || parts[8] == "no",
            let passed = Int(parts[2]), let failed = Int(parts[4]), let warnings = Int(parts[6]),
            passed >= 0, failed >= 0, warnings >= 0, (parts[0] == "healthy") == (failed == 0)
        else { return nil }
        self.init(
            isHealthy: failed == 0, passed: passed, failed: failed, warnings: warnings,
            hasNetwork: parts[8] == "yes")
    }
}
