import LedgerDomain
import LedgerEvents

/// Records when data of each instrument last arrived, and which feeds are paused.
struct FeedWatch: Hashable, Sendable {
    /// One instrument's data.
    struct Feed: Hashable, Sendable {
        fileprivate(set) var last = Timestamp.zero
        /// The last day with data, and how many there were.
        fileprivate(set) var day = Int64.min
        fileprivate(set) var days: UInt32 = 0
        /// Consecutive data since a pause that arrived within the time-out.
        fileprivate var stable: UInt32 = 0
        fileprivate(set) var pausedAt: Timestamp?
    }

    /// The last market data of any instrument.
    private(set) var last = Timestamp.zero
    /// By instrument number.
    private var feeds: [Feed] = []

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
            feeds[number].days += 1
        }
        return before
    }

    /// Records data of an instrument's history.
    ///
    /// - Parameter isFirst: restarts the count of days, because the history includes those of earlier runs.
    mutating func recall(
        _ instrument: InstrumentID, on day: Int64, at time: Timestamp, isFirst: Bool
    ) {
        let number = Int(instrument.number)
        while feeds.count <= number { feeds.append(Feed()) }
        if isFirst { (feeds[number].day, feeds[number].days) = (.min, 0) }
        feeds[number].last = max(feeds[number].last, time)
        guard day > feeds[number].day else { return }
        feeds[number].day = day
        feeds[number].days += 1
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

    func encode(into writer: inout StateWriter) {
        writer.write(last)
        writer.write(feeds) { $1.encode(into: &$0) }
    }

    init(from reader: inout StateReader) throws(StateError) {
        last = try reader.read()
        feeds = try reader.readArray { (reader) throws(StateError) in try Feed(from: &reader) }
    }
}

extension FeedWatch.Feed {
    fileprivate func encode(into writer: inout StateWriter) {
        writer.write(last)
        writer.write(day)
        writer.write(days)
        writer.write(stable)
        writer.write(pausedAt != nil)
        writer.write(pausedAt ?? .zero)
    }

    fileprivate init(from reader: inout StateReader) throws(StateError) {
        last = try reader.read()
        day = try reader.read()
        days = try reader.read()
        stable = try reader.read()
        let isPaused: Bool = try reader.read()
        let time: Timestamp = try reader.read()
        pausedAt = isPaused ? time : nil
    }
}
