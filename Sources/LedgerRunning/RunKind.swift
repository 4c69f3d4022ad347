import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents
import LedgerSettings

/// The kind of a run over files: a back-test, or paper trading on a recorded day. Both give the
/// same inputs to the same engine.
public enum RunKind: Sendable {
    case backtest
    case paper

    var isPaper: Bool { self == .paper }
    var mode: String { self == .backtest ? "backtest" : "paper" }
    var journal: JournalKind { self == .backtest ? .backtest : .paper }

    func check(_ configuration: Configuration) throws {
        let mode = configuration[ModeKeys.mode]
        switch self {
        case .backtest where mode != .sim:
            throw SettingsError(
                ModeKeys.mode, "'\(mode)' needs the trading daemon; a back-test needs mode sim")
        case .paper where mode != .paper:
            throw SettingsError(ModeKeys.mode, "'\(mode)' is not paper")
        default: break
        }
        let venue = configuration[ModeKeys.venue]
        guard venue == ModeKeys.simulated else {
            throw SettingsError(
                ModeKeys.venue,
                "'\(venue)' cannot fill orders from data read from "
                    + "files; take simulated")
        }
    }
}

/// What happens between two inputs of a run over files: commands, the flag file, waiting.
public struct Interlude {
    /// At most this many inputs between two calls.
    public var inputs: Int
    /// Called before the input with that time.
    public var body: (inout Sequencer, Timestamp) throws -> Void

    public init(every inputs: Int, _ body: @escaping (inout Sequencer, Timestamp) throws -> Void) {
        (self.inputs, self.body) = (inputs, body)
    }
}
