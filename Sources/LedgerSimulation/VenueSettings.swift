import LedgerDomain
import LedgerEvents
import LedgerSettings

/// The cost of a fill: a fixed fee once an order, an amount a unit, and a share of the notional; at
/// least the minimum, where one is set. Without a minimum, rebates are paid out.
public struct FillFees: Hashable, Sendable {
    public var fixed = Money.zero
    public var perUnit = Price.zero
    public var basisPoints = BasisPoints.zero
    public var minimum = Money.zero

    public init(
        fixed: Money = .zero, perUnit: Price = .zero, basisPoints: BasisPoints = .zero,
        minimum: Money = .zero
    ) {
        self.fixed = fixed
        self.perUnit = perUnit
        self.basisPoints = basisPoints
        self.minimum = minimum
    }

    /// The sum of the parts, each rounded half to even to 10^-9; positive is paid.
    ///
    /// - Parameter isFirst: whether this is the order's first fill, which alone pays the fixed
    ///   part.
    public func fee(
        price: Price, quantity: Quantity, isFirst: Bool
    ) throws(NumberError) -> Money {
        var fee = isFirst ? fixed : .zero
        if perUnit != .zero { fee += try Money.notional(perUnit, quantity) }
        if basisPoints != .zero {
            fee += try Money.notional(price, quantity).basisPoints(basisPoints)
        }
        return minimum == .zero ? fee : max(fee, minimum)
    }
}

/// How the simulated venue fills.
public struct VenueSettings: Hashable, Sendable {
    public var fees: FillFees
    /// Against the order, on market and stop fills; the price is then rounded against it to the
    /// tick.
    public var slippage: BasisPoints
    /// The share of a bar's volume, or of a trade's or quote's size, that all our orders together
    /// may take, in basis points; 0 for no limit.
    public var participation: BasisPoints
    /// From the decision until the order can fill.
    public var latency: Nanoseconds
    /// An additional delay up to this, drawn uniformly from the seeded generator.
    public var latencyJitter: Nanoseconds

    public init(
        fees: FillFees = FillFees(), slippage: BasisPoints = .zero,
        participation: BasisPoints = .zero, latency: Nanoseconds = .zero,
        latencyJitter: Nanoseconds = .zero
    ) {
        self.fees = fees
        self.slippage = slippage
        self.participation = participation
        self.latency = latency
        self.latencyJitter = latencyJitter
    }

    /// What our orders may take of a volume or a size, rounded down; nil for no limit.
    func share(of volume: Quantity) -> Quantity? {
        guard participation.raw > 0 else { return nil }
        // Volumes of data are so large that their product with a share may not fit.
        let (whole, rest) = volume.raw.quotientAndRemainder(dividingBy: 10_000_000)
        let share = Int128(participation.raw)
        return Quantity(raw: whole * share + rest * share / 10_000_000)
    }
}

extension VenueSettings {
    public init(_ settings: Settings) throws(SettingsError) {
        self.init(
            fees: FillFees(
                fixed: try settings[FillKeys.feeFixed], perUnit: try settings[FillKeys.feePerUnit],
                basisPoints: try settings[FillKeys.feeBasisPoints],
                minimum: try settings[FillKeys.feeMinimum]),
            slippage: try settings[FillKeys.slippageBasisPoints],
            participation: try settings[FillKeys.participationBasisPoints],
            latency: try settings[FillKeys.latency],
            latencyJitter: try settings[FillKeys.latencyJitter])
    }
}
