import Glibc
import LedgerDomain
import LedgerEvents

/// The kill flag is a file: whoever can touch a file can stop trading (K12).
public enum FlagFile {
    /// The first of the configured path and the one of older runbooks that exists; nil when none does.
    public static func present(_ path: String) -> String? {
        [path, "state/ops_kill_switch.flag"].first { !$0.isEmpty && access($0, F_OK) == 0 }
    }
}

extension Sequencer {
    /// Takes the flag file's state as an input when the journal says otherwise.
    ///
    /// - Parameter mayClear: whether a file that is gone counts. Only somebody who looks lets entries
    ///   through again: a folder that was tidied must not (C1).
    public mutating func observeFlagFile(
        at time: Timestamp, isRun: Bool, mayClear: Bool = false
    ) throws {
        guard isRun else { return }
        let path = engine.rules.flagPath
        let found = FlagFile.present(path)
        let isKnown = engine.gate.latch(.flagFile) != nil
        guard (found != nil) != isKnown, found != nil || mayClear else { return }
        try append(
            FlagFileObserved(isPresent: found != nil, path: found ?? path), Envelope(time: time))
    }
}
