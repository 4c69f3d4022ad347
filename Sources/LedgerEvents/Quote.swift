import LedgerDomain

extension Quote {
    /// (bid + ask) / 2 rounded down to 10^-9, or the only side that is quoted; nil if neither is.
    public var mid: Price? {
        switch (bid.raw > 0, ask.raw > 0) {
        case (true, true): Price(raw: Int64((Int128(bid.raw) + Int128(ask.raw)) >> 1))
        case (true, false): bid
        case (false, true): ask
        case (false, false): nil
        }
    }
}
