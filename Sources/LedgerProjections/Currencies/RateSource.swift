import LedgerDomain
import LedgerEvents

/// One entry of the setting `rates`, with the last rate that it gave.
public struct RateSource: Hashable, Sendable {
    public private(set) var base: String
    public private(set) var quote: String
    /// The symbol whose prices are the rate; empty where `RateObserved` gives it.
    public private(set) var symbol: String
    /// Empty for a rate that is observed.
    public private(set) var via: String
    /// Whether the instrument's price is one of the quote currency in the base.
    private(set) var isInverse: Bool
    private(set) var maxAge: Nanoseconds
    /// Whether the present settings have it. One that they dropped keeps its last rate.
    var isListed = true
    /// Zero before the first.
    var rate = Price.zero
    public internal(set) var observedAt = Timestamp.zero

    init(_ event: RateDefined) {
        (base, quote, symbol, via) = (event.base, event.quote, event.symbol, event.via)
        isInverse = event.isInverse
        maxAge = Nanoseconds(Int64(clamping: event.maxAge))
    }

    /// `EUR/USD`.
    public var name: String { "\(base)/\(quote)" }

    /// Takes another definition of the same source; false for one of another source.
    mutating func take(_ event: RateDefined) -> Bool {
        guard base == event.base, quote == event.quote, symbol == event.symbol, via == event.via,
            isInverse == event.isInverse
        else { return false }
        maxAge = Nanoseconds(Int64(clamping: event.maxAge))
        isListed = true
        return true
    }

    /// Whether it leads from one currency to the other, and in which direction; nil where it does not.
    func leads(from: String, to: String) -> Bool? {
        if base == from, quote == to { return false }
        return base == to && quote == from ? true : nil
    }

    /// Since when the rate is too old; nil where it never is.
    var staleAt: Timestamp? {
        maxAge.count > 0 ? observedAt.advanced(by: maxAge) : nil
    }

    func encode(into writer: inout StateWriter) {
        for text in [base, quote, symbol, via] { writer.write(text) }
        writer.write(isInverse)
        writer.write(maxAge)
        writer.write(isListed)
        writer.write(rate)
        writer.write(observedAt)
    }

    init(from reader: inout StateReader) throws(StateError) {
        base = try reader.read()
        quote = try reader.read()
        symbol = try reader.read()
        via = try reader.read()
        isInverse = try reader.read()
        maxAge = try reader.read()
        isListed = try reader.read()
        rate = try reader.read()
        observedAt = try reader.read()
        guard rate.raw >= 0 else { throw StateError("a saved rate is \(rate)") }
    }
}

/// Why a currency's worth is unknown. Its text names the rate.
public enum RateGap: Hashable, Sendable, CustomStringConvertible {
    case noPath(from: String, to: String)
    case missing(String)
    /// Too old since a time.
    case stale(String, Timestamp)

    public var description: String {
        switch self {
        case .noPath(let from, let to): "no entry of rates leads from \(from) to \(to)"
        case .missing(let name): "the rate \(name) is missing"
        case .stale(let name, let time): "the rate \(name) is too old since \(time)"
        }
    }
}
