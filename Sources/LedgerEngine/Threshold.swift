import LedgerDomain
import LedgerEvents
import LedgerSettings

/// Trades a recorded prediction when enough of the move that it promises is left after its error.
///
///     usable = |predicted − price| − k_sigma · error;  trades iff usable > 0 and usable ≥ k_atr · ATR
///     take-profit distance = usable;  stop-loss distance = usable / reward_risk
///
/// One position at a time, sized so that the stop loses `risk_per_trade` of equity. Without a price, a
/// positive error or a positive ATR the prediction is passed over. Source: requirements A.4, B02.
struct Threshold: Strategy {
    static let kind = "threshold"
    static let codeVersion: UInt16 = 1

    private let kSigma: Double
    private let kATR: Double
    private let rewardRisk: Double
    private let risk: Double
    private let period: Int
    private var close = 0.0
    private var bars = 0
    /// Wilder's average true range: the mean of the first `period` ranges, then (p−1)/p of the old
    /// value and 1/p of the new range.
    private var range = 0.0

    init(_ settings: SettingsEntry) throws(SettingsError) {
        kSigma = try settings[ThresholdKeys.kSigma]
        kATR = try settings[ThresholdKeys.kATR]
        rewardRisk = try settings[ThresholdKeys.rewardRisk]
        risk = try settings[ThresholdKeys.riskPerTrade]
        period = try settings[ThresholdKeys.atrPeriod]
    }

    mutating func bar(_ bar: Bar, _ view: StrategyView, _ decisions: inout Decisions) {
        let (high, low) = (bar.high.double, bar.low.double)
        let reach =
            bars == 0 ? high - low : max(high, close) - min(low, close)
        bars = min(bars + 1, period + 1)
        if bars <= period {
            range += (reach - range) / Double(bars)
        } else {
            range += (reach - range) / Double(period)
        }
        close = bar.close.double
    }

    mutating func prediction(
        _ prediction: PredictionRecorded, _ view: StrategyView, _ decisions: inout Decisions
    ) {
        let error = prediction.error.double
        guard bars >= period, close > 0, range > 0, error > 0, view.position.raw == 0,
            view.workingOrders == 0
        else { return }
        let move = prediction.predicted.double - close
        let usable = move.magnitude - kSigma * error
        let threshold = kATR * range
        guard usable > 0, usable >= threshold, let price = Price(rounding: close),
            let target = Price(rounding: usable), let stop = Price(rounding: usable / rewardRisk),
            target.raw > 0, stop.raw > 0
        else { return }
        var decision = Decision(
            side: move > 0 ? .buy : .sell, purpose: .entry,
            size: .risk(share: risk, distance: stop), price: price, indicator: usable,
            threshold: threshold)
        decision.takeProfitDistance = target
        decision.stopLossDistance = stop
        decisions.append(decision)
    }

    mutating func split(_ event: SplitApplied) {
        let factor = Double(event.denominator) / Double(event.numerator)
        close *= factor
        range *= factor
    }

    func encode(into writer: inout StateWriter) {
        writer.write(close)
        writer.write(range)
        writer.write(UInt32(bars))
    }

    mutating func restore(from reader: inout StateReader) throws(StateError) {
        close = try reader.read()
        range = try reader.read()
        bars = Int(try reader.read(UInt32.self))
    }
}
