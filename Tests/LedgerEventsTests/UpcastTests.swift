import LedgerDomain
import LedgerEvents
import Testing

/// Three invented versions of one event: whole cents, then 10^-9, then a currency and units held.
@Suite struct UpcastTests {
    /// The present version; it says its number, and is read by its bytes.
    private struct Present: Event {
        static let type = EventType.dividendDeclared
        static let version: UInt8 = 3
        static let layout = Layout(
            size: 40, [.init("perUnit", 24, .price), .init("held", 32, .quantity)],
            texts: ["kind", "currency"])

        func encode(into writer: inout RecordWriter) {}
        init(_ record: Record) throws(RecordError) {}
    }

    /// A record by hand: envelope, payload, zeros up to a word, trailer.
    private func record(
        version: UInt8, _ payload: [UInt8], trailer: [UInt64], flags: UInt8
    ) -> [UInt8] {
        var rest = Self.bytes(UInt32(70)) + payload
        while rest.count % 8 != 0 { rest.append(0) }
        for word in trailer { rest += Self.bytes(word) }
        var result = Self.bytes(UInt16((rest.count + 16) / 8))
        result += Self.bytes(EventType.dividendDeclared.rawValue) + [version, flags]
        return result + Self.bytes(UInt16(9)) + Self.bytes(Int64(-5)) + rest
    }

    private func text(_ text: String) -> [UInt8] {
        Self.bytes(UInt32(text.utf8.count)) + Array(text.utf8)
    }

    private func old(_ kind: String, trailer: [UInt64] = [], flags: UInt8 = 0) -> [UInt8] {
        record(version: 1, Self.bytes(UInt32.max) + text(kind), trailer: trailer, flags: flags)
    }

    private func present(_ kind: String, trailer: [UInt64] = [], flags: UInt8 = 0) -> [UInt8] {
        let fixed = Self.bytes(UInt32(0)) + Self.bytes(Int64(42_949_672_950_000_000))
        return record(
            version: 3, fixed + Self.bytes(Int64(0)) + text(kind) + text("USD"), trailer: trailer,
            flags: flags)
    }

