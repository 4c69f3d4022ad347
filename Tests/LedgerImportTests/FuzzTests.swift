import Glibc
import LedgerEvents
import LedgerImport
import TestSupport
import Testing

@Suite struct `Mutated input` {
    /// `LEDGER_FUZZ_CASES` cases over all four tests, 240,000 where it is not set.
    static let cases = getenv("LEDGER_FUZZ_CASES").flatMap { Int(String(cString: $0)) } ?? 240_000
    static let pieces: [[UInt8]] = [
        "nan", "-", "1e400", "1e-400", "\"", "\"\"", ",", ",,", "\n", "\r\n", "\u{0}", ".", "0",
        "-0",
        "99999999999999999999", "-9223372036854775808", "-9223372036.854775808",
        "1677-09-21 00:12:43.145224193", "2262-04-11 23:47:16.854775807", "9223372036854775807",
        "9223372036.854775808", "\u{FEFF}", " ",
        "\t",
        "0.0000000000000000000000000000000000000000000000001", "1672531200000000000", "é",
    ].map { Array($0.utf8) }

    static let rows: [(ImportFormat, String)] = {
        var crossed = ImportFormat()
        crossed.refuseCrossed = true
        var rounded = ImportFormat.bars
        var factors = ImportFormat(kind: .factor)
        factors.zone = "America/New_York"
        rounded.roundTo = 4
        rounded.badRows = .skip
        return [
            (.bars, Sample.csv), (rounded, Sample.csv),
            (
                crossed,
                "ts_ns,bid,ask,bid_size,ask_size\n1672531200001657141,300.0,300.02,3.397,3.088\n1672531200030931432,300,300.01,4.435,3.355\n"
            ),
            (
                ImportFormat(),
                "ts_ns,price,size,side,trade_id\n1672531200002157141,300.0,2.383,S,1\n1672531200031431432,300,2,B,2\n"
            ),
            (
                ImportFormat(),
                "time,predicted,error,horizon\n2024-03-05T14:30:00Z,12.5,0.5,60\n2024-03-05T14:31:00.5+01:00,12,1,60\n"
            ),
            (
                ImportFormat(kind: .action),
                "Symbol,Date,Action,Value\nA,2000-06-21,split,2:1\nA,2012-08-09,dividend,2.65\nB,2000-06-21,split,3:2\n"
            ),
            (
                factors,
                "date,pricefactor,splitfactor,referenceprice\n19980102,0.86,0.0178571,1\n20000620,0.86,0.0357143,101\n20120808,0.87,0.25,619.86\n20501231,1,1,0\n"
            ),
            (
                .local("America/New_York"),
                "time,open,high,low,close,volume\n20181104 01:00,1,2,1,2,3\n20181104 01:00,1,2,1,2,3\n20190310 01:59,1,2,1,2,3\n"
            ),
            (
                .local("Europe/London", 86_400),
                "Date,Open,High,Low,Close,Volume\n2020-03-28,1,2,1,2,3\n2020-03-29,1,2,1,2,3\n"
            ),
        ]
    }()

    static func mutate(_ bytes: [UInt8], _ generator: inout Seeded) -> [UInt8] {
        var bytes = bytes
        for _ in 0...Int.random(in: 0..<3, using: &generator) {
            guard !bytes.isEmpty else { break }
            let at = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes[at] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 2:
                bytes.removeSubrange(
                    at..<min(bytes.count, at + Int.random(in: 1...9, using: &generator)))
            case 3: bytes.insert(contentsOf: pieces.randomElement(using: &generator) ?? [], at: at)
            case 4: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 12)], at: at)
            default: bytes[at] = UInt8.random(in: 44...57, using: &generator)
            }
        }
        return bytes
    }

    static func check(_ reading: Reading, _ context: @autoclosure () -> String) {
        var last = Int64.min
        for event in reading.events {
            let isBar = if case .bar = event { true } else { false }
            if event.time.nanoseconds < last || (isBar && event.time.nanoseconds == last)
                || !isSound(event)
            {
                Issue.record("an unsound event \(event) from \(context())")
            }
            last = event.time.nanoseconds
        }
        if let error = reading.error,
            error.problem.isEmpty || error.file.isEmpty
                || (error.kind.isOfARow && error.line == nil)
        {
            Issue.record("an unclear error \(error) from \(context())")
        }
    }

    static func isSound(_ event: MarketEvent) -> Bool {
        switch event {
        case .bar(let bar, _):
            bar.low.raw > 0 && bar.low <= min(bar.open, bar.close)
                && max(bar.open, bar.close) <= bar.high && bar.volume.raw >= 0
        case .quote(let quote, _):
            quote.mid != nil && min(quote.bid, quote.ask).raw >= 0
                && min(quote.bidSize, quote.askSize).raw >= 0
        case .trade(let trade, _): trade.price.raw > 0 && trade.size.raw >= 0
        case .prediction(let prediction, _):
            prediction.predicted.raw > 0 && prediction.error.raw >= 0
                && prediction.horizon.count >= 0
        case .split(let split, _):
            (1...1_000_000).contains(split.numerator) && (1...1_000_000).contains(split.denominator)
        case .dividend(let dividend, _): dividend.perUnit.raw > 0
        case .scheduled(let dividend, let time):
            dividend.perUnit.raw > 0 && dividend.payable > time
        }
    }

    @Test(arguments: 0..<UInt64(2))
    func `rows and headers give sound events or clear errors`(_ seed: UInt64) {
        var generator = Seeded(seed: seed)
        for number in 0..<Self.cases / 3 {
            let (format, text) = Self.rows[number % Self.rows.count]
            let bytes = Self.mutate(Array(text.utf8), &generator)
            Self.check(Reading(bytes, format), "seed \(seed) case \(number): \(bytes)")
        }
    }

    @Test func `packed bytes give sound events or clear errors`() {
        var generator = Seeded(seed: 7)
        let files = Sample.packed.map(\.1) + [Sample.several]
        for number in 0..<Self.cases / 6 {
            let bytes = Self.mutate(files[number % files.count], &generator)
            Self.check(Reading(bytes, .bars), "case \(number): \(bytes)")
        }
    }

    /// Quoted fields go the slow way, which is written apart from the fast one.
    @Test func `the fast and the slow path agree on every row`() {
        var generator = Seeded(seed: 11)
        let alphabet = Array("0123456789.eE-".utf8)
        for number in 0..<Self.cases / 6 {
            let count = Int.random(in: 1...22, using: &generator)
            let size = (0..<count).map { _ in
                alphabet[min(Int.random(in: 0..<60, using: &generator) % 16, 13)]
            }
            let text = String(decoding: size, as: UTF8.self)
            var format = ImportFormat(kind: .trade)
            if number % 3 == 0 { format.roundTo = number % 10 }
            let head = "ts_ns,price,size\n"
            let fast = Reading(head + "1,\(text),\(text)\n", format)
            let slow = Reading(head + "\"1\",\"\(text)\",\"\(text)\"\n", format)
            if fast.events != slow.events || fast.error != slow.error {
                Issue.record("\(text): \(fast.events) \(fast.message), but \(slow.message)")
            }
        }
    }
}
