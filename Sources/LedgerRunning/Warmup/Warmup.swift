import LedgerConfiguration
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerReading
import LedgerSafety
import LedgerSettings

/// The history that a run reads before its first decision: what the journal does not know yet, up to the run's
/// start.
///
/// An instrument whose strategies took no history yet gets all of it. Later starts give strategies what came
/// after their last price, and filters and data rules each day that they do not know.
public struct Warmup: Sendable {
    private let time: Timestamp
    private let limits: (days: Int, change: Price)
    private var histories: [HistoryBars]
    /// What was left out of the files, a sentence each.
    public private(set) var notes: [String]
    /// The days with data of each instrument, after `submit`.
    private var days: [(symbol: String, days: Int)] = []

    /// - Parameters:
    ///   - read: the bars of files and tapes.
    ///   - engine: the journal's state, with the run's instruments.
    ///   - venue: is asked for what the files lack.
    ///   - time: when decisions begin.
    init(
        _ configuration: Configuration, _ read: HistoryReader, knowing engine: Engine,
        venue: VenueHistory? = nil, at time: Timestamp
    ) {
        self.time = time
        let needed = engine.accounts.map(\.rules.data).map { $0.isEnabled ? $0.history : 0 }
        limits = (needed.max() ?? 0, configuration[QualityKeys.maxReturn])
        (histories, notes) = (read.histories, read.notes)
        let first = Self.first(configuration, before: time)
        for place in histories.indices {
            let instrument = histories[place].instrument
            let keeper = engine.keeper(of: instrument.id)
            let known = Self.known(instrument.id, in: keeper, first)
            if let venue {
                let since = Self.complete(instrument, in: keeper, known: known, from: first)
                ask(venue, place, since: since, interval: configuration[WarmupKeys.interval])
            }
            compare(place, with: keeper.history[instrument.id])
            histories[place].removeEmpty()
            histories[place].keep { $0.ended > known || keeper.lacks($0) }
            histories[place].noteJumps(beyond: limits.change)
            findGap(place, keeper)
        }
    }

    /// The time after which bars are read.
    static func first(_ configuration: Configuration, before time: Timestamp) -> Timestamp {
        let day: Int64 = 86_400_000_000_000
        return time.advanced(by: Nanoseconds(-Int64(configuration[WarmupKeys.days]) * day))
    }

    /// When a run over files begins to decide; nil for its first row.
    static func until(_ configuration: Configuration) throws -> Timestamp? {
        let text = configuration[WarmupKeys.until]
        let source = configuration[WarmupKeys.source]
        guard source != .venue else {
            throw SettingsError(
                WarmupKeys.source, "venue needs the trading daemon; a run over files takes data")
        }
        guard !text.isEmpty else { return nil }
        guard source != .none else {
            throw SettingsError(
                WarmupKeys.until, "needs history, but warmup.source is none; take data")
        }
        guard let time = Timestamp(text) else {
            throw SettingsError(
                WarmupKeys.until,
                "'\(text)' is not a UTC time such as 2024-03-05 or 2024-03-05T14:30:00Z")
        }
        return time
    }

    /// Up to when the strategies know an instrument's data.
    private static func known(
        _ instrument: InstrumentID, in engine: AccountEngine, _ first: Timestamp
    ) -> Timestamp {
        let history = engine.history[instrument]
        guard history.told.nanoseconds > .min else { return first }
        return max(history.told, max(history.heard, first))
    }

    /// Up to when strategies, filters and data rules know each session of an instrument.
    private static func complete(
        _ instrument: Instrument, in engine: AccountEngine, known: Timestamp, from first: Timestamp
    ) -> Timestamp {
        let calendar = engine.rules.calendar ?? (instrument.kind == .crypto ? .crypto : .nyse)
        let sessions = try? calendar.sessions(
            from: CivilDate(daysSinceEpoch: calendar.day(of: first).number + 1),
            through: CivilDate(daysSinceEpoch: calendar.day(of: known).number))
        let missing = sessions?.first { engine.lacksDay($0.day, of: instrument.id) }
        return missing.map { max(first, min(known, $0.opens)) } ?? known
    }

    /// Asks for what is missing, and for the last bars that are known, in order to compare them.
    private mutating func ask(
        _ venue: VenueHistory, _ place: Int, since known: Timestamp, interval: UInt32
    ) {
        let last = max(known, histories[place].last?.ended ?? known)
        let length = Int64(interval) * 1_000_000_000
        let overlap = Nanoseconds(-4 * length)
        guard time.nanoseconds(since: last) >= length else { return }
        let question = VenueHistory.Question(
            instrument: histories[place].instrument, interval: interval,
            from: last.advanced(by: overlap), to: time)
        do {
            let bars = try venue.bars(question).filter { $0.ended <= time }
            if let own = histories[place].last?.interval, own != interval {
                histories[place].problems.append(
                    "the files have bars of \(own) seconds and warmup.interval is \(interval), so "
                        + "\(venue.name) was not asked")
            } else {
                histories[place].extend(with: bars, of: venue.name)
            }
        } catch {
            histories[place].problems.append("\(venue.name) gave no bars: \(error)")
        }
    }

