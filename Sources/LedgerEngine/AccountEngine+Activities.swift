import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety

/// What changed the account outside of orders: fees, dividends, interest, transfers, splits. A report
/// is the input, and its bookings are derived from it.
extension AccountEngine {
    mutating func handle(
        _ activity: VenueActivityReported, _ step: inout Step
    ) throws(EngineError) {
        activities.note(activity, at: step.time)
        guard !activity.isIncluded, activity.amount.raw.magnitude <= Money.limit.raw.magnitude,
            activity.quantity.raw.magnitude <= Quantity.limit.raw.magnitude
        else { return }
        if activity.quantity.raw != 0, activity.instrument != .none {
            switch activity.kind {
            case .fee: return try payInUnits(activity, &step)
            case .split: try splitUnits(activity, &step)
            default: try moveUnits(activity, &step)
            }
        }
        guard activity.amount.raw != 0 else { return }
        switch activity.kind {
        case .transfer where activity.amount.raw > 0:
            try book(CashDeposited(amount: activity.amount), &step)
        case .transfer:
            try book(CashWithdrawn(amount: -activity.amount), &step)
        case .dividend: try payDividend(activity, &step)
        case .interest where rulesVersion.separateInterest:
            try book(
                InterestCharged(
                    activity.instrument, -activity.amount, currency(of: activity.instrument),
                    source: "\(activity.activityType) \(activity.id)"), &step)
        case .fee, .interest, .split, .correction, .other:
            try charge(activity, -activity.amount, &step)
        }
    }

    /// - Parameter amount: positive is paid.
    private mutating func charge(
        _ activity: VenueActivityReported, _ amount: Money, _ step: inout Step
    ) throws(EngineError) {
        try book(
            FeeCharged(
                instrument: activity.instrument, amount: amount, kind: activity.activityType),
            &step)
    }

    /// Books a dividend to the strategy that holds most of the instrument. The amount that the venue paid is
    /// booked even if it differs from units × rate, because tax may have been withheld.
    private mutating func payDividend(
        _ activity: VenueActivityReported, _ step: inout Step
    ) throws(EngineError) {
        guard let holder = largestHolder(of: activity.instrument),
            let whole = try? Money.notional(activity.price, holder.quantity),
            whole == activity.amount
        else { return try charge(activity, -activity.amount, &step) }
        try book(
            DividendPaid(
                instrument: activity.instrument, strategy: holder.strategy,
                perUnit: activity.price, quantity: holder.quantity, amount: activity.amount),
            &step)
    }

    /// Books a fee that was taken in units: charges their value, and removes the units from the largest
    /// position. As with a commission, the two adjustments cancel in the sum of deposits.
    private mutating func payInUnits(
        _ activity: VenueActivityReported, _ step: inout Step
    ) throws(EngineError) {
        let mark = profit.equity.mark(activity.instrument)
        let price = activity.price.raw > 0 ? activity.price : mark
        guard let holder = largestHolder(of: activity.instrument) else { return }
        let units = min(activity.quantity.magnitude, holder.quantity).written
        guard units.raw > 0, let worth = try? Money.notional(price, units) else { return }
        if worth.raw != 0 { try charge(activity, worth, &step) }
        try adjustUnits(
            activity, Units(holder.strategy, -units, price, cash: worth), &step)
        activities.settle(activity.instrument, units)
    }

    /// Books units that arrived or left without a trade, at the mark.
    private mutating func moveUnits(
        _ activity: VenueActivityReported, _ step: inout Step
    ) throws(EngineError) {
        let mark = profit.equity.mark(activity.instrument)
        let price = activity.price.raw > 0 ? activity.price : mark
        let holder = largestHolder(of: activity.instrument)?.strategy ?? .none
        try adjustUnits(
            activity, Units(holder, activity.quantity.written, price, cash: .zero), &step)
    }

    private struct Units {
        var strategy: StrategyID
        var quantity: Quantity
        var price: Price
        var cash: Money

        init(_ strategy: StrategyID, _ quantity: Quantity, _ price: Price, cash: Money) {
            (self.strategy, self.quantity, self.price) = (strategy, quantity, price)
            self.cash = cash
        }
    }

    private mutating func adjustUnits(
        _ activity: VenueActivityReported, _ units: Units, _ step: inout Step
    ) throws(EngineError) {
        guard units.quantity.raw != 0 else { return }
        let reason = "\(activity.activityType) \(activity.id)"
        let event = PositionAdjusted(
            instrument: activity.instrument, strategy: units.strategy, quantity: units.quantity,
            price: units.price, snapshot: 0, actor: "venue", reason: reason)
        let sequence = try step.emit(event)
        try accounts.adjust(event, as: sequence, step)
        if units.cash.raw != 0 {
            try adjustCash(
                units.cash, of: activity.instrument, actor: "venue", reason: reason, &step)
        }
        try follow(units.strategy, in: activity.instrument, &step)
    }

    /// The venue reports a split by the units that it added. Every holder's lots get the same ratio.
    private mutating func splitUnits(
        _ activity: VenueActivityReported, _ step: inout Step
    ) throws(EngineError) {
        let held = profit.positions.positions(in: activity.instrument)
            .filter { $0.account == account }.reduce(Int128(0)) { $0 + $1.quantity.raw }
        let after = held + activity.quantity.raw
        guard held > 0, after > 0 else { return }
        // A split concerns the instrument, and the venues of other accounts report theirs.
        let isShared = profit.positions.positions(in: activity.instrument).contains {
            $0.account != account && $0.quantity.raw != 0
        }
        if isShared { return try moveUnits(activity, &step) }
        var (a, b) = (after, held)
        while b != 0 { (a, b) = (b, a % b) }
        guard let numerator = Int64(exactly: after / a), let denominator = Int64(exactly: held / a)
        else { return try moveUnits(activity, &step) }
        let event = SplitApplied(
            instrument: activity.instrument, numerator: numerator, denominator: denominator)
        try step.emit(event)
        try accounts.split(event, step)
        try split(event, &step)
    }
}
