import LedgerDomain
import LedgerEvents
import LedgerSettings

/// The limits of entries (X01 to X11). 0 means no limit; shares of 1 are in units of 10^-9.
///
/// They do not apply to orders that reduce risk: such an order is never reduced and never delayed.
public struct RiskRules: Hashable, Sendable {
    public var isEnabled = false
    public var portfolioHeat = RiskKeys.maxPortfolioHeat.standard
    public var dailyLoss = RiskKeys.maxDailyLossPct.standard
    public var dailyDrawdown = RiskKeys.maxDailyDrawdown.standard
    public var dailyLossLimit = Money.zero
    public var pause = RiskKeys.pauseOnViolation.standard
    public var resetHour = RiskKeys.dailyResetUTCHour.standard
    public var maximumCorrelation = RiskKeys.maxCorrelation.standard
    public var correlationDays = RiskKeys.correlationDays.standard
    public var orderNotional = Money.zero
    public var positionQuantity = Quantity.zero
    public var positionNotional = Money.zero
    public var totalNotional = Money.zero
    public var totalExposure = Price.zero
    public var exposureBuffer = Price.zero
    public var entriesPerDay = 0
    public var ordersPerMinute = 0
    /// Entry signals per second, in units of 10^-9.
    public var signalsPerSecond = Price.zero
    public var topSignals = 0
    public var tradeValue = Money.zero
    public var atrSizing = 0.0
    public var atrDays = RiskKeys.atrDays.standard
    public var atrPositionCap = RiskKeys.atrPositionCap.standard
    public var catastropheStop = 0.0

    /// Limits of amounts and counts are off until settings set them.
    public init() {}
}

/// An entry as a strategy wants it, with everything that the limits need.
public struct EntryCandidate: Hashable, Sendable {
    /// The part of the order that opens or enlarges a position, in whole lots.
    public var quantity: Quantity
    public var price: Price
    public var lot: Quantity
    /// Units held and ordered in the instrument, on the side of the entry.
    public var position: Quantity
    public var positionNotional: Money
    /// The absolute values of everything held and ordered.
    public var exposure: Money
    public var equity: Money
    /// The average true range; nil without history.
    public var averageTrueRange: Double?
    /// The exposure that the market regime allows, as a share of equity; nil for the plain limit.
    public var regimeHeat: Price?

    public init(
        quantity: Quantity, price: Price, lot: Quantity, position: Quantity = .zero,
        positionNotional: Money = .zero, exposure: Money = .zero, equity: Money,
        averageTrueRange: Double? = nil, regimeHeat: Price? = nil
    ) {
        (self.quantity, self.price, self.lot) = (quantity, price, lot)
        (self.position, self.positionNotional) = (position, positionNotional)
        (self.exposure, self.equity) = (exposure, equity)
        (self.averageTrueRange, self.regimeHeat) = (averageTrueRange, regimeHeat)
    }
}

/// The result for a candidate: each adjustment with its rule, and what remains, or why nothing
/// does.
public struct RiskVerdict: Hashable, Sendable {
    public struct Adjustment: Hashable, Sendable {
        public var rule: Refusal
        public var from: Quantity
        public var to: Quantity
    }

    public internal(set) var quantity: Quantity
    public internal(set) var adjustments: [Adjustment] = []
    public internal(set) var refusal: Refusal?
}

extension RiskRules {
    /// Applies the rules in order: average true range, order notional, position quantity, position
    /// notional, total notional, total exposure, trade value, portfolio heat.
    ///
    /// A clamp rounds down to whole lots; if nothing remains, the entry is refused. A value equal
    /// to its limit passes.
    public func verdict(_ candidate: EntryCandidate) -> RiskVerdict {
        var verdict = RiskVerdict(quantity: candidate.quantity)
        guard isEnabled else { return verdict }
        clampToRange(candidate, &verdict)
        clamp(.orderNotional, orderNotional, held: .zero, candidate, &verdict)
        clampQuantity(candidate, &verdict)
        clamp(
            .positionNotional, positionNotional, held: candidate.positionNotional, candidate,
            &verdict)
        let free = Int128(FixedPoint.one - Int64(exposureBuffer.raw))
        // If the buffer uses up a limit, the limit is zero and not absent.
        let least = Money(raw: 1)
        if totalNotional.raw > 0 {
            clamp(
                .totalNotional, max(Self.share(totalNotional, free), least),
                held: candidate.exposure, candidate, &verdict)
        }
        let exposureLimit = Self.share(
            Self.share(candidate.equity, Int128(totalExposure.raw)), free)
        if totalExposure.raw > 0 {
            clamp(
                .totalExposure, max(exposureLimit, least), held: candidate.exposure, candidate,
                &verdict)
        }
        guard verdict.refusal == nil else { return verdict }
        verdict.refusal = refusal(candidate, verdict.quantity)
        return verdict
    }

