import LedgerArchive
import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading
import LedgerRunning

/// A journal of made bars with the decisions of a strategy on them.
enum MadeJournal {
    static func make(rows: Int, in directory: String) throws {
        let tape = "\(directory)/tape"
        try? JournalHome.remove(tape)
        JournalHome.makeParents(of: tape)
        try write(rows, to: LMDBJournal.create(directory: tape, durability: .bulk))
        let configuration = try Configuration(
            path: nil, text: nil, environment: [:],
            overrides: [
                ("data.0.path", tape), ("account.cash", "1000000"),
                ("strategies.0.kind", "sma_crossover"), ("strategies.0.symbols", "MADE"),
                ("venue.fee_fixed", "1"),
                // Ten million bars of fees are a fall that would stop the trading that is read here.
                ("drawdown.enabled", "false"),
            ])
        let run = "\(directory)/run"
        try? JournalHome.remove(run)
        let store = try LMDBJournal.create(directory: run, durability: .bulk)
        let result = try Backtest(configuration).run(into: store, named: "run")
        Benchmark.printResult([
            ("rows", "\(rows)"), ("events", "\(result.events)"),
            ("digest", "\"\(result.engine.digest.hex)\""),
        ])
    }

    /// A seeded walk of cents around 300.
    private static func write(_ rows: Int, to journal: LMDBJournal) throws {
        var state: UInt64 = 42
        func random() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
        let cent: Int64 = 10_000_000
        var close: Int64 = 30_000
        var time = Timestamp(nanoseconds: 1_672_531_260_000_000_000)
        var batch = Batch(next: .first)
        try batch.append(
            JournalOpened(kind: .tape, name: "made", build: Build.identity), Envelope(time: time))
        let instrument = Instrument(
            id: InstrumentID(1), symbol: "MADE", venue: "", currency: "USD", kind: .equity,
            tick: Price(raw: cent), lot: Quantity(raw: 1_000_000_000), priceScale: 2,
            quantityScale: 0)
        try batch.append(InstrumentDefined(instrument), Envelope(time: time))
        for _ in 0..<rows {
            let open = close
            close = max(10_000, close + Int64(random() % 41) - 20)
            let high = max(open, close) + Int64(random() % 10)
            let low = min(open, close) - Int64(random() % 10)
            let bar = Bar(
                instrument: instrument.id, interval: 60, open: Price(raw: open * cent),
                high: Price(raw: high * cent), low: Price(raw: low * cent),
                close: Price(raw: close * cent),
                volume: Quantity(raw: Int128(1000 + random() % 9000) * 1_000_000_000))
            try batch.append(bar, Envelope(time: time))
            time = time.advanced(by: Nanoseconds(60_000_000_000))
            guard batch.byteCount > Backtest.commitBytes else { continue }
            try journal.append(&batch)
            batch.removeAll(next: batch.nextSequence)
        }
        try journal.append(&batch)
    }
}

/// A fold with no checkpoint, over every record that its type names.
protocol BenchmarkFold {
    static var types: [EventType] { get }
    mutating func apply(_ record: Record) throws
    var digest: UInt64 { get }
}

struct PositionFold: BenchmarkFold {
    static let types = PositionBook.types
    private var book = PositionBook()
    @inline(__always)
    mutating func apply(_ record: Record) throws { try book.apply(record) }
    var digest: UInt64 {
        var writer = StateWriter()
        book.encode(into: &writer)
        return writer.digest
    }
}

/// Positions, cash, equity, peak, profit and orders together.
struct EveryFold: BenchmarkFold {
    static let types = EventType.allCases
    private var profit = ProfitAndLoss()
    private var orders = OrderRegister()
    private var names = NameBook()
    @inline(__always)
    mutating func apply(_ record: Record) throws {
        try profit.apply(record)
        try orders.apply(record)
        try names.apply(record)
    }
    var digest: UInt64 {
        var writer = StateWriter()
        profit.encode(into: &writer)
        orders.encode(into: &writer)
        names.encode(into: &writer)
        return writer.digest
    }
}

enum Reading {
    /// Every block's checksums and every record's fields, prices of bars decoded and summed.
    static func scan(_ path: String) throws {
        let journal = try SealedJournal.open(directory: path, mode: .readOnly)
        for _ in 0..<5 {
            var events: UInt64 = 0
            var bytes = 0
            var sum: UInt64 = 0
            let time = try Benchmark.seconds {
                let reader = try journal.reader(from: .first)
                while let block = try reader.next() {
                    bytes += block.bytes.count
                    var records = block.records()
                    while let record = try records.next() {
                        events += 1
                        if record.rawType == EventType.bar.rawValue {
                            let bar = try Bar(record)
                            sum &+=
                                UInt64(bitPattern: bar.close.raw) ^ UInt64(bitPattern: bar.high.raw)
                        } else {
                            sum &+= record.sequence.number
                        }
                    }
                }
            }
            print(events, bytes: bytes, seconds: time, journal: "scan", digest: sum)
        }
    }

