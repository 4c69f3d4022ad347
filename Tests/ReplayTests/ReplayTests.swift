import Foundation
import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading
import LedgerRunning
import Testing

/// Whole streams: a back-test, its journal, and what comes of feeding the journal's inputs to the engine
/// again.
@Suite struct ReplayTests {
    /// A seeded file of made bars with two strategies on it, one with exits, latency and costs.
    private func configuration(_ folder: String, rows: Int = 3000) throws -> Configuration {
        var text = "ts_ns,open,high,low,close,volume\n"
        var state: UInt64 = 7
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        var close = 10_000
        for row in 0..<rows {
            let open = close
            close = max(5000, close + random(61) - 30)
            let high = max(open, close) + random(9)
            let low = min(open, close) - random(9)
            func price(_ cents: Int) -> String {
                "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
            }
            text += "\(1_672_531_200_000_000_000 + row * 60_000_000_000),\(price(open)),"
            text += "\(price(high)),\(price(low)),\(price(close)),\(100 + random(900))\n"
        }
        let path = "\(folder)/made-\(rows).csv"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return try Configuration(
            path: nil, text: nil, environment: [:],
            overrides: [
                ("data.0.path", path), ("data.0.symbol", "MADE"), ("data.0.interval", "60"),
                ("run.name", "made"), ("seed", "3"), ("engine.digest_every", "500"),
                ("account.allow_short", "true"), ("venue.fee_basis_points", "2.5"),
                ("venue.slippage_basis_points", "1"), ("venue.latency_ms", "200"),
                ("venue.latency_jitter_ms", "100000"),
                ("venue.participation_basis_points", "300"),
                ("strategies.0.kind", "sma_crossover"), ("strategies.0.symbols", "MADE"),
                ("strategies.0.fast", "4"), ("strategies.0.slow", "11"),
                ("strategies.0.quantity", "7"), ("strategies.0.stop_loss", "0.3"),
                ("strategies.0.take_profit", "0.5"), ("strategies.1.kind", "buy_and_hold"),
                ("strategies.1.symbols", "MADE"), ("strategies.1.cash_fraction", "0.3"),
            ])
    }

    private func withFolder<R>(_ body: (String) throws -> R) throws -> R {
        let folder = FileManager.default.temporaryDirectory.path + "/ledger-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try body(folder)
    }

    private func run(
        _ configuration: Configuration, commitBytes: Int = Backtest.commitBytes
    ) throws -> MemoryJournal {
        let journal = MemoryJournal()
        _ = try Backtest(configuration).run(
            into: journal, named: "made", commitBytes: commitBytes)
        return journal
    }

    private func records(_ journal: any Journal) throws -> [[UInt8]] {
        var found: [[UInt8]] = []
        try journal.forEachRecord(from: .first) { record in
            found.append(Array(record.bytes))
            return true
        }
        return found
    }

    @Test func `memory and disk hold the same bytes, whatever the size of commits`() throws {
        try withFolder { folder in
            let settings = try configuration(folder)
            let memory = try run(settings)
            let disk = try LMDBJournal.create(directory: "\(folder)/disk", durability: .bulk)
            _ = try Backtest(settings).run(into: disk, named: "made")
            #expect(try memory.head == disk.head)
            let small = try run(settings, commitBytes: 1000)
            #expect(try records(memory) == records(small))
        }
    }

    @Test func `a replay is identical from every checkpoint and from anywhere`() throws {
        try withFolder { folder in
            let journal = try run(configuration(folder))
            let head = try journal.head.lastSequence
            let starts =
                try journal.checkpoints(name: Engine.name) + [.first]
                + stride(from: 2, to: head.number, by: 397).map { SequenceNumber($0) }
            for start in starts {
                let result = try Replay(journal).run(from: start)
                #expect(result.divergence == nil, "from \(start)")
                #expect(result.last == head)
            }
            let part = try Replay(journal).run(
                from: SequenceNumber(100), through: SequenceNumber(900))
            #expect(part.divergence == nil && part.last == SequenceNumber(900))
        }
    }

    /// The journal's records written anew, changed by `edit`, with checksums and chain computed again.
    private func forged(
        _ journal: any Journal, _ edit: (inout [[UInt8]]) -> Void
    ) throws -> MemoryJournal {
        var all = try records(journal)
        edit(&all)
        let copy = MemoryJournal()
        var batch = Batch(next: .first)
        for bytes in all {
            try Record.reading(bytes) { record in
                _ = batch.append(copying: record, instrument: record.instrument)
            }
        }
        try copy.append(&batch)
        #expect(try copy.verifyChain() == copy.head)
        return copy
    }

