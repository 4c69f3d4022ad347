/// Compares the distances between the first bars with the interval that they are said to have.
///
/// Bars that are all much further apart than their interval are longer than they are said to be.
/// Each would then be known long before it is over: a daily bar called a minute is known at one
/// minute past midnight.
struct RowSpacing {
    /// The rows to see before they are judged.
    private static let enough = 8

    /// In seconds; 0 where there is nothing to compare.
    private let interval: Int64
    /// The largest number of seconds of which every distance so far is a multiple.
    private var common: Int64 = 0
    private(set) var shortest = Int64.max
    private var rows = 0
    private var last: Int64 = 0
    /// Whether the rest of the file need not be looked at.
    private(set) var isSettled: Bool

    init(interval: Int64) {
        self.interval = interval
        isSettled = interval == 0
    }

    var isTooWide: Bool { rows >= Self.enough && isWide }

    /// - Parameter local: seconds of the local clock, so that a change of clocks changes no
    ///   distance.
    func adding(_ local: Int64) -> RowSpacing {
        var sum = self
        sum.rows += 1
        sum.last = local
        guard rows > 0, local > last else { return sum }
        sum.shortest = min(shortest, local - last)
        sum.common = Self.greatestDivisor(of: common, and: local - last)
        sum.isSettled = !sum.isWide
        return sum
    }

    /// Days and weeks skip holidays, so that their distances have a small common divisor.
    private var isWide: Bool {
        if common >= 2 * interval { return true }
        guard interval >= 86_400 else { return false }
        return shortest >= (interval >= 7 * 86_400 ? 2 : 5) * interval
    }

    private static func greatestDivisor(of a: Int64, and b: Int64) -> Int64 {
        var (a, b) = (a, b)
        while b != 0 { (a, b) = (b, a % b) }
        return a
    }
}