    /// Every block's checksums, nothing decoded.
    static func checksums(_ path: String) throws {
        let journal = try SealedJournal.open(directory: path, mode: .readOnly)
        for _ in 0..<5 {
            var (bytes, events) = (0, UInt64(0))
            let time = try Benchmark.seconds {
                let reader = try journal.reader(from: .first)
                while let block = try reader.next() {
                    bytes += block.bytes.count
                    events += UInt64(block.header.count)
                }
            }
            print(events, bytes: bytes, seconds: time, journal: "checksums", digest: events)
        }
    }

    /// The SHA-256 chain over every block, on one core, beside SHA-256 over as many bytes in pieces of
    /// the same size and nothing else.
    static func chain(_ path: String) throws {
        let journal = try SealedJournal.open(directory: path, mode: .readOnly)
        for _ in 0..<3 {
            var (bytes, events) = (0, UInt64(0))
            let time = try Benchmark.seconds {
                _ = try journal.verifyChain(each: { block in
                    bytes += block.bytes.count
                    events += UInt64(block.header.count)
                })
            }
            let piece = [UInt8](repeating: 7, count: 16_368)
            let raw = Benchmark.seconds {
                for _ in 0..<(bytes / piece.count) { _ = Digest.sha256(piece) }
            }
            Benchmark.printResult([
                ("events", "\(events)"), ("events_per_s", (Double(events) / time).rounded(to: 0)),
                ("gb_per_s", (Double(bytes) / time / 1e9).rounded(to: 3)),
                ("raw_gb_per_s", (Double(bytes) / raw / 1e9).rounded(to: 3)),
                ("digest", "\"\(try journal.head.link)\""),
            ])
        }
    }

    static func fold<F: BenchmarkFold>(
        _ path: String, name: String, _ make: () -> F
    ) throws {
        let journal = try SealedJournal.open(directory: path, mode: .readOnly)
        let head = try journal.head.lastSequence.number
        for _ in 0..<5 {
            var state = make()
            let time = try Benchmark.seconds {
                let reader = try journal.reader(from: .first, filter: EventFilter(F.types))
                while let block = try reader.next() {
                    var records = block.records()
                    while let record = try records.next() { try state.apply(record) }
                }
            }
            print(head, bytes: 0, seconds: time, journal: "fold \(name)", digest: state.digest)
        }
    }

    private static func print(
        _ events: UInt64, bytes: Int, seconds time: Double, journal name: String, digest: UInt64
    ) {
        Benchmark.printResult([
            ("name", "\"\(name)\""), ("events", "\(events)"), ("seconds", time.rounded(to: 4)),
            ("events_per_s", (Double(events) / time).rounded(to: 0)),
            ("bytes", "\(bytes)"), ("gb_per_s", (Double(bytes) / time / 1e9).rounded(to: 3)),
            ("digest", "\"\(digest.hex)\""),
        ])
    }
}

/// Encoded events into blocks, each commit with its checkpoint row, as the C yardstick does.
enum Appending {
    static func run(
        durability: Durability, perCommit: Int, events: Int, directory: String
    ) throws {
        try? JournalHome.remove(directory)
        JournalHome.makeParents(of: directory)
        let journal = try LMDBJournal.create(directory: directory, durability: durability)
        var source = Batch(next: .first)
        let fill = OrderFilled(
            instrument: InstrumentID(1), strategy: StrategyID(1), side: .buy, liquidity: .taker,
            order: OrderID(1), execution: 1, price: Price(raw: 30_000_000_000_000),
            quantity: Quantity(raw: 1_000_000_000), fee: Money(raw: 1_000_000_000),
            remaining: .zero)
        let first = try source.append(
            fill,
            Envelope(
                account: AccountID(.simulated, index: 1), time: Timestamp(nanoseconds: 1),
                cause: SequenceNumber(1),
                correlation: SequenceNumber(1)))
        guard let record = source.record(first) else { return }
        precondition(record.byteCount == 96, "the yardstick's events have 96 bytes")
        var batch = Batch(next: .first)
        let state = [UInt8](repeating: 7, count: 256)
        var latencies: [Double] = []
        let time = try Benchmark.seconds {
            while batch.nextSequence.number <= UInt64(events) {
                let spent = try Benchmark.seconds {
                    for _ in 0..<perCommit {
                        batch.append(copying: record, instrument: InstrumentID(1))
                    }
                    var rows = CommitRows()
                    // One row that is overwritten: the same key each time.
                    rows.checkpoints = [
                        StateCheckpoint(name: "bench", version: 1, sequence: .first, bytes: state)
                    ]
                    try journal.append(&batch, rows)
                    batch.removeAll(next: batch.nextSequence)
                }
                latencies.append(spent)
            }
        }
        latencies.sort()
        let written = batch.nextSequence.number - 1
        Benchmark.printResult([
            ("name", "\"append \(durability) \(perCommit)\""), ("events", "\(written)"),
            ("events_per_s", (Double(written) / time).rounded(to: 0)),
            ("commit_us_p50", (latencies[latencies.count / 2] * 1e6).rounded(to: 1)),
            ("commit_us_p99", (latencies[latencies.count * 99 / 100] * 1e6).rounded(to: 1)),
            ("link", "\"\(try journal.head.link)\""),
        ])
    }
}
