import LedgerDomain
import LedgerEvents

/// A set of days. Each takes one bit, so that years of one instrument take a few hundred bytes.
struct DaySet: Hashable, Sendable {
    /// The first word holds the 64 days from `start` × 64 on.
    private var start: Int64 = 0
    private var words: [UInt64] = []
    private(set) var count: UInt32 = 0

    init() {}

    var isEmpty: Bool { count == 0 }

    var first: Int64? {
        words.firstIndex { $0 != 0 }.map {
            (start + Int64($0)) << 6 + Int64(words[$0].trailingZeroBitCount)
        }
    }

    func contains(_ day: Int64) -> Bool {
        guard let place = place(of: day >> 6) else { return false }
        return words[place] & Self.bit(day) != 0
    }

    /// - Returns: whether the day was new.
    mutating func insert(_ day: Int64) -> Bool {
        let word = day >> 6
        if words.isEmpty { start = word }
        if word < start {
            words.insert(contentsOf: [UInt64](repeating: 0, count: Int(start - word)), at: 0)
            start = word
        }
        while start + Int64(words.count) <= word { words.append(0) }
        guard let place = place(of: word), words[place] & Self.bit(day) == 0 else { return false }
        words[place] |= Self.bit(day)
        count += 1
        return true
    }

    private func place(of word: Int64) -> Int? {
        let place = Int(word - start)
        return words.indices.contains(place) ? place : nil
    }

    private static func bit(_ day: Int64) -> UInt64 { 1 << UInt64(day & 63) }

    func encode(into writer: inout StateWriter) {
        writer.write(start)
        writer.write(words) { $0.write($1) }
    }

    init(from reader: inout StateReader) throws(StateError) {
        start = try reader.read()
        words = try reader.readArray { (reader) throws(StateError) in try reader.read() }
        // No time is further from 1970 than 292 years.
        guard start.magnitude < 2_000, words.count < 4_000 else {
            throw StateError("saved days begin at \(start) × 64, which no time has")
        }
        count = words.reduce(0) { $0 + UInt32($1.nonzeroBitCount) }
    }
}