    /// amount × share, truncated to 10^-9; the share is in units of 10^-9.
    static func share(_ amount: Money, _ share: Int128) -> Money {
        let (product, overflow) = amount.raw.multipliedReportingOverflow(by: share)
        return overflow ? amount : Money(raw: product / Int128(FixedPoint.one))
    }

    private func refusal(_ candidate: EntryCandidate, _ quantity: Quantity) -> Refusal? {
        guard let value = try? Money.notional(candidate.price, quantity) else {
            return Refusal(.overflow)
        }
        if tradeValue.raw > 0, value < tradeValue {
            return Refusal(.tradeValue, limit: .money(tradeValue), value: .money(value))
        }
        let limit = candidate.regimeHeat.map { min($0, portfolioHeat) } ?? portfolioHeat
        guard portfolioHeat.raw > 0 else { return nil }
        let exposure = candidate.exposure + value
        guard exposure > Self.share(candidate.equity, Int128(limit.raw)) else { return nil }
        return Refusal(
            .portfolioHeat, limit: .share(limit),
            value: .share(exposure.raw, of: candidate.equity.raw, .up) ?? .unbounded)
    }

    private func clampToRange(_ candidate: EntryCandidate, _ verdict: inout RiskVerdict) {
        guard atrSizing > 0, let range = candidate.averageTrueRange, range > 0 else { return }
        let equity = candidate.equity.double
        let byRange = equity * atrSizing / range
        let byCap = equity * atrPositionCap / candidate.price.double
        let most = min(byRange, byCap)
        guard most.isFinite, most < Quantity.limit.double else { return }
        let room = Quantity(raw: Int128(max(0, most) * 1e9)).truncated(to: candidate.lot)
        narrow(
            to: room, Refusal(.positionSize, limit: .quantity(room)), candidate, &verdict)
    }

    private func clampQuantity(_ candidate: EntryCandidate, _ verdict: inout RiskVerdict) {
        guard positionQuantity.raw > 0 else { return }
        let room = Quantity(raw: max(0, positionQuantity.raw - candidate.position.raw))
        let rule = Refusal(
            .positionQuantity, limit: .quantity(positionQuantity),
            value: .quantity(candidate.position + verdict.quantity))
        narrow(to: room.truncated(to: candidate.lot), rule, candidate, &verdict)
    }

    /// Reduces the order to what `limit` leaves in addition to what is held.
    private func clamp(
        _ reason: RejectionReason, _ limit: Money, held: Money, _ candidate: EntryCandidate,
        _ verdict: inout RiskVerdict
    ) {
        guard limit.raw > 0, verdict.refusal == nil, candidate.price.raw > 0 else { return }
        guard let value = try? Money.notional(candidate.price, verdict.quantity) else {
            verdict.refusal = Refusal(.overflow)
            return
        }
        let room = limit - held
        guard value > room else { return }
        let rule = Refusal(reason, limit: .money(limit), value: .money(held + value))
        let (scaled, overflow) = max(room.raw, 0).multipliedReportingOverflow(
            by: Int128(FixedPoint.one))
        let units = Quantity(raw: overflow ? 0 : scaled / Int128(candidate.price.raw))
        narrow(to: units.truncated(to: candidate.lot), rule, candidate, &verdict)
    }

    private func narrow(
        to room: Quantity, _ rule: Refusal, _ candidate: EntryCandidate,
        _ verdict: inout RiskVerdict
    ) {
        guard verdict.refusal == nil, room < verdict.quantity else { return }
        guard room.raw > 0 else {
            verdict.refusal = rule
            return
        }
        verdict.adjustments.append(
            RiskVerdict.Adjustment(rule: rule, from: verdict.quantity, to: room))
        verdict.quantity = room
    }
}