    /// Compares with the last bar that the journal knows.
    private mutating func compare(_ place: Int, with known: RecalledHistory.Series) {
        guard !known.isEmpty,
            let bar = histories[place].bars.first(where: { $0.ended == known.last }),
            !histories[place].check(
                bar, of: histories[place].sources.joined(separator: ", "), against: known.close,
                in: "the journal")
        else { return }
        histories[place].removeAll()
    }

    /// Records sessions without data between the last bar and the start.
    private mutating func findGap(_ place: Int, _ engine: AccountEngine) {
        let instrument = histories[place].instrument
        let known = max(engine.lastData(instrument.id), engine.history[instrument.id].last)
        let last = max(known, histories[place].last?.ended ?? known)
        guard last > .zero else { return }
        let calendar = engine.rules.calendar ?? (instrument.kind == .crypto ? .crypto : .nyse)
        let from = calendar.day(of: last).number + 1
        let to = calendar.day(of: time).number - 1
        guard from <= to,
            let missing = try? calendar.sessions(
                from: CivilDate(daysSinceEpoch: from), through: CivilDate(daysSinceEpoch: to)),
            !missing.isEmpty
        else { return }
        histories[place].problems.append(
            "\(Self.count(missing.count, "session")) between \(last) and the start \(Self.have(missing.count)) "
                + "no data")
    }

    /// Journals the history into a run that was opened.
    public mutating func submit(into sequencer: inout Sequencer) throws {
        let envelope = Envelope(time: time)
        for history in histories {
            let (bars, problems) = (history.bars, history.problems)
            if !bars.isEmpty || !problems.isEmpty {
                for bar in bars { try sequencer.append(bar, envelope) }
                try sequencer.append(
                    WarmupEnded(
                        instrument: history.instrument.id, interval: bars.last?.interval ?? 0,
                        bars: UInt64(bars.count), first: bars.first?.ended ?? .zero,
                        last: bars.last?.ended ?? .zero,
                        source: history.sources.joined(separator: ", "),
                        problem: problems.joined(separator: "; ")), envelope)
            }
            days.append(
                (
                    history.instrument.symbol,
                    sequencer.engine.keeper(of: history.instrument.id)
                        .daysWithData(history.instrument.id)
                ))
        }
    }

    // MARK: In words

    public var bars: Int { histories.reduce(0) { $0 + $1.bars.count } }

    /// What was read, what it lacks, and what is too little; a sentence each.
    public var lines: [String] {
        var lines: [String] = []
        let read = histories.filter { !$0.bars.isEmpty }
        let ends = read.flatMap { [$0.bars.first?.ended, $0.bars.last?.ended].compactMap { $0 } }
        if let first = ends.min(), let last = ends.max() {
            var sources: [String] = []
            for source in read.flatMap(\.sources) where !sources.contains(source) {
                sources.append(source)
            }
            lines.append(
                "warmed up with \(Self.count(bars, "bar")) of \(Self.count(read.count, "symbol")) from "
                    + "\(first) to \(last), source \(sources.joined(separator: ", "))")
        }
        for history in histories {
            lines += history.problems.map { "history of \(history.instrument.symbol): \($0)" }
        }
        lines += days.filter { $0.days < limits.days }.map { symbol, days in
            "\(symbol) has \(Self.count(days, "day")) of data, and quality.min_history_days asks for "
                + "\(limits.days): no entry for \(Self.count(limits.days - days, "more day")). Give more "
                + "history: set warmup.source=venue, or list a file in data that `ledgerd data update` keeps"
        }
        return lines
    }

    private static func count(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    private static func have(_ count: Int) -> String { count == 1 ? "has" : "have" }
}

extension Warmup {
    /// Reads the history of a run on a feed. Its files and tapes come first; a venue fills what they lack.
    public static func ofFeed(
        _ configuration: Configuration, _ files: FeedHistory, knowing engine: Engine,
        venue: VenueHistory?, at time: Timestamp
    ) throws -> Warmup {
        let names = engine.names.instruments
        let feed = files.feed.compactMap { wanted in names.first { $0.symbol == wanted.symbol } }
        let reader = try read(
            files, names, into: HistoryReader(feed), after: first(configuration, before: time),
            through: time)
        return Warmup(
            configuration, reader, knowing: engine,
            venue: configuration[WarmupKeys.source] == .venue ? venue : nil, at: time)
    }

    /// Reads the sources that can be read to their end. The others are named, and nothing of them is kept: half a
    /// history would look whole.
    private static func read(
        _ files: FeedHistory, _ names: [Instrument], into empty: HistoryReader,
        after first: Timestamp, through time: Timestamp
    ) throws -> HistoryReader {
        var causes: [Int: any Error] = [:]
        while true {
            var reader = empty
            let sources = try files.open(names)
            var (opened, places): ([InputSource], [Int]) = ([], [])
            for (place, source) in sources.enumerated() {
                switch (causes[place], source.opened) {
                case (let cause?, _), (nil, .failure(let cause)):
                    reader.refuse(source.symbols, because: "\(cause)")
                case (nil, .success(let input)):
                    opened.append(input)
                    places.append(place)
                }
            }
            do {
                try reader.read(
                    opened, after: first, before: time.advanced(by: Nanoseconds(1)))
                reader.noteLater(opened, than: time)
                return reader
            } catch let bad as UnreadableSource {
                causes[places[bad.place]] = bad.cause
            }
        }
    }
}
