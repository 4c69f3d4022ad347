import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerRunning
import LedgerTransport

/// Paper trading on recorded data: the back-test's driver, with operators and the flag file between
/// the inputs, at real time or faster. The same day gives the same decisions and the same profit
/// (W04).
public struct PaperFiles {
    private let run: Backtest
    /// Seconds of data per second; nil for as fast as possible.
    private let speed: Double?

    public init(_ configuration: Configuration, known: [Instrument], speed: Double?) throws {
        run = try Backtest(configuration, known: known, kind: .paper)
        self.speed = speed
    }

    public func run(
        into journal: any Journal, named name: String, continues: Bool,
        progress: (Progress) -> Void, shouldStop: @escaping () -> Bool
    ) throws -> BacktestResult {
        var start: (data: Timestamp, steady: Int64)?
        let speed = self.speed
        let interlude = Interlude(every: speed == nil ? 1024 : 1) { sequencer, next in
            let now = max(sequencer.engine.lastTime, .zero)
            try sequencer.drainInbox(at: now)
            try sequencer.observeFlagFile(at: now, isRun: true)
            guard let speed else { return }
            if sequencer.uncommitted > 0 { try sequencer.commit() }
            let began = start ?? (next, MachineTime.steady)
            start = began
            let ahead = Double(next.nanoseconds(since: began.data)) / speed
            try Self.wait(
                until: began.steady + Int64(ahead), journal, &sequencer, shouldStop)
        }
        return try run.run(
            into: journal, named: name, continues: continues, commitBytes: 1 << 16,
            checkpointEvery: 50_000, interlude: interlude, progress: progress,
            shouldStop: shouldStop)
    }

    /// Takes operators' commands as they arrive and checks the flag file periodically.
    private static func wait(
        until steady: Int64, _ journal: any Journal, _ sequencer: inout Sequencer,
        _ shouldStop: () -> Bool
    ) throws {
        while !shouldStop() {
            let left = steady - MachineTime.steady
            guard left > 0 else { return }
            _ = try journal.waitForSubmissions(timeout: Nanoseconds(min(left, 100_000_000)))
            let now = max(sequencer.engine.lastTime, .zero)
            try sequencer.drainInbox(at: now)
            try sequencer.observeFlagFile(at: now, isRun: true)
            if sequencer.uncommitted > 0 { try sequencer.commit() }
        }
    }
}
