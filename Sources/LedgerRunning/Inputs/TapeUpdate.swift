import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerReading

/// Appends to a tape the bars that a venue has and the tape lacks. All its instruments are updated together, because
/// a tape is in order of time.
public struct TapeUpdate {
    /// One instrument of the tape, with its newest bars.
    public struct Series: Sendable {
        public let instrument: Instrument
        public fileprivate(set) var newest: [BarRecalled] = []
    }

    private let journal: any Journal
    private let name: String
    private let last: Timestamp
    /// In ascending order of number; instruments without bars are left out.
    public private(set) var series: [Series]

    /// As many bars are compared with the venue's.
    private static let overlap = 4

    /// - Throws: `InputError` for a journal that is no whole tape, or has no bars.
    public init(_ journal: any Journal, name: String) throws {
        let tape = try TapeState(journal)
        guard tape.kind == .tape, let last = tape.last else {
            throw InputError("\(name) is not a tape; choose a tape or a file of bars")
        }
        try tape.checkWhole(name)
        (self.journal, self.name, self.last) = (journal, name, last)
        var series = tape.names.instruments.map { Series(instrument: $0) }
        try journal.forEachRecord(from: .first, filter: EventFilter([.bar])) { record in
            guard let place = series.firstIndex(where: { $0.instrument.id == record.instrument })
            else { return true }
            series[place].newest.append(BarRecalled(try Bar(record), ended: record.time))
            if series[place].newest.count > Self.overlap { series[place].newest.removeFirst() }
            return true
        }
        self.series = series.filter { !$0.newest.isEmpty }
        guard !self.series.isEmpty else {
            throw InputError("\(name) has no bars, so nothing tells what to add")
        }
    }

    /// Appends what is new of the bars of all instruments.
    ///
    /// - Parameter source: who gave them.
    /// - Returns: the number of bars that were added.
    /// - Throws: `BarDifference` if the newest bars of the tape are not those of the source, and `InputError` for
    ///   bars before the tape's last event; nothing is added then.
    public func append(_ bars: [BarRecalled], from source: String) throws -> Int {
        var new: [BarRecalled] = []
        for series in series {
            let own = bars.filter { $0.instrument == series.instrument.id }
            new += try BarDifference.new(
                own, after: series.newest, in: name, symbol: series.instrument.symbol, source)
        }
        new.sort { ($0.ended, $0.instrument.number) < ($1.ended, $1.instrument.number) }
        guard let first = new.first else { return 0 }
        guard first.ended >= last else {
            let symbol = series.first { $0.instrument.id == first.instrument }?.instrument.symbol
            throw InputError(
                "\(name) goes on to \(last), so the bar of \(symbol ?? "") that ends at "
                    + "\(first.ended) cannot be inserted; make the tape anew")
        }
        var batch = Batch(next: try journal.head.lastSequence.next)
        try batch.append(
            RunStarted(mode: TapeState.mode, name: source), Envelope(time: first.ended))
        for bar in new {
            try batch.append(
                Bar(
                    instrument: bar.instrument, interval: bar.interval, open: bar.open,
                    high: bar.high, low: bar.low, close: bar.close, volume: bar.volume),
                Envelope(time: bar.ended))
        }
        try batch.append(
            RunEnded(inputs: UInt64(new.count), reason: "end of input"),
            Envelope(time: new.last?.ended ?? last))
        try journal.append(&batch)
        try journal.flush()
        return new.count
    }
}

/// A bar that a file or tape and a venue have, and on which they differ.
public struct BarDifference: Error, Hashable, CustomStringConvertible {
    public let description: String

    /// The bars after the newest known ones.
    ///
    /// - Throws: `BarDifference` unless both have the same bars since the first of the known ones.
    public static func new(
        _ bars: [BarRecalled], after known: [BarRecalled], in name: String, symbol: String,
        _ source: String
    ) throws -> [BarRecalled] {
        guard let last = known.last?.ended, let first = known.first?.ended else { return bars }
        for bar in bars where bar.ended >= first && bar.ended <= last {
            guard let own = known.first(where: { $0.ended == bar.ended }) else {
                throw BarDifference(in: name, of: symbol, at: bar.ended, "only \(source) has it")
            }
            guard own != bar else { continue }
            throw BarDifference(
                in: name, of: symbol, at: bar.ended,
                "\(name) has \(words(own)), and \(source) has \(words(bar))")
        }
        for own in known where !bars.contains(where: { $0.ended == own.ended }) {
            throw BarDifference(in: name, of: symbol, at: own.ended, "\(source) does not have it")
        }
        return bars.filter { $0.ended > last }
    }

    private init(in name: String, of symbol: String, at ended: Timestamp, _ what: String) {
        description =
            "\(name): the bar of \(symbol) that ends at \(ended) differs: \(what); nothing was added. "
            + "Make it anew if the source corrected its history"
    }

    private static func words(_ bar: BarRecalled) -> String {
        "open \(bar.open), high \(bar.high), low \(bar.low), close \(bar.close), volume \(bar.volume)"
    }
}
