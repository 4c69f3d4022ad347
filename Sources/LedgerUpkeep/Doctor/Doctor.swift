import Glibc
import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerJournal
import LedgerReading
import LedgerVenues

/// Checks everything that trading depends on and that needs no network (V01 to V07). `ledgerd
/// doctor` adds the rest.
///
/// It only reads. `mend` creates directories and changes modes; the caller records the report.
public struct Doctor {
    /// What is checked.
    public struct Subject {
        /// The configuration; nil for all in `configs/`.
        public var path: String?
        public var load: (String?) throws -> Configuration
        /// Returns an environment variable; nil if it is not set.
        public var variable: (String) -> String?
        /// A journal's name or directory; nil for none.
        public var journal: String?
        /// A model checkpoint; nil for `models/best_model.zip` if it exists.
        public var model: String?
        public var now: Timestamp
        /// In GB of 10^9 bytes.
        public var leastDisk = 10
        public var leastMemory = 8
        /// Libraries that this target does not know, with their minimum versions.
        public var libraries: [(name: String, version: String, least: String)] = []

        public init(
            path: String?, load: @escaping (String?) throws -> Configuration,
            variable: @escaping (String) -> String?, journal: String?, model: String?,
            now: Timestamp
        ) {
            (self.path, self.load, self.variable) = (path, load, variable)
            (self.journal, self.model, self.now) = (journal, model, now)
        }
    }

    public let subject: Subject
    /// Nil if it cannot be read; the check of the configuration says why.
    public let configuration: Configuration?
    let configurationError: String

    public init(_ subject: Subject) {
        self.subject = subject
        do {
            configuration = try subject.load(subject.path)
            configurationError = ""
        } catch {
            configuration = nil
            configurationError = "\(error)"
        }
    }

    /// Whether the configuration uses a venue, which turns some warnings into errors.
    var isForVenue: Bool {
        let mode = configuration?[ModeKeys.mode] ?? .sim
        return mode != .sim
    }

    /// In group order; the network is only mentioned.
    public func checks() -> [DoctorCheck] {
        environmentChecks() + libraryChecks() + keyChecks() + directoryChecks()
            + configurationChecks() + resourceChecks() + dataChecks() + journalChecks()
    }

    public static let withoutNetwork = DoctorCheck(
        .network, named: "network", passed: true, severity: .info,
        "not checked; ledgerd doctor checks it", fixCommand: "ledgerd doctor")

    /// Creates missing directories and removes excess permissions.
    ///
    /// - Returns: what was done or failed, one line each.
    public static func mend(_ report: DoctorReport) -> [String] {
        report.checks.compactMap { check in
            guard !check.passed, let fix = check.fix else { return nil }
            let isDone: Bool
            let what: String
            switch fix {
            case .makeDirectory(let path):
                JournalHome.makeParents(of: path + "/x")
                (isDone, what) = (access(path, W_OK) == 0, "mkdir -p \(path)")
            case .makePrivate(let path):
                (isDone, what) = (chmod(path, 0o600) == 0, "chmod 600 \(path)")
            }
            return isDone ? what : "\(what): \(String(cString: strerror(errno)))"
        }
    }
}
