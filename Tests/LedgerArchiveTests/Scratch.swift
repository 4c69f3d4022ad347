import Foundation
import LedgerArchive
import LedgerDomain
import LedgerEvents
import LedgerJournal

/// A folder of its own, removed with what is in it.
final class Scratch: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "ledger-archive-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: file(name))))
    }

    func write(_ bytes: [UInt8], _ name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    }
}

/// Journals that look like nothing in particular: the coder must not lean on what markets do.
struct RandomJournal {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }

    private mutating func below(_ bound: UInt64) -> UInt64 { next() % bound }

    /// Numbers of every size, round ones among them.
    private mutating func number() -> Int64 {
        switch below(5) {
        case 0: 0
        case 1: Int64(below(1000)) * 10_000_000
        case 2: -Int64(below(1 << 40))
        case 3: Int64(bitPattern: next())
        default: Int64(below(2) == 0 ? UInt64.max >> 1 : 1 << 63 - 1)
        }
    }

    private mutating func append(_ batch: inout Batch, _ time: Timestamp) throws {
        let instrument = InstrumentID(UInt32(below(4)))
        let last = batch.nextSequence.number
        let envelope = Envelope(
            account: AccountID(UInt16(below(3))), time: time,
            cause: below(2) == 0 || last == 1 ? .none : SequenceNumber(last - 1),
            correlation: below(3) > 0 ? .none : SequenceNumber(1 + below(last)),
            recordTime: below(2) == 0 ? nil : Timestamp(nanoseconds: Int64(below(1 << 60))))
        func price(_ raw: Int64) -> Price { Price(raw: raw) }
        switch below(8) {
        case 0...3:
            try batch.append(
                Bar(
                    instrument: instrument, interval: 60, open: price(number()),
                    high: price(number()), low: price(number()), close: price(number()),
                    volume: Quantity(raw: Int128(number()))), envelope)
        case 4, 5:
            try batch.append(
                Quote(
                    instrument: instrument, bid: price(number()), ask: price(number()),
                    bidSize: Quantity(raw: Int128(number())),
                    askSize: Quantity(raw: Int128(below(1 << 20)))), envelope)
        case 6:
            try batch.append(
                OperatorCommanded(
                    actor: "kim", command: "note", argument: "",
                    reason: String(repeating: "é", count: Int(below(40)))), envelope)
        default:
            let long = below(50) == 0 ? Int(below(9000)) : Int(below(10))
            try batch.append(RunFailed(reason: String(repeating: "x", count: long)), envelope)
        }
    }

    /// - Parameter most: events in a commit.
    mutating func make(events: Int, most: UInt64) throws -> MemoryJournal {
        let journal = MemoryJournal()
        var batch = Batch(next: .first)
        try batch.append(
            JournalOpened(kind: .general, name: "random", build: "test"),
            Envelope(time: Timestamp(nanoseconds: 0)))
        var time = Int64(0)
        var left = events - 1
        while left > 0 || !batch.isEmpty {
            var size = Int(min(UInt64(left), 1 + below(most)))
            left -= size
            while size > 0 {
                time += below(3) == 0 ? Int64(below(1 << 35)) : 60_000_000_000
                try append(&batch, Timestamp(nanoseconds: time))
                size -= 1
            }
            try journal.append(&batch)
            batch.removeAll(next: batch.nextSequence)
        }
        return journal
    }
}

extension Journal {
    func snapshot(
        to path: String, sign: (String) throws -> String? = { _ in nil }
    ) throws -> ArchiveManifest {
        try ArchiveWriter(path).write(
            reader(from: .first), linkBefore: .origin,
            complete: { $0.journal = "random" }, sign: sign)
    }
}