    private func firstFill(_ journal: any Journal) throws -> Int {
        var place = 0
        try journal.forEachRecord(from: .first, filter: EventFilter([.orderFilled])) { record in
            place = Int(record.sequence.number) - 1
            return false
        }
        return place
    }

    @Test func `one derived event that was changed is named, though every checksum is right`()
        throws
    {
        try withFolder { folder in
            let journal = try run(configuration(folder, rows: 400))
            let fill = try firstFill(journal)
            let copy = try forged(journal) { $0[fill][40] ^= 1 }
            let divergence = try #require(try Replay(copy).run(from: .first).divergence)
            #expect(divergence.sequence == SequenceNumber(UInt64(fill + 1)))
            #expect(divergence.journaled != divergence.derived)
            #expect(divergence.journaled?.contains("OrderFilled") == true)
            #expect(divergence.causeLine?.contains("\"Bar\"") == true)
        }
    }

    @Test func `a derived event that was left out or added is named`() throws {
        try withFolder { folder in
            let journal = try run(configuration(folder, rows: 400))
            let fill = try firstFill(journal)
            let without = try forged(journal) { $0.remove(at: fill) }
            let missing = try #require(try Replay(without).run(from: .first).divergence)
            #expect(missing.sequence == SequenceNumber(UInt64(fill + 1)))
            let twice = try forged(journal) { $0.insert($0[fill], at: fill) }
            let added = try #require(try Replay(twice).run(from: .first).divergence)
            #expect(added.sequence <= SequenceNumber(UInt64(fill + 2)))
        }
    }

    @Test func `a projection at any moment is the fold of what came before`() throws {
        try withFolder { folder in
            let journal = try run(configuration(folder, rows: 1200))
            try check(PositionBook.self, journal)
            try check(EquityBook.self, journal)
            try check(ProfitAndLoss.self, journal)
            try check(OrderRegister.self, journal)
        }
    }

    private func check<P: Projection>(_ type: P.Type, _ journal: any Journal) throws {
        let head = try journal.head.lastSequence.number
        var state = P()
        var bytes: [UInt64: [UInt8]] = [:]
        try journal.forEachRecord(from: .first) { record in
            try state.apply(record)
            if record.sequence.number % 97 == 0 || record.sequence.number == head {
                bytes[record.sequence.number] = Self.encoded(state)
                if record.sequence.number % 970 == 0 {
                    try journal.storeCheckpoint(
                        StateCheckpoint(
                            name: P.name, version: P.version, sequence: record.sequence,
                            bytes: Self.encoded(state)))
                }
            }
            return true
        }
        for (sequence, wanted) in bytes {
            let at = try ProjectionReader.fold(
                P.self, of: journal, through: SequenceNumber(sequence))
            #expect(Self.encoded(at) == wanted, "\(P.name) at \(sequence)")
        }
        // A checkpoint of another version, or a damaged one, is passed over.
        try journal.storeCheckpoint(
            StateCheckpoint(
                name: P.name, version: P.version + 1, sequence: SequenceNumber(head),
                bytes: [1, 2, 3]))
        #expect(
            Self.encoded(try ProjectionReader.fold(P.self, of: journal))
                == bytes[head])
    }

    private static func encoded(_ state: some Projection) -> [UInt8] {
        var writer = StateWriter()
        state.encode(into: &writer)
        return writer.bytes
    }

    @Test func `no decision changes when later rows are added`() throws {
        try withFolder { folder in
            let short = try records(run(configuration(folder, rows: 500)))
            let long = try records(run(configuration(folder, rows: 900)))
            // The settings name the file; the run's end and what it cancels come last.
            let body = short.dropLast(40)
            #expect(body.count > 400)
            for (index, bytes) in body.enumerated() where index != 1 && index != 0 {
                guard bytes == long[index] else {
                    let isDefinition = index < 5
                    #expect(isDefinition, "event \(index + 1) differs")
                    continue
                }
            }
        }
    }

    @Test func `a moment is found by its time`() throws {
        try withFolder { folder in
            let journal = try run(configuration(folder, rows: 300))
            var last: [Timestamp: SequenceNumber] = [:]
            try journal.forEachRecord(from: .first) { record in
                last[record.time] = record.sequence
                return true
            }
            for (time, sequence) in last {
                #expect(
                    try ProjectionReader.sequence(of: journal, atOrBefore: time) == sequence)
            }
            let before = Timestamp(nanoseconds: 0)
            #expect(
                try ProjectionReader.sequence(of: journal, atOrBefore: before) == .none)
        }
    }
}
