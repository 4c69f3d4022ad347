import Glibc
import LedgerArchive
import LedgerCommands
import LedgerDomain
import LedgerEvents
import LedgerImport
import LedgerJournal
import LedgerReading
import LedgerSafety

/// Feeds the data of files or of a journal into the quality fold.
struct QualityReading {
    private(set) var quality: DataQuality
    private(set) var asOf = Timestamp.zero
    /// The names of the files, by number; empty for a journal.
    private(set) var files: [String] = []
    /// The rows that could not be read.
    private(set) var badRows: [(symbol: String, report: BadRowReport)] = []

    private let options: QualityOptions
    private let start: Timestamp
    private var splits = SplitSchedule()

    init(_ options: QualityOptions) throws {
        self.options = options
        quality = DataQuality(try options.rules())
        start = try options.start()
        if let name = options.journal {
            try read(journal: name)
        } else {
            try readFiles()
        }
    }

    /// Where a finding is: a line of a file, or an event.
    func place(_ row: QualityRow) -> String {
        guard Int(row.file) < files.count else { return "\(row.number)" }
        return "\(files[Int(row.file)]):\(row.number)"
    }

    // MARK: Files

    private mutating func readFiles() throws {
        asOf = Operator.now
        if options.at != "now" {
            guard let time = Timestamp(options.at) else {
                throw CommandError(
                    "--at '\(options.at)' is not `now` or a UTC time such as "
                        + "2024-03-05T14:30:00Z")
            }
            asOf = time
        }
        var symbols: [String] = []
        for path in options.files where !symbols.contains(symbol(of: path)) {
            symbols.append(symbol(of: path))
        }
        for (index, symbol) in symbols.enumerated() {
            let paths = options.files.filter { self.symbol(of: $0) == symbol }
            try read(paths, of: symbol, InstrumentID(UInt32(index + 1)))
        }
    }

    /// `aapl.zip` and `data/AAPL.csv#part` hold AAPL.
    private func symbol(of path: String) -> String {
        if let symbol = options.symbol { return symbol }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return String(name.prefix { $0 != "." && $0 != "#" }).uppercased()
    }

    private mutating func read(_ paths: [String], of symbol: String, _ id: InstrumentID) throws {
        var instrument: Instrument?
        var open: [(number: UInt32, file: DataFile, next: MarketEvent)] = []
        var all: [(number: UInt32, file: DataFile)] = []
        for path in paths {
            var settings = try options.file.settings(path, symbol: symbol, skipBad: true)
            // A format used only for crypto determines the kind of the instrument.
            if options.file.preset.hasSuffix("-crypto") { settings.instrument.kind = .crypto }
            settings.instrument.id = id
            instrument = instrument ?? settings.instrument
            let file = try DataFile(path: path, format: settings.format, instrument: id)
            let number = UInt32(files.count)
            files.append(file.name)
            all.append((number, file))
            if let next = try file.next() { open.append((number, file, next)) }
        }
        if let instrument { quality.define(instrument) }
        try schedule(symbol)
        while let first = open.indices.min(by: { open[$0].next.time < open[$1].next.time }) {
            let (number, file, event) = open[first]
            guard event.time <= asOf else { break }
            if event.time >= start {
                apply(symbol, id, before: event.time)
                observe(event, QualityRow(file: number, number: UInt64(file.lineNumber)))
            }
            if let next = try file.next() {
                open[first].next = next
            } else {
                open.remove(at: first)
            }
        }
        for (_, file) in all where file.badRows.total > 0 { note(file.badRows, symbol, id) }
    }

    private mutating func observe(_ event: MarketEvent, _ row: QualityRow) {
        switch event {
        case .bar(let bar, let time): quality.observe(bar, at: time, row)
        case .quote(let quote, let time): quality.observe(quote, at: time, row)
        case .trade(let trade, let time): quality.observe(trade, at: time, row)
        case .prediction(let forecast, let time): quality.observe(forecast, at: time)
        case .split(let split, _): quality.observe(split)
        case .dividend, .scheduled: break
        }
    }

    private mutating func note(_ report: BadRowReport, _ symbol: String, _ id: InstrumentID) {
        badRows.append((symbol, report))
        for (kind, count) in report.counts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            quality.note(count, kind.quality, of: id)
        }
    }

    // MARK: Splits

    private mutating func schedule(_ symbol: String) throws {
        for path in options.factors where self.symbol(of: path) == symbol {
            try splits.read(path, try ImportFormat(preset: "lean-factors"), symbol: symbol)
        }
        for path in options.actions {
            var format = try ImportFormat(preset: "actions")
            format.symbol = symbol
            format.zone = options.file.zone ?? "America/New_York"
            try splits.read(path, format, symbol: symbol)
        }
    }

    private mutating func apply(_ symbol: String, _ id: InstrumentID, before time: Timestamp) {
        for var split in splits.removeDue(symbol, before: time) {
            split.instrument = id
            quality.observe(split)
        }
    }

    // MARK: Journals

    private mutating func read(journal name: String) throws {
        let journal = try SealedJournal.open(
            directory: JournalHome.directory(name), mode: .readOnly)
        var through = try journal.head.lastSequence
        asOf = Operator.now
        if options.at != "now" {
            guard let moment = Moment(argument: options.at) else {
                throw CommandError("--at '\(options.at)' is not `now`, \(Moment.help)")
            }
            through = try moment.last(in: journal)
            asOf = try Self.time(of: moment, journal)
        }
        guard through != .none else { return }
        var names = NameBook()
        let (start, asOf) = (start, asOf)
        try journal.forEachRecord(
            from: .first, through: through, filter: EventFilter(DataQuality.types)
        ) { record in
            guard record.time <= asOf else { return false }
            if record.type == .instrumentDefined {
                try names.remember(record)
                try quality.observe(record)
                try schedule(names.symbol(record.instrument))
            } else if record.time >= start {
                apply(names.symbol(record.instrument), record.instrument, before: record.time)
                try quality.observe(record)
            }
            return true
        }
    }

    private static func time(of moment: Moment, _ journal: LMDBJournal) throws -> Timestamp {
        switch moment.place {
        case .time(let time): return time
        case .sequence(let sequence):
            var time = Timestamp.zero
            try journal.forEachRecord(from: sequence, through: sequence) { record in
                time = record.time
                return false
            }
            return time
        }
    }
}

extension ImportError.Kind {
    /// What was found wrong with a row that is not an event.
    var quality: QualityKind {
        switch self {
        case .duplicateTime: .duplicate
        case .backwardTime: .outOfOrder
        case .highBelowLow, .outsideRange: .inconsistentBar
        case .notPositive: .notPositive
        default: .unreadable
        }
    }
}
