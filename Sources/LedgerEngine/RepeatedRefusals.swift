import LedgerDomain
import LedgerEvents
import LedgerProjections

/// Repeated refusals. A strategy that makes the same decision at every price breaks the same rule at every
/// price. The first refusal is journaled in full; the others are counted here and journaled as sums.
///
/// An episode begins with a refusal in full. It ends when the strategy's next decision of the same kind passes
/// or breaks another rule, when the run ends, or when the strategies are rebuilt.
struct RepeatedRefusals: Hashable, Sendable {
    /// The decision that a strategy repeats.
    struct Subject: Hashable, Comparable, Sendable {
        var strategy: StrategyID
        var instrument: InstrumentID
        var purpose: Purpose
        var side: Side

        static func < (a: Subject, b: Subject) -> Bool {
            (a.strategy.number, a.instrument.number, a.purpose.rawValue, a.side.rawValue)
                < (b.strategy.number, b.instrument.number, b.purpose.rawValue, b.side.rawValue)
        }
    }

    /// A sum to journal, and the chain that it belongs to.
    struct Sum {
        var event: RefusalRepeated
        var chain: SequenceNumber
    }

    private struct Episode: Hashable, Sendable {
        var subject: Subject
        var isIntent: Bool
        /// The last one.
        var refusal: Refusal
        /// The first signal, which was journaled in full.
        var chain: SequenceNumber
        /// Refusals since the first.
        var total: UInt64 = 0
        /// Refusals that are not yet in a sum.
        var pending: UInt32 = 0
        var first = Timestamp.zero
        var last = Timestamp.zero

        /// Whether to journal a sum now, so that a long episode is visible before it ends: at 16, 32, 64 …
        /// refusals, and once a day if there are many.
        var isDue: Bool {
            if total >= 16, total & (total - 1) == 0 { return true }
            return pending >= 64 && last.nanoseconds(since: first) >= Nanoseconds.day.count
        }
    }

    /// Ascending by subject.
    private var episodes: [Episode] = []

    init() {}

    @inline(__always)
    var isEmpty: Bool { episodes.isEmpty }

    /// Begins an episode with a refusal that is journaled in full.
    mutating func begin(
        _ subject: Subject, _ refusal: Refusal, isIntent: Bool, chain: SequenceNumber
    ) {
        let place = episodes.firstIndex { $0.subject >= subject } ?? episodes.count
        let episode = Episode(subject: subject, isIntent: isIntent, refusal: refusal, chain: chain)
        if place < episodes.count, episodes[place].subject == subject {
            episodes[place] = episode
        } else {
            episodes.insert(episode, at: place)
        }
    }

    /// Counts a refusal if it repeats the subject's last one.
    ///
    /// - Returns: nil if it does not; otherwise the sums to journal now, none or one.
    mutating func count(
        _ subject: Subject, _ refusal: Refusal, isIntent: Bool, at time: Timestamp
    ) -> [Sum]? {
        guard let place = episodes.firstIndex(where: { $0.subject == subject }),
            episodes[place].isIntent == isIntent,
            episodes[place].refusal.reason == refusal.reason
        else { return nil }
        episodes[place].refusal = refusal
        if episodes[place].pending == 0 { episodes[place].first = time }
        episodes[place].last = time
        episodes[place].total &+= 1
        episodes[place].pending += 1
        return episodes[place].isDue ? take(place) : []
    }

    /// Ends the subject's episode.
    mutating func end(_ subject: Subject) -> [Sum] {
        guard let place = episodes.firstIndex(where: { $0.subject == subject }) else { return [] }
        defer { episodes.remove(at: place) }
        return take(place)
    }

    /// Ends every episode, in the order of their subjects.
    mutating func endAll() -> [Sum] {
        defer { episodes = [] }
        return episodes.indices.flatMap { take($0) }
    }

    /// Takes what each episode has counted since its last sum; the episodes go on.
    mutating func takeAll() -> [Sum] { episodes.indices.flatMap { take($0) } }

    private mutating func take(_ place: Int) -> [Sum] {
        let episode = episodes[place]
        guard episode.pending > 0 else { return [] }
        episodes[place].pending = 0
        let subject = episode.subject
        let event = RefusalRepeated(
            instrument: subject.instrument, strategy: subject.strategy, side: subject.side,
            purpose: subject.purpose, isIntent: episode.isIntent, refusal: episode.refusal,
            count: episode.pending, first: episode.first, last: episode.last)
        return [Sum(event: event, chain: episode.chain)]
    }

    // MARK: State

    func encode(into writer: inout StateWriter) {
        writer.write(episodes) { writer, episode in
            writer.write(episode.subject.strategy)
            writer.write(episode.subject.instrument)
            writer.write(episode.subject.purpose)
            writer.write(episode.subject.side)
            writer.write(episode.isIntent)
            writer.write(episode.refusal.reason)
            writer.write(episode.refusal.limit)
            writer.write(episode.refusal.value)
            writer.write(episode.chain)
            writer.write(episode.total)
            writer.write(episode.pending)
            writer.write(episode.first)
            writer.write(episode.last)
        }
    }

    init(from reader: inout StateReader) throws(StateError) {
        episodes = try reader.readArray { (reader) throws(StateError) in
            Episode(
                subject: Subject(
                    strategy: try reader.read(), instrument: try reader.read(),
                    purpose: try reader.read(), side: try reader.read()),
                isIntent: try reader.read(),
                refusal: Refusal(
                    try reader.read(), limit: try reader.read(), value: try reader.read()),
                chain: try reader.read(), total: try reader.read(), pending: try reader.read(),
                first: try reader.read(), last: try reader.read())
        }
        for (episode, next) in zip(episodes, episodes.dropFirst())
        where episode.subject >= next.subject {
            throw StateError("the saved refusals are out of order")
        }
        guard episodes.allSatisfy({ $0.pending < UInt32.max && $0.pending <= $0.total }) else {
            throw StateError("a saved refusal repeats more often than it came")
        }
    }
}
