import LedgerDomain
import LedgerEvents

/// Values of the safety layer's events.
extension EventSamples {
    static let safety: [Sample] = operations + snapshots + gate + drawdown + reconciliations

    private static let least = Money(raw: .min)
    private static let most = Money(raw: .max)
    private static let lowestMeasure = Measure(raw: .min)
    private static let highestMeasure = Measure.unbounded
    private static let late = Timestamp(nanoseconds: .max)

    private static let operations: [Sample] =
        FaultKind.allCases.map { FaultReported($0, origin: "gateway", detail: "HTTP 503") }
        + Metric.allCases.map {
            MetricReported($0, value: Price(raw: -1_272_000_000_000), origin: odd)
        }
        + [
            FaultReported(.rest, origin: "", detail: odd),
            MetricReported(.latency, value: highest, origin: ""),
            FlagFileObserved(isPresent: true, path: "state/kill_switch.flag"),
            FlagFileObserved(isPresent: false, path: odd),
            FeedPaused(instrument: apple, lastSeen: .zero, reason: "no data"),
            FeedPaused(instrument: InstrumentID(.max), lastSeen: late, reason: ""),
            FeedResumed(instrument: apple, pausedAt: .zero),
            FeedResumed(instrument: InstrumentID(.max), pausedAt: Timestamp(nanoseconds: .min)),
            GapDetected(instrument: apple, sessions: 3, from: .zero, to: late),
            GapDetected(instrument: apple, sessions: .max, from: late, to: .zero),
            MarkHeld(instrument: apple, price: Price(raw: 1), mark: highest),
            MarkHeld(instrument: InstrumentID(.max), price: lowest, mark: .zero),
        ]

    private static let snapshots: [Sample] = [
        VenueSnapshotBegan(
            kind: .start, snapshot: 1, cash: Money(raw: 1_000_000_000_000),
            portfolioValue: Money(raw: 1), buyingPower: Money(raw: 2), origin: "account.json"),
        VenueSnapshotBegan(
            kind: .end, isReachable: false, snapshot: .max, cash: least, portfolioValue: most,
            buyingPower: least, origin: odd),
        VenuePositionReported(
            instrument: apple, snapshot: 1, quantity: Quantity(raw: -5_000_000_001),
            averagePrice: Price(raw: 130_310_000_000), symbol: "AAPL"),
        VenuePositionReported(
            instrument: .none, snapshot: .max, quantity: large, averagePrice: highest, symbol: odd),
        VenueOrderReported(
            instrument: apple, side: .buy, snapshot: 1, quantity: Quantity(raw: 10_000_000_000),
            filled: Quantity(raw: 4_000_000_000), limitPrice: .zero,
            intent: IntentID(high: 1, low: 2), symbol: "AAPL", venueOrder: "61e69015"),
        VenueOrderReported(
            instrument: .none, side: .sell, snapshot: .max, quantity: large, filled: large,
            limitPrice: lowest, intent: IntentID(high: .max, low: .max), symbol: "",
            venueOrder: odd),
        VenueSnapshotEnded(snapshot: 1, positions: 2, orders: 3),
        VenueSnapshotEnded(snapshot: .max, positions: .max, orders: .max),
        VenueHoldingReported(
            reason: .foreign, kind: .crypto, snapshot: 1, quantity: Quantity(raw: 5_000_000_001),
            mark: Price(raw: 600_000_000_000), symbol: "BNBUSDT"),
        VenueHoldingReported(
            reason: .ignored, kind: .equity, snapshot: .max, quantity: large, averagePrice: highest,
            mark: lowest, symbol: odd),
        VenueItemUnread(
            item: .order, snapshot: 1, symbol: "AAPL240119C00190000", id: "61e69015",
            detail: "missing at byte 40"),
        VenueItemUnread(item: .activity, snapshot: .max, detail: odd),
        VenueActivityReported(
            instrument: apple, kind: .dividend, amount: Money(raw: 1_020_000_000),
            price: Price(raw: 510_000_000), occurred: Timestamp(nanoseconds: 1),
            activityType: "DIV", id: "20190801011955195::5f59", symbol: "AAPL"),
        VenueActivityReported(
            instrument: .none, kind: .other, isIncluded: true, amount: least, quantity: large,
            price: lowest, occurred: Timestamp(nanoseconds: .max), activityType: odd, id: odd,
            symbol: odd, detail: odd),
        VenueActivitiesAnchored(venue: "alpaca"), VenueActivitiesAnchored(venue: odd),
        HoldingAdopted(
            instrument: apple, quantity: Quantity(raw: 5_000_000_000),
            price: Price(raw: 130_310_000_000), symbol: "AAPL", actor: "kim", reason: "by hand"),
        HoldingAdopted(
            instrument: InstrumentID(.max), quantity: large, price: highest, symbol: odd,
            actor: "", reason: odd),
    ]