    private static func bytes<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        (0..<T.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private static func length(_ old: [UInt8], at index: Int) -> Int? {
        guard old.count >= index + 4 else { return nil }
        let length = (0..<4).reduce(0) { $0 | Int(old[index + $1]) << (8 * $1) }
        return length <= old.count - index - 4 ? length : nil
    }

    /// u32 cents at 20 become a price at 24; the text moves on by 8.
    private static let toPrices = UpcastChain.Step(.dividendDeclared, from: 1) { old, new in
        guard let length = length(old, at: 4) else { return false }
        let cents = (0..<4).reduce(0) { $0 | Int64(old[$1]) << (8 * $1) }
        new += bytes(UInt32(0)) + bytes(cents * 10_000_000)
        new += old[4..<8 + length]
        return true
    }

    /// A quantity, 0, at 32 and a second text.
    private static let toCurrencies = UpcastChain.Step(.dividendDeclared, from: 2) { old, new in
        guard let length = length(old, at: 12) else { return false }
        new += old[..<12] + bytes(Int64(0)) + old[12..<16 + length]
        new += bytes(UInt32(3)) + Array("USD".utf8)
        return true
    }

    private static let payloads = EventCatalog.payloads.map {
        $0.type == .dividendDeclared ? Present.self : $0
    }

    @Test func `an old version is read as the present one, envelope and all`() throws {
        let chain = try UpcastChain([Self.toCurrencies, Self.toPrices], payloads: Self.payloads)
        var scratch = UpcastScratch()
        let trailers: [(flags: UInt8, words: [UInt64])] = [
            (0, []), (1, [7]), (2, [8]), (4, [9]), (7, [.max, 1, 2]), (0x35, [3, 4]),
        ]
        for (flags, words) in trailers {
            for kind in ["", "a", "cash", "stück", String(repeating: "x", count: 1000)] {
                let bytes = old(kind, trailer: words, flags: flags)
                try Record.reading(bytes) { record in
                    let now = try chain.current(record, &scratch)
                    #expect(Array(now.bytes) == present(kind, trailer: words, flags: flags))
                    #expect(Array(record.bytes) == bytes && now.version == 3)
                }
            }
        }
    }

    private func record<E: Event>(_ event: E) throws -> [UInt8] {
        var batch = Batch(next: .first)
        let sequence = try batch.append(event, Envelope(time: .zero))
        return Array(try batch.required(sequence).bytes)
    }

    @Test func `the present version passes as it is, and so does what nobody knows`() throws {
        let chain = try UpcastChain([Self.toPrices, Self.toCurrencies], payloads: Self.payloads)
        var scratch = UpcastScratch()
        for sample in EventSamples.all where type(of: sample).type != .dividendDeclared {
            let bytes = try record(sample)
            for (version, rawType) in [(UInt8(1), UInt16?.none), (9, nil), (1, 999), (0, nil)] {
                var changed = bytes
                changed[4] = version
                if let rawType { changed.replaceSubrange(2..<4, with: Self.bytes(rawType)) }
                try Record.reading(changed) { record in
                    let same = try chain.current(record, &scratch)
                    #expect(Array(same.bytes) == changed)
                }
            }
        }
    }

    @Test func `an old payload that is too short is an error`() throws {
        let chain = try UpcastChain([Self.toPrices, Self.toCurrencies], payloads: Self.payloads)
        var scratch = UpcastScratch()
        var bytes = old("cash")
        bytes[24] = 200
        try Record.reading(bytes) { record in
            do {
                _ = try chain.current(record, &scratch)
                Issue.record("a text that leads outside was taken")
            } catch { #expect(error is RecordError) }
        }
    }

    @Test func `a version that is not the present one is not decoded, and said to be so`() throws {
        for (version, problem) in [
            (UInt8(2), RecordError.Problem.newerVersion(2)), (255, .newerVersion(255)),
            (0, .olderVersion(0)),
        ] {
            for sample in EventSamples.all {
                var bytes = try record(sample)
                bytes[4] = version
                try Record.reading(bytes) { record in
                    let error = #expect(throws: RecordError.self) {
                        try type(of: sample).init(record)
                    }
                    #expect(error?.problem == problem, "\(sample)")
                    var lines = JSONLineWriter()
                    var line: [UInt8] = []
                    try lines.append(record, to: &line)
                    let text = String(decoding: line, as: UTF8.self)
                    #expect(text.contains("\"version\":\(version),\"payload\":\""))
                }
            }
        }
    }

    @Test func `a chain with a hole, a double step or a step to nowhere is refused`() throws {
        let (first, second) = (Self.toPrices, Self.toCurrencies)
        func refusal(
            _ steps: [UpcastChain.Step], _ payloads: [any Event.Type] = Self.payloads
        ) -> UpcastError? {
            do {
                _ = try UpcastChain(steps, payloads: payloads)
                return nil
            } catch { return error }
        }
        func step(_ type: EventType, _ from: UInt8) -> UpcastChain.Step {
            UpcastChain.Step(type, from: from) { _, _ in true }
        }
        #expect(refusal([first, second]) == nil)
        #expect(refusal([second]) == .gap(.dividendDeclared, 1))
        #expect(refusal([first]) == .gap(.dividendDeclared, 2))
        #expect(refusal([]) == .gap(.dividendDeclared, 1))
        #expect(refusal([first, second, first]) == .duplicate(.dividendDeclared, 1))
        for from: UInt8 in [0, 3, 255] {
            #expect(
                refusal([first, second, step(.dividendDeclared, from)])
                    == .leadsNowhere(.dividendDeclared, from))
        }
        #expect(refusal([first, second, step(.bar, 1)]) == .leadsNowhere(.bar, 1))
        #expect(refusal([first], EventCatalog.payloads) == .leadsNowhere(.dividendDeclared, 1))
        #expect(refusal([], []) == nil)
        #expect(refusal([first], []) == .leadsNowhere(.dividendDeclared, 1))
    }

    @Test func `the chain of this program holds`() throws {
        var scratch = UpcastScratch()
        for sample in EventSamples.all {
            try Record.reading(try record(sample)) { record in
                let same = try UpcastChain.released.current(record, &scratch)
                #expect(same.bytes.baseAddress == record.bytes.baseAddress)
            }
        }
    }

    @Test func `settings whose digest is not theirs are refused`() throws {
        let event = ConfigurationLoaded(seed: 1, build: "b", settings: "a = 1\n")
        var bytes = try record(event)
        bytes[32] ^= 1
        try Record.reading(bytes) { record in
            let error = #expect(throws: RecordError.self) { try ConfigurationLoaded(record) }
            #expect(error?.problem == .wrongDigest(event.digest ^ 1))
        }
    }

    @Test func `numbers may be as high as they like, and cost nothing`() throws {
        var names = NameBook()
        for number: UInt32 in [.max, 7, 1, 70_000, 2, 7] {
            names.define(
                Instrument(
                    id: InstrumentID(number), symbol: "S\(number)", venue: "", currency: "USD",
                    kind: .equity, tick: Price(raw: 1), lot: Quantity(raw: 1), priceScale: 0,
                    quantityScale: 0))
        }
        #expect(names.instruments.map(\.id.number) == [1, 2, 7, 70_000, .max])
        #expect(names.symbol(InstrumentID(.max)) == "S\(UInt32.max)")
        #expect(names.symbol(InstrumentID(70_000)) == "S70000")
        #expect(names.symbol(InstrumentID(3)) == "#3")
        #expect(names[InstrumentID(0)] == nil)
    }
}
