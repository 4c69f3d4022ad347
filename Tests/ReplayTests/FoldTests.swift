import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading
import Testing

/// A fold from a checkpoint is the fold from the first event.
@Suite struct FoldTests {
    private let journal = MemoryJournal()

    init() throws { try SampleRun().run(into: journal, checkpointEvery: 700) }

    private func bytes<P: Projection>(_ state: P) -> [UInt8] {
        var writer = StateWriter()
        state.encode(into: &writer)
        return writer.bytes
    }

    private func check<P: Projection>(_ type: P.Type) throws {
        #expect(try journal.checkpoints(name: P.name).count > 10, "\(P.name)")
        var state = P()
        var compared = 0
        try journal.forEachRecord(from: .first) { record in
            try state.apply(record)
            guard record.sequence.number % 97 == 0 else { return true }
            let folded = try ProjectionReader.fold(P.self, of: journal, through: record.sequence)
            #expect(bytes(folded) == bytes(state), "\(P.name) at \(record.sequence)")
            compared += 1
            return true
        }
        #expect(compared > 100)
    }

    @Test func `positions are the same at every place`() throws { try check(PositionBook.self) }
    @Test func `equity is the same at every place`() throws { try check(EquityBook.self) }
    @Test func `profit is the same at every place`() throws { try check(ProfitAndLoss.self) }
    @Test func `orders are the same at every place`() throws { try check(OrderRegister.self) }
    @Test func `names are the same at every place`() throws { try check(NameBook.self) }

    @Test func `a checkpoint of another version is not used`() throws {
        let head = try journal.head.lastSequence
        let before = bytes(try ProjectionReader.fold(EquityBook.self, of: journal))
        var wrong = EquityBook()
        try journal.forEachRecord(from: .first, through: SequenceNumber(500)) {
            try wrong.apply($0)
            return true
        }
        try journal.storeCheckpoint(
            StateCheckpoint(
                name: EquityBook.name, version: EquityBook.version + 1, sequence: head,
                bytes: bytes(wrong)))
        #expect(bytes(try ProjectionReader.fold(EquityBook.self, of: journal)) == before)
    }

    @Test func `a checkpoint that cannot be read is not used`() throws {
        let head = try journal.head.lastSequence
        let before = bytes(try ProjectionReader.fold(PositionBook.self, of: journal))
        for damage in [[], [1, 2, 3], before + [0]] as [[UInt8]] {
            try journal.storeCheckpoint(
                StateCheckpoint(
                    name: PositionBook.name, version: PositionBook.version, sequence: head,
                    bytes: damage))
            #expect(bytes(try ProjectionReader.fold(PositionBook.self, of: journal)) == before)
        }
    }

    @Test func `an engine's checkpoint of another version, or a damaged one, is not used`() throws {
        let head = try journal.head.lastSequence
        let before = try EngineRestorer.engine(of: journal, through: head).digest
        for (version, damage) in [(Engine.version + 1, [1, 2, 3]), (Engine.version, [])]
            as [(UInt32, [UInt8])]
        {
            try journal.storeCheckpoint(
                StateCheckpoint(name: Engine.name, version: version, sequence: head, bytes: damage))
            #expect(try EngineRestorer.engine(of: journal, through: head).digest == before)
        }
    }
}
