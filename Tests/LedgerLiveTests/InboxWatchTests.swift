import Dispatch
import Foundation
import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerTransport
import LedgerVenues
import Synchronization
import Testing

@testable import LedgerLive

@Suite struct InboxWatchTests {
    private static let hour = Nanoseconds.milliseconds(3_600_000)

    private func configuration() throws -> Configuration {
        try Configuration(
            path: nil, text: nil, environment: [:],
            overrides: [
                ("account.kind", "paper"), ("risk.enabled", "false"),
                ("quality.enabled", "false"), ("reconciliation.enabled", "false"),
            ].map { (key: $0.0, value: $0.1) })
    }

    @Test func `a run that would sleep for an hour takes an operator's command at once`() throws {
        let programs = try Programs()
        defer { programs.remove() }
        let journal = try LMDBJournal.create(directory: programs.folder.path + "/journal")
        var options = LiveOptions(
            journalName: "journal", mode: "paper", runName: "", symbols: [], sendsOrders: false)
        (options.idle, options.tick) = (Self.hour, Self.hour)
        let run = try LiveRun(
            journal, configuration(), instruments: [], [AccountGateway(SilentGateway(), options)],
            holder: "test")
        let isOver = Mutex(false)
        let thread = DispatchGroup()
        DispatchQueue(label: "run").async(group: thread) {
            #expect(throws: Never.self) { try run.run(shouldStop: { isOver.withLock { $0 } }) }
        }
        // The first is taken by a run that has just started, the second by one that sleeps.
        for _ in 0..<2 {
            var batch = Batch(next: .first)
            try batch.append(ClockTicked(), Envelope(time: .zero))
            let bytes = try #require(batch.record(.first).map { Array($0.bytes) })
            let ticket = try journal.submit(bytes, submitter: "kim")
            let receipt = try journal.waitForReceipt(ticket, timeout: Self.hour)
            #expect(receipt == .event(try journal.head.lastSequence))
        }
        isOver.withLock { $0 = true }
        run.queue.wake()
        thread.wait()
        try run.finish(reason: "test")
    }
}
