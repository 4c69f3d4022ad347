import LedgerDomain
import LedgerEvents

/// What an account may borrow.
public struct MarginTerms: Hashable, Sendable {
    public var kind: MarginType
    /// The share of a new position that the account must own.
    public var initialLong: Price
    public var initialShort: Price
    /// The share of a held one.
    public var maintenanceLong: Price
    public var maintenanceShort: Price
    /// The positions over the equity that entries may reach; 0 for no limit.
    public var maxLeverage: Price
    /// Below this equity nothing is lent.
    public var minimumEquity: Money

    public init(_ event: MarginDefined) {
        (kind, maxLeverage, minimumEquity) = (event.kind, event.maxLeverage, event.minimumEquity)
        (initialLong, initialShort) = (event.initialLong, event.initialShort)
        (maintenanceLong, maintenanceShort) = (event.maintenanceLong, event.maintenanceShort)
    }

    public var event: MarginDefined {
        MarginDefined(
            kind: kind, initialLong: initialLong, initialShort: initialShort,
            maintenanceLong: maintenanceLong, maintenanceShort: maintenanceShort,
            maxLeverage: maxLeverage, minimumEquity: minimumEquity)
    }

    /// What the account must own of units worth `value`, to open and to hold them. Rounded up to 10^-9.
    ///
    /// Source: the margin rules that Alpaca publishes for US shares. Cheap shares are lent against less: a long
    /// position below 2.50 counts in full; a short one counts with at least 2.50 a share and in full below 5,
    /// and with at least 5 a share above. Coins are not lent against.
    ///
    /// - Parameters:
    ///   - floor: 2.50 and 5 a share for the units, in the currency of `value`.
    func requirement(
        _ value: Money, _ side: Side, price: Price, isCrypto: Bool, lends: Bool,
        floor: (low: Money, high: Money)
    ) -> MarginRequirement {
        guard kind == .margin else { return MarginRequirement(initial: value, maintenance: .zero) }
        guard !isCrypto else { return MarginRequirement(initial: value, maintenance: value) }
        let maintenance: Money
        let initial: Money
        if side == .buy {
            maintenance =
                price < Self.lowLong ? value : Self.share(maintenanceLong, of: value)
            initial = Self.share(initialLong, of: value)
        } else {
            maintenance =
                price < Self.lowShort
                ? max(value, floor.low) : max(Self.share(maintenanceShort, of: value), floor.high)
            initial = Self.share(initialShort, of: value)
        }
        return MarginRequirement(
            initial: lends ? max(initial, maintenance) : max(value, maintenance),
            maintenance: maintenance)
    }

    static let lowLong = Price(raw: 2_500_000_000)
    static let lowShort = Price(raw: 5_000_000_000)

    /// Rounded up to 10^-9; the limit where it does not fit.
    private static func share(_ share: Price, of value: Money) -> Money {
        FixedPoint.scaledUp(value.raw, by: Int128(share.raw), over: Int128(FixedPoint.one))
            .map(Money.init(raw:)) ?? .limit
    }

    func encode(into writer: inout StateWriter) {
        writer.write(kind)
        for share in [initialLong, initialShort, maintenanceLong, maintenanceShort, maxLeverage] {
            writer.write(share)
        }
        writer.write(minimumEquity)
    }

    init(from reader: inout StateReader) throws(StateError) {
        kind = try reader.read()
        initialLong = try reader.read()
        initialShort = try reader.read()
        maintenanceLong = try reader.read()
        maintenanceShort = try reader.read()
        maxLeverage = try reader.read()
        minimumEquity = try reader.readSum()
    }
}

/// What an account must own of a position.
public struct MarginRequirement: Hashable, Sendable {
    public var initial: Money
    public var maintenance: Money

    static func += (a: inout MarginRequirement, b: MarginRequirement) {
        a.initial = min(a.initial + b.initial, .limit)
        a.maintenance = min(a.maintenance + b.maintenance, .limit)
    }
}
