import Glibc
import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerJournal
import LedgerReading
import LedgerVenues

/// Looks at everything that trading stands on and needs no network (V01 to V07). `ledgerd doctor` adds
/// what does.
///
/// It reads and never writes: `mend` makes directories and modes, the caller records the report.
public struct Doctor {
    /// What is looked at.
    public struct Subject {
        /// The configuration; nil for all of `configs/`.
        public var path: String?
        public var load: (String?) throws -> Configuration
        /// A variable of the environment; nil where it is not set.
        public var variable: (String) -> String?
        /// A journal's name or directory; nil for none.
        public var journal: String?
        /// A model's checkpoint; nil for `models/best_model.zip`, if it is there.
        public var model: String?
        public var now: Timestamp
        /// In GB of 10^9 bytes.
        public var leastDisk = 10
        public var leastMemory = 8
        /// Libraries that this target does not know, with what they must be at least.
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
    /// Nil where it cannot be read; the check of the configuration says why.
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

    /// Whether the configuration is for a venue, which makes some warnings errors.
    var isForVenue: Bool {
        let mode = configuration?[ModeKeys.mode] ?? .sim
        return mode != .sim
    }

    /// In the order of the groups; the network is only mentioned.
    public func checks() -> [DoctorCheck] {
        environmentChecks() + libraryChecks() + keyChecks() + directoryChecks()
            + configurationChecks() + resourceChecks() + dataChecks() + journalChecks()
    }

    public static let withoutNetwork = DoctorCheck(
        .network, named: "network", passed: true, severity: .info,
        "not looked at; ledgerd doctor does", fixCommand: "ledgerd doctor")

    /// Makes the directories that are missing and takes modes away that others have.
    ///
    /// - Returns: what was done, or could not be done, a line each.
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
