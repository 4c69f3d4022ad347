import LedgerDomain
import LedgerEvents

/// One market event on its way through the working orders of its instrument.
struct Match: Hashable, Sendable {
    enum Phase: Int, Comparable {
        case expire, open, stops, limits, leftovers, dayEnd, done
        static func < (a: Phase, b: Phase) -> Bool { a.rawValue < b.rawValue }
        var next: Phase { Phase(rawValue: rawValue + 1) ?? .done }
    }

    enum Market: Hashable, Sendable {
        case bar(Bar)
        case quote(Quote)
        case trade(Trade)
    }

    var market: Market
    var instrument: InstrumentID
    var sequence: SequenceNumber
    var opensAt: Timestamp
    var time: Timestamp
    var phase = Phase.expire
    /// Whether the last fill was at an unknown moment of a bar, not at its open.
    var filledInside = false
    /// The volume that our orders may still take; nil for no limit. A bar and a trade have one
    /// volume for both sides.
    var buyVolume: Quantity?
    /// The volume that our orders may still sell into a quote's bid.
    var sellVolume: Quantity?
}

extension Bar {
    /// The worse of the two prices whose moments are known.
    func worse(for side: Side) -> Price {
        side == .buy ? max(open, close) : min(open, close)
    }
}

extension OrderIntended {
    var isImmediate: Bool {
        timeInForce == .immediateOrCancel || timeInForce == .fillOrKill
    }
}

extension WorkingOrder {
    /// Whether it fills at any price: a market order, or a triggered stop.
    var isMarket: Bool {
        terms.orderType == .market || (terms.orderType == .stop && isTriggered)
    }
}

extension Side {
    /// Whether `price` triggers a stop: at or above it for a buy, at or below it for a sell.
    func reaches(_ price: Price, stop: Price) -> Bool {
        self == .buy ? price >= stop : price <= stop
    }

    /// Whether a limit order may fill at `price`: at or below it for a buy, at or above it for a
    /// sell.
    func accepts(_ price: Price, limit: Price) -> Bool {
        self == .buy ? price <= limit : price >= limit
    }
}
