import LedgerDomain
import LedgerEvents
import LedgerProjections

/// Records when data of each instrument last arrived, and which feeds are paused.
struct FeedWatch: Hashable, Sendable {
    /// One instrument's data.
    struct Feed: Hashable, Sendable {
        fileprivate(set) var last = Timestamp.zero
        /// The last day with data, and how many there were.
        fileprivate(set) var day = Int64.min
        fileprivate(set) var days: UInt32 = 0
        /// Which days these are. Older rules kept only their number.
        fileprivate var known = DaySet()
        /// Consecutive data since a pause that arrived within the time-out.
        fileprivate var stable: UInt32 = 0
        fileprivate(set) var pausedAt: Timestamp?

        /// Counts a day once.
        fileprivate mutating func add(_ day: Int64) {
            if known.insert(day) { days += 1 }
        }

        /// Whether each of the days is known.
        var isCounted: Bool { days == known.count }

        /// Whether a day was counted, as far as its number is known.
        func knows(_ day: Int64) -> Bool {
            if known.contains(day) { return true }
            return days > known.count && (known.first.map { day < $0 } ?? (day <= self.day))
        }
    }

    /// The last market data of any instrument.
    private(set) var last = Timestamp.zero
    /// By instrument number.
    private var feeds: [Feed] = []
    /// Whether the present rules keep which days had data.
    private var keepsDays = false

    init() {}

    subscript(_ instrument: InstrumentID) -> Feed {
        let number = Int(instrument.number)
        return number < feeds.count ? feeds[number] : Feed()
    }

    @inline(__always)
    mutating func hear(at time: Timestamp) { last = time }

    /// Records that data of an instrument arrived.
    ///
    /// - Returns: when the previous data arrived, and on which day.
    @inline(__always)
    mutating func note(
        _ instrument: InstrumentID, on day: Int64, at time: Timestamp
    ) -> (last: Timestamp, day: Int64) {
        let number = Int(instrument.number)
        while feeds.count <= number { feeds.append(Feed()) }
        let before = (last: feeds[number].last, day: feeds[number].day)
        feeds[number].last = time
        if before.day != day {
            feeds[number].day = day
            if keepsDays { feeds[number].add(day) } else { feeds[number].days += 1 }
        }
        return before
    }

    /// Records data of an instrument's history.
    ///
    /// - Parameter isFirst: before rules 4, restarts the count of days, because the history may include those of
    ///   earlier runs.
    mutating func recall(
        _ instrument: InstrumentID, on day: Int64, at time: Timestamp, isFirst: Bool
    ) {
        let number = Int(instrument.number)
        while feeds.count <= number { feeds.append(Feed()) }
        feeds[number].last = max(feeds[number].last, time)
        if keepsDays { return recall(number, on: day) }
        if isFirst { (feeds[number].day, feeds[number].days) = (.min, 0) }
        guard day > feeds[number].day else { return }
        feeds[number].day = day
        feeds[number].days += 1
    }

    private mutating func recall(_ number: Int, on day: Int64) {
        let feed = feeds[number]
        // Days that older rules counted may be among those of the history.
        if feed.days > feed.known.count, feed.knows(day), !feed.known.contains(day) {
            feeds[number].days = feed.known.count
        }
        feeds[number].add(day)
        feeds[number].day = max(feed.day, day)
    }

    /// Follows other rules. Older ones did not keep when data of an instrument came last where no data rule
    /// was on.
    mutating func keepDays(_ keeps: Bool) { keepsDays = keeps }

    /// Takes the last data of any instrument as those of one whose own were not kept.
    mutating func assumeData(of instrument: InstrumentID) {
        let number = Int(instrument.number)
        while feeds.count <= number { feeds.append(Feed()) }
        feeds[number].last = max(feeds[number].last, last)
    }

    mutating func pause(_ instrument: InstrumentID, at time: Timestamp) {
        feeds[Int(instrument.number)].pausedAt = time
        feeds[Int(instrument.number)].stable = 0
    }

    /// Restarts the count of consecutive data.
    mutating func beLate(_ instrument: InstrumentID) {
        feeds[Int(instrument.number)].stable = 0
    }

    /// Counts data of a paused feed.
    ///
    /// - Returns: when the pause began, if more than `count` consecutive data arrived and the pause ends.
    @inline(__always)
    mutating func resume(_ instrument: InstrumentID, after count: Int) -> Timestamp? {
        let number = Int(instrument.number)
        guard let pausedAt = feeds[number].pausedAt else { return nil }
        feeds[number].stable += 1
        guard Int(feeds[number].stable) > count else { return nil }
        feeds[number].pausedAt = nil
        return pausedAt
    }

    mutating func resumeAll() {
        for number in feeds.indices { feeds[number].pausedAt = nil }
    }

    func encode(into writer: inout StateWriter, _ rules: RulesVersion) {
        writer.write(last)
        writer.write(feeds) { $1.encode(into: &$0, rules) }
    }

    init(from reader: inout StateReader, _ rules: RulesVersion) throws(StateError) {
        last = try reader.read()
        feeds = try reader.readArray { (reader) throws(StateError) in
            try Feed(from: &reader, rules)
        }
    }
}

extension FeedWatch.Feed {
    fileprivate func encode(into writer: inout StateWriter, _ rules: RulesVersion) {
        writer.write(last)
        writer.write(day)
        writer.write(days)
        writer.write(stable)
        writer.write(pausedAt != nil)
        writer.write(pausedAt ?? .zero)
        if rules.keepHistory { known.encode(into: &writer) }
    }

    fileprivate init(from reader: inout StateReader, _ rules: RulesVersion) throws(StateError) {
        last = try reader.read()
        day = try reader.read()
        days = try reader.read()
        stable = try reader.read()
        let isPaused: Bool = try reader.read()
        let time: Timestamp = try reader.read()
        pausedAt = isPaused ? time : nil
        guard rules.keepHistory else { return }
        known = try DaySet(from: &reader)
        guard known.count <= days else {
            throw StateError("a saved feed has fewer days than it names")
        }
    }
}