    private static let gate: [Sample] =
        LatchSource.allCases.map {
            LatchEngaged(
                $0, clears: $0 == .clock ? .operator : .automatic, actor: "kim", reason: "")
        }
        + LatchEffect.allCases.map {
            LatchEngaged(
                .killSwitch, scope: .symbol, instrument: apple, effect: $0, clears: .operator,
                limit: lowestMeasure, value: highestMeasure, actor: odd, reason: odd)
        }
        + LatchScope.allCases.map {
            LatchCleared(
                .feed, scope: $0, instrument: InstrumentID(.max), strategy: StrategyID(.max),
                actor: "", reason: odd)
        }
        + TradingMode.allCases.map {
            ModeChanged(from: $0, to: .halt, isHard: $0 == .auto, actor: "kim", reason: odd)
        }
        + [
            SizeAdjusted(
                instrument: apple, strategy: StrategyID(1), side: .buy,
                refusal: Refusal(
                    .orderNotional, limit: Measure(raw: 500_000_000_000), value: highestMeasure),
                from: Quantity(raw: 10_000_000_000), to: Quantity(raw: 3_000_000_000)),
            SizeAdjusted(
                instrument: .none, strategy: StrategyID(.max), side: .sell,
                refusal: Refusal(.rampup, limit: lowestMeasure), from: large, to: .zero),
        ]
        + AlertKind.allCases.map {
            AlertRaised(
                .warning, $0, instrument: apple, value: lowestMeasure, threshold: highestMeasure,
                text: odd)
        }
        + AlertSeverity.allCases.map {
            AlertRaised($0, .noTrades, strategy: StrategyID(.max), text: "")
        }

    private static let drawdown: [Sample] =
        DrawdownPhase.allCases.map {
            DrawdownChanged(
                from: .normal, to: $0, days: 20, equity: Money(raw: 92_801_280_000_000),
                peak: Money(raw: 105_213_600_000_000), drawdown: Price(raw: 117_972_581),
                until: .zero, day: "2020-02-27", actor: "engine", reason: "")
        }
        + [
            DrawdownChanged(
                from: .rampup, to: .panic, days: .max, equity: least, peak: most, drawdown: lowest,
                until: late, day: "", actor: odd, reason: odd),
            PeakRebased(from: most, to: least, actor: "engine", reason: odd),
            PeakRebased(from: .zero, to: .zero, actor: "", reason: ""),
            HealthChecked(
                reconciliation: true, dataQuality: true, noDuplicateIntents: true,
                strategiesEnabled: true, actor: "engine", reason: "the cooldown is over"),
            HealthChecked(
                reconciliation: false, dataQuality: true, noDuplicateIntents: false,
                strategiesEnabled: true, actor: odd, reason: ""),
        ]

    private static let reconciliations: [Sample] =
        DiscrepancyKind.allCases.map {
            DiscrepancyFound(
                $0, instrument: apple, snapshot: 7, ledger: Measure(raw: 5_000_000_000),
                venue: lowestMeasure, order: OrderID(.max), symbol: "AAPL", detail: odd)
        }
        + ReconciliationStatus.allCases.map {
            ReconciliationEnded($0, discrepancies: .max, snapshot: 7, reason: odd)
        }
        + [
            PositionAdjusted(
                instrument: apple, strategy: StrategyID(1), quantity: Quantity(raw: -5_000_000_000),
                price: Price(raw: 1), snapshot: 7, actor: "kim", reason: "closed by hand"),
            PositionAdjusted(
                instrument: InstrumentID(.max), strategy: .none, quantity: large, price: highest,
                snapshot: .max, actor: odd, reason: ""),
            CashAdjusted(amount: Money(raw: -1), snapshot: 7, actor: "kim", reason: odd),
            CashAdjusted(amount: most, snapshot: .max, actor: "", reason: ""),
        ]
}
