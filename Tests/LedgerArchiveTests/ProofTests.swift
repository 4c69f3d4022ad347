import Foundation
import LedgerArchive
import LedgerDomain
import LedgerEvents
import TestSupport
import Testing

@Suite struct ProofTests {
    /// Whether a proof's text is taken as valid.
    private func isValid(_ text: String, _ key: VerifierKey) -> Bool {
        do {
            if text.hasPrefix("ledger inclusion") {
                try InclusionProof(text).verify(key)
            } else {
                try ConsistencyProof(text).verify(key)
            }
            return true
        } catch { return false }
    }

    @Test func `every event of a journal is proved, and the text reads back`() throws {
        let desk = try SealedDesk()
        try desk.note(300)
        let sealer = try desk.sealer()
        _ = try sealer.checkpoint()
        for number in 1...300 {
            let proof = try sealer.proveInclusion(of: SequenceNumber(UInt64(number)))
            try proof.verify(desk.key.verifier)
            #expect(try InclusionProof(proof.encoded()) == proof)
        }
        for number in [0, 301] {
            #expect(throws: ArchiveError.self) {
                try sealer.proveInclusion(of: SequenceNumber(UInt64(number)))
            }
        }
    }

    @Test func `large trees, seeded`() throws {
        let desk = try SealedDesk()
        let sealer = try desk.sealer()
        var generator = Seeded(seed: 20_240_305)
        var older: [SignedNote] = []
        for _ in 0..<12 {
            try desk.note(Int.random(in: 1...15_000, using: &generator))
            older.append(try sealer.checkpoint())
        }
        for note in older {
            try sealer.proveConsistency(from: note).verify(desk.key.verifier)
            let between = older.filter { $0.text.utf8.count >= note.text.utf8.count }.randomElement(
                using: &generator)
            if let between, let to = try? SignedCheckpoint(text: between.text),
                to.size >= (try SignedCheckpoint(text: note.text).size)
            {
                try sealer.proveConsistency(from: note, to: between).verify(desk.key.verifier)
            }
        }
        for _ in 0..<50 {
            let number = UInt64.random(in: 1...sealer.size, using: &generator)
            let covering = try older.filter { try SignedCheckpoint(text: $0.text).size >= number }
            let note = covering.randomElement(using: &generator)
            try sealer.proveInclusion(of: SequenceNumber(number), in: note)
                .verify(desk.key.verifier)
        }
    }

    /// A journal with two definitions of an instrument, and with events that name them.
    private func definedDesk() throws -> (desk: SealedDesk, sealer: TreeSealer) {
        let desk = try SealedDesk()
        try desk.note(1)
        var batch = Batch(next: try desk.journal.head.lastSequence.next)
        let instrument = InstrumentID(1)
        for tick in [1, 2] as [Int64] {
            let definition = Instrument(
                id: instrument, symbol: "ACME", venue: "X", currency: "USD", kind: .equity,
                tick: Price(raw: tick), lot: Quantity(raw: 1), priceScale: 2, quantityScale: 0)
            try batch.append(InstrumentDefined(definition), Envelope(time: .zero))
        }
        try batch.append(
            Trade(
                instrument: instrument, aggressor: .buy, price: Price(raw: 1),
                size: Quantity(raw: 1), tradeId: 7),
            Envelope(time: .zero))
        try desk.journal.append(&batch)
        let sealer = try desk.sealer()
        _ = try sealer.checkpoint()
        return (desk, sealer)
    }

    @Test func `a proof with its definitions names what the event names`() throws {
        let (desk, sealer) = try definedDesk()
        let last = try desk.journal.head.lastSequence
        let proof = try sealer.proveEvent(last)
        // The older definition of the same instrument is not needed.
        #expect(proof.definitions.map(\.index) == [last.number - 2])
        let text = try proof.encoded()
        #expect(try EventProof(text) == proof)
        #expect(try EventProof(text).verify(desk.key.verifier).event.contains("\"ACME\""))
        // What was written before definitions were attached is a proof as before.
        let bare = try proof.event.encoded()
        #expect(try EventProof(bare).verify(desk.key.verifier).event.contains("\"#1\""))
    }

    @Test func `no bit of a proof with definitions may change, and none may be exchanged`() throws {
        let (desk, sealer) = try definedDesk()
        let last = try desk.journal.head.lastSequence
        let proof = try sealer.proveEvent(last)
        let bytes = Array(try proof.encoded().utf8)
        for place in bytes.indices {
            var bad = bytes
            bad[place] ^= 1 << UInt8(place % 8)
            let isTaken = String(validating: bad, as: UTF8.self).map { text in
                (try? EventProof(text).verify(desk.key.verifier)) != nil
            }
            #expect(isTaken != true, "byte \(place)")
        }
        let other = try sealer.proveInclusion(of: .first)
        for definitions in [[other], [proof.event], proof.definitions + proof.definitions] {
            let bad = EventProof(event: proof.event, definitions: definitions)
            #expect(throws: ArchiveError.self) { try bad.verify(desk.key.verifier) }
        }
    }

    @Test func `no bit of an inclusion proof may change`() throws {
        let desk = try SealedDesk()
        try desk.note(21)
        let sealer = try desk.sealer()
        _ = try sealer.checkpoint()
        try refuseFlips(sealer.proveInclusion(of: SequenceNumber(13)).encoded(), desk)
    }

    @Test func `no bit of a consistency proof may change`() throws {
        let desk = try SealedDesk()
        try desk.note(13)
        let sealer = try desk.sealer()
        let older = try sealer.checkpoint()
        try desk.note(8)
        _ = try sealer.checkpoint()
        try refuseFlips(sealer.proveConsistency(from: older).encoded, desk)
    }

    private func refuseFlips(_ text: String, _ desk: SealedDesk) throws {
        #expect(isValid(text, desk.key.verifier))
        let bytes = Array(text.utf8)
        for index in bytes.indices {
            for bit in 0..<8 {
                var forged = bytes
                forged[index] ^= 1 << bit
                guard let forged = String(validating: forged, as: UTF8.self) else { continue }
                #expect(!isValid(forged, desk.key.verifier), "byte \(index), bit \(bit)")
            }
        }
        for count in [0, 1, bytes.count / 2, bytes.count - 1] {
            let cut = String(decoding: bytes[..<count], as: UTF8.self)
            #expect(!isValid(cut, desk.key.verifier))
        }
        #expect(!isValid(text + "\n", desk.key.verifier))
        #expect(!isValid(text.replacingOccurrences(of: "\n", with: "\r\n"), desk.key.verifier))
    }

    @Test func `an accent encoded differently is a change`() throws {
        let desk = try SealedDesk()
        try desk.note(2, saying: "\u{E9}")
        let sealer = try desk.sealer()
        _ = try sealer.checkpoint()
        let text = try sealer.proveInclusion(of: SequenceNumber(2)).encoded()
        let scalars = text.unicodeScalars.flatMap { scalar -> [Unicode.Scalar] in
            scalar == "\u{E9}" ? ["e", "\u{301}"] : [scalar]
        }
        var forged = ""
        forged.unicodeScalars.append(contentsOf: scalars)
        #expect(forged == text && forged.utf8.count > text.utf8.count)
        #expect(isValid(text, desk.key.verifier) && !isValid(forged, desk.key.verifier))
    }

    @Test func `another key's checkpoint is refused`() throws {
        let desk = try SealedDesk()
        try desk.note(3)
        let sealer = try desk.sealer()
        _ = try sealer.checkpoint()
        let proof = try sealer.proveInclusion(of: SequenceNumber(1))
        for name in ["example.com/desk", "example.com/other"] {
            let other = try SigningKey(name: name, seed: [UInt8](repeating: 8, count: 32))
            #expect(throws: ArchiveError.self) { try proof.verify(other.verifier) }
        }
        let same = try SigningKey(
            name: "example.com/other", seed: [UInt8](repeating: 7, count: 32))
        #expect(throws: ArchiveError.self) { try proof.verify(same.verifier) }
    }

    @Test func `a proof for another journal is not made`() throws {
        let desk = try SealedDesk()
        try desk.note(50)
        let sealer = try desk.sealer()
        _ = try sealer.checkpoint()
        let other = try SealedDesk()
        try other.note(40)
        let foreign = try other.sealer().checkpoint()
        #expect(throws: ArchiveError.self) { try sealer.proveConsistency(from: foreign) }
        #expect(throws: ArchiveError.self) {
            try sealer.proveInclusion(of: SequenceNumber(1), in: foreign)
        }
    }
}
