import Glibc
import LedgerDomain
import LedgerEvents

/// The kill flag is a file, so anyone who can create a file can stop trading (K12).
public enum FlagFile {
    /// The configured path or the path of older runbooks, whichever exists first; nil if neither
    /// does.
    public static func present(_ path: String) -> String? {
        [path, "state/ops_kill_switch.flag"].first { !$0.isEmpty && access($0, F_OK) == 0 }
    }
}

extension Sequencer {
    /// Journals the state of the flag file as an input if the journal has another state.
    ///
    /// - Parameter mayClear: whether a missing file counts. Only an explicit look may allow entries
    ///   again; a tidied directory must not (C1).
    public mutating func observeFlagFile(
        at time: Timestamp, isRun: Bool, mayClear: Bool = false
    ) throws {
        guard isRun else { return }
        let accounts = engine.accounts
        let path = engine.main.rules.flagPath
        let found = FlagFile.present(path)
        // An account that the settings added later does not know a flag yet.
        let known = accounts.count { $0.gate.latch(.flagFile) != nil }
        let isKnown = found == nil ? known > 0 : known == accounts.count
        guard (found != nil) != isKnown, found != nil || mayClear else { return }
        try append(
            FlagFileObserved(isPresent: found != nil, path: found ?? path), Envelope(time: time))
    }
}
