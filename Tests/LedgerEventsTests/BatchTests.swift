import LedgerDomain
import LedgerEvents
import TestSupport
import Testing

/// Laws of packing events into blocks, over seeded random streams.
@Suite struct BatchTests {
    private func fill(_ batch: inout Batch, _ events: [(Int, Int)]) throws {
        for (kind, envelope) in events {
            try append(EventSamples.all[kind], EventSamples.envelopes[envelope], to: &batch)
        }
    }

    private func append<E: Event>(_ event: E, _ envelope: Envelope, to batch: inout Batch) throws {
        try batch.append(event, envelope)
    }

    private func stream(_ seed: UInt64, _ count: Int) -> [(Int, Int)] {
        var generator = Seeded(seed: seed)
        return (0..<count).map { _ in
            (
                generator.below(EventSamples.all.count),
                generator.below(EventSamples.envelopes.count)
            )
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `blocks hold the events in order, and no more than a full block`(seed: UInt64) throws {
        var batch = Batch(next: SequenceNumber(100))
        try fill(&batch, stream(seed, 900))
        #expect(batch.eventCount == 900)
        #expect(batch.nextSequence == SequenceNumber(1000))
        var next = SequenceNumber(100)
        var lines = JSONLineWriter()
        for bytes in BlockBytes.sealed(&batch) {
            let header = try bytes.withUnsafeBytes { try Block($0).header }
            #expect(header.firstSequence == next)
            #expect(bytes.count <= BlockHeader.fullBlock || header.count == 1)
            #expect(try BlockBytes.readAll(bytes, lines: &lines).count == Int(header.count))
            next = header.nextSequence
        }
        #expect(next == SequenceNumber(1000))
        var seen = SequenceNumber(990)
        batch.forEachRecord(from: SequenceNumber(990)) { record in
            #expect(record.sequence == seen)
            seen = seen.next
        }
        #expect(seen == SequenceNumber(1000))
    }

    @Test(arguments: [4, 5, 6] as [UInt64])
    func `to truncate and append again leaves the same bytes`(seed: UInt64) throws {
        let events = stream(seed, 300)
        var straight = Batch(next: .first)
        try fill(&straight, events)
        let expected = BlockBytes.sealed(&straight)
        var generator = Seeded(seed: seed &* 77)
        var batch = Batch(next: .first)
        try fill(&batch, events)
        for _ in 0..<40 {
            let keep = generator.below(301)
            batch.truncate(to: SequenceNumber(UInt64(keep) + 1))
            #expect(batch.eventCount == keep)
            try fill(&batch, Array(events[keep...]))
        }
        #expect(BlockBytes.sealed(&batch) == expected)
    }

    @Test func `to truncate leaves what a shorter stream would have made`() throws {
        let events = stream(7, 120)
        for keep in stride(from: 0, through: 120, by: 7) {
            var long = Batch(next: SequenceNumber(5))
            try fill(&long, events)
            long.truncate(to: SequenceNumber(5 + UInt64(keep)))
            var short = Batch(next: SequenceNumber(5))
            try fill(&short, Array(events[..<keep]))
            #expect(long.byteCount == short.byteCount, "keep \(keep)")
            #expect(BlockBytes.sealed(&long) == BlockBytes.sealed(&short), "keep \(keep)")
        }
    }

    @Test func `to truncate outside the batch takes all or nothing`() throws {
        var batch = Batch(next: SequenceNumber(10))
        try fill(&batch, stream(8, 5))
        batch.truncate(to: SequenceNumber(99))
        #expect(batch.eventCount == 5)
        #expect(batch.nextSequence == SequenceNumber(15))
        batch.truncate(to: SequenceNumber(3))
        #expect(batch.eventCount == 0)
        #expect(batch.nextSequence == SequenceNumber(10))
    }

    @Test func `reused memory leaves the same bytes as fresh memory`() throws {
        var reused = Batch(next: .first)
        try fill(&reused, stream(9, 400))
        reused.removeAll(next: SequenceNumber(50))
        try fill(&reused, stream(10, 400))
        var fresh = Batch(next: SequenceNumber(50))
        try fill(&fresh, stream(10, 400))
        #expect(BlockBytes.sealed(&reused) == BlockBytes.sealed(&fresh))
    }

    @Test func `a copied record keeps its bytes except for its instrument`() throws {
        var source = try EventSamples.batch()
        let blocks = BlockBytes.sealed(&source)
        var copy = Batch(next: .first)
        source.forEachRecord(from: .first) {
            _ = copy.append(copying: $0, instrument: $0.instrument)
        }
        #expect(BlockBytes.sealed(&copy) == blocks)
        let record = try source.required(SequenceNumber(5))
        var other = Batch(next: .first)
        other.append(copying: record, instrument: InstrumentID(9))
        let copied = try other.required(.first)
        #expect(copied.instrument == InstrumentID(9))
        var bytes = Array(copied.bytes)
        bytes[16] = Array(record.bytes)[16]
        #expect(bytes == Array(record.bytes))
    }

    @Test func `a sealed block names its chain, times and contents`() throws {
        var batch = try EventSamples.batch()
        let blocks = BlockBytes.sealed(&batch)
        #expect(blocks.count > 1)
        var previous = ChainLink.origin
        for bytes in blocks {
            try bytes.withUnsafeBytes { buffer in
                let block = try Block(buffer)
                previous = BlockBytes.sha256(
                    BlockBytes.bytes(of: previous) + Array(block.linkedHeader)
                        + Array(block.payload))
                #expect(BlockBytes.bytes(of: block.header.link) == BlockBytes.bytes(of: previous))
                let records = try block.reversedRecords()
                #expect(records.map(\.time.nanoseconds).min() == block.header.earliest)
                #expect(records.map(\.time.nanoseconds).max() == block.header.latest)
                #expect(
                    records.reduce(0) { $0 | EventTypeSet.bit($1.rawType) } == block.header.types)
            }
        }
    }

    @Test func `correlations have the bits that the format says`() {
        for (correlation, bit) in [(0, 0), (1, 39), (2, 15), (3, 54), (1000, 2)] {
            let bits = BlockHeader.correlationBit(SequenceNumber(UInt64(correlation)))
            #expect(bits == 1 << UInt64(bit), "\(correlation)")
        }
    }

    @Test func `a filter never skips a block that has a match`() throws {
        var batch = Batch(next: .first)
        try fill(&batch, stream(11, 600))
        let blocks = BlockBytes.sealed(&batch)
        var generator = Seeded(seed: 12)
        for round in 0..<400 {
            let filter = randomFilter(&generator)
            for bytes in blocks {
                try bytes.withUnsafeBytes { buffer in
                    let block = try Block(buffer)
                    let matches = try block.reversedRecords().contains { filter.matches($0) }
                    #expect(!matches || filter.mayMatch(block.header), "round \(round): \(filter)")
                }
            }
        }
    }

    private func randomFilter(_ generator: inout Seeded) -> EventFilter {
        var filter = EventFilter.all
        let times = EventSamples.envelopes.map(\.time)
        if generator.below(3) == 0 { filter.types = [UInt16(generator.below(36))] }
        if generator.below(3) == 0 {
            filter.instrument = InstrumentID([0, 1, 70, .max][generator.below(4)])
        }
        if generator.below(4) == 0 { filter.account = AccountID([0, 1, .max][generator.below(3)]) }
        if generator.below(3) == 0 {
            filter.correlation = SequenceNumber([1, 2, 300, .max][generator.below(4)])
        }
        if generator.below(4) == 0 { filter.since = times[generator.below(times.count)] }
        if generator.below(4) == 0 { filter.until = times[generator.below(times.count)] }
        return filter
    }
}
