import LedgerDomain
import LedgerEvents

/// Values of every event type, the ordinary and the extreme.
enum EventSamples {
    typealias Sample = any (Event & Hashable)

    static let all: [Sample] =
        definitions + runs + market + cash + currencies + actions + financing + signals + orders
        + ends + safety
        + venues

    static let highest = Price(raw: .max)
    static let lowest = Price(raw: .min)
    static let large = Quantity.limit
    static let odd = "a \"b\" \\ \n\r\t \u{1} \u{7F} é 漢 🙂"
    static let apple = InstrumentID(1)

    private static let definitions: [Sample] = [
        JournalOpened(kind: .tape, name: "main", build: "1.0.0"),
        JournalOpened(kind: .general, name: "", build: odd),
        ConfigurationLoaded(seed: 0, build: "", settings: ""),
        ConfigurationLoaded(seed: .max, build: "1.0.0", settings: "fee = 1\nname = x\n"),
        InstrumentDefined(
            Instrument(
                id: apple, symbol: "AAPL", venue: "NASDAQ", currency: "USD", kind: .equity,
                tick: Price(raw: 10_000_000), lot: Quantity(raw: 1_000_000_000), priceScale: 2,
                quantityScale: 0)),
        InstrumentDefined(
            Instrument(
                id: InstrumentID(70), symbol: odd, venue: "", currency: "USDT", kind: .crypto,
                tick: Price(raw: 1), lot: Quantity(raw: 1), priceScale: 255, quantityScale: 255)),
        AccountDefined(kind: .simulated, name: "main", currency: "USD"),
        AccountDefined(kind: .live, name: odd, currency: ""),
        StrategyDefined(
            strategy: StrategyID(1), codeVersion: 1, name: "sma", parameters: "fast = 10"),
        StrategyDefined(
            strategy: StrategyID(.max), codeVersion: .max, name: "",
            parameters: String(repeating: "é", count: 30_000)),
    ]

    private static let currencies: [Sample] = [
        RateDefined(
            place: 0, isInverse: false, maxAge: 0, base: "EUR", quote: "USD", symbol: "", via: ""),
        RateDefined(
            place: .max, isInverse: true, maxAge: .max, base: odd, quote: "", symbol: odd, via: odd),
        RateObserved(
            rate: Price(raw: 1_083_700_000), since: .zero, base: "EUR", quote: "USD",
            source: "ecb.csv"),
        RateObserved(rate: lowest, since: .zero, base: "", quote: odd, source: ""),
        BalanceDeposited(amount: Money(raw: 1), currency: "BTC"),
        BalanceDeposited(amount: .limit, currency: odd),
        BalanceWithdrawn(amount: Money(raw: 1_000_000_000), currency: "EUR"),
        BalanceWithdrawn(amount: .zero, currency: ""),
        BalanceCharged(
            instrument: apple, amount: Money(raw: 7_500_000), currency: "BNB",
            kind: "commission of order 7"),
        BalanceCharged(
            instrument: InstrumentID(.max), amount: -Money.limit, currency: "", kind: odd),
        BalanceConverted(
            sold: Money(raw: 1_000_000_000), bought: Money(raw: 1_083_700_000),
            soldCurrency: "EUR", boughtCurrency: "USD"),
        BalanceConverted(
            sold: .limit, bought: .zero, soldCurrency: odd, boughtCurrency: ""),
        CashTransferred(
            to: AccountID(.simulated, index: 2), amount: Money(raw: 12_500_000_000),
            currency: "EUR"),
        CashTransferred(to: .none, amount: .limit, currency: odd),
        PositionTransferred(
            instrument: apple, strategy: StrategyID(1), toStrategy: StrategyID(2),
            quantity: Quantity(raw: 3_000_000_000), cost: Money(raw: 300_000_000_000),
            value: Money(raw: 310_000_000_000), to: AccountID(.paper, index: 3)),
        PositionTransferred(
            instrument: InstrumentID(.max), strategy: StrategyID(.max), toStrategy: .none,
            quantity: -Quantity.limit, cost: -Money.limit, value: .limit, to: AccountID(.max)),
    ]

    private static let financing: [Sample] = [
        BorrowCharged(
            instrument: apple, periods: 3, perRate: 360, amount: Money(raw: 2_708_333),
            base: Money(raw: 10_000_000_000), rate: Price(raw: 32_500_000), currency: "USD",
            source: "accrual"),
        BorrowCharged(InstrumentID(.max), .limit, odd, source: odd),
        InterestCharged(
            instrument: .none, periods: 1, perRate: 365, amount: Money(raw: -1),
            base: Money(raw: 70_000_000), rate: Price(raw: 1), currency: "EUR", source: "accrual"),
        InterestCharged(.none, -Money.limit, "", source: ""),
        FundingCharged(
            instrument: apple, periods: 6, perRate: 1, amount: Money(raw: 7_800_000),
            base: Money(raw: 10_000_000_000), rate: Price(raw: 130_000), currency: "USDT",
            source: "accrual"),
        FundingCharged(
            instrument: .none, periods: .max, perRate: .max, amount: .zero, base: -Money.limit,
            rate: lowest, currency: odd, source: odd),
        MarginDefined(
            kind: .margin, initialLong: Price(raw: 500_000_000),
            initialShort: Price(raw: 500_000_000), maintenanceLong: Price(raw: 300_000_000),
            maintenanceShort: Price(raw: 300_000_000), maxLeverage: .zero,
            minimumEquity: Money(raw: 2_000_000_000_000)),
        MarginDefined(
            kind: .cash, initialLong: .zero, initialShort: lowest, maintenanceLong: .zero,
            maintenanceShort: lowest, maxLeverage: lowest, minimumEquity: -Money.limit),
    ]

    private static let runs: [Sample] = [
        RulesDeclared(rules: 1), RulesDeclared(rules: .max),
        RunStarted(mode: "backtest", name: "first"), RunStarted(mode: "", name: odd),
        RunEnded(inputs: 0, reason: ""), RunEnded(inputs: .max, reason: "end of input"),
        RunFailed(reason: "disk full"), RunFailed(reason: ""),
        StateDigested(digest: 0), StateDigested(digest: 0x0123_4567_89AB_CDEF),
        OperatorCommanded(actor: "kim", command: "stop", argument: "AAPL", reason: "news"),
        OperatorCommanded(actor: "", command: "", argument: odd, reason: ""),
        ClockTicked(), SessionOpened(instrument: .none), SessionOpened(instrument: apple),
        SessionClosed(instrument: .none), SessionClosed(instrument: InstrumentID(.max)),
    ]

    private static let market: [Sample] = [
        Bar(
            instrument: apple, interval: 86_400, open: Price(raw: 118_560_000_000),
            high: Price(raw: 132_060_000_000), low: Price(raw: 118_500_000_000),
            close: Price(raw: 130_310_000_000), volume: Quantity(raw: 9_616_100_000_000_000)),
        Bar(
            instrument: InstrumentID(.max), interval: .max, open: highest, high: highest,
            low: lowest, close: .zero, volume: large),
        BarRecalled(
            instrument: apple, interval: 86_400, open: Price(raw: 118_560_000_000),
            high: Price(raw: 132_060_000_000), low: Price(raw: 118_500_000_000),
            close: Price(raw: 130_310_000_000), volume: Quantity(raw: 9_616_100_000_000_000),
            ended: Timestamp(nanoseconds: 883_976_400_000_000_000)),
        BarRecalled(
            instrument: InstrumentID(.max), interval: .max, open: highest, high: highest,
            low: lowest, close: .zero, volume: large, ended: Timestamp(nanoseconds: .min)),
        WarmupEnded(
            instrument: apple, interval: 86_400, bars: 275,
            first: Timestamp(nanoseconds: 849_934_800_000_000_000),
            last: Timestamp(nanoseconds: 883_976_400_000_000_000), source: "alpaca", problem: ""),
        WarmupEnded(
            instrument: InstrumentID(.max), interval: .max, bars: .max,
            first: Timestamp(nanoseconds: .min), last: Timestamp(nanoseconds: .max), source: odd,
            problem: odd),
        Quote(
            instrument: apple, bid: Price(raw: 99), ask: Price(raw: 101),
            bidSize: Quantity(raw: 1), askSize: Quantity(raw: Int128(Int64.max))),
        Quote(instrument: apple, bid: .zero, ask: highest, bidSize: .zero, askSize: large),
        Trade(
            instrument: apple, aggressor: nil, price: Price(raw: 1), size: Quantity(raw: 1),
            tradeId: 0),
        Trade(
            instrument: apple, aggressor: .sell, price: highest, size: Quantity(raw: -5),
            tradeId: .max),
        PredictionRecorded(
            instrument: apple, predicted: lowest, error: highest, horizon: Nanoseconds(.min)),
        PredictionRecorded(
            instrument: apple, predicted: Price(raw: 1), error: .zero, horizon: .day),
        DividendDeclared(instrument: apple, perUnit: Price(raw: 2_650_000_000)),
        DividendDeclared(instrument: apple, perUnit: lowest),
        SplitApplied(instrument: apple, numerator: 7, denominator: 1),
        SplitApplied(instrument: apple, numerator: .max, denominator: .min),
    ]

    private static let cash: [Sample] = [
        CashDeposited(amount: Money(raw: 100_000_000_000_000)), CashDeposited(amount: .limit),
        CashWithdrawn(amount: Money(raw: 1)), CashWithdrawn(amount: Money(raw: .max)),
        FeeCharged(instrument: .none, amount: Money(raw: .min), kind: "data"),
        FeeCharged(instrument: apple, amount: Money(raw: -1), kind: odd),
        DividendPaid(
            instrument: apple, strategy: StrategyID(1), perUnit: Price(raw: 2_650_000_000),
            quantity: Quantity(raw: -100_000_000_000), amount: Money(raw: -265_000_000_000)),
        DividendPaid(
            instrument: apple, strategy: .none, perUnit: highest, quantity: large,
            amount: Money(raw: .max)),
    ]

    private static let actions: [Sample] = [
        DividendScheduled(
            instrument: apple, perUnit: Price(raw: 240_000_000),
            payable: Timestamp(nanoseconds: 1_707_955_200_000_000_000)),
        DividendScheduled(
            instrument: apple, perUnit: lowest, payable: Timestamp(nanoseconds: .max)),
        DividendAccrued(
            instrument: apple, strategy: StrategyID(1), perUnit: Price(raw: 240_000_000),
            quantity: Quantity(raw: -100_000_000_000), amount: Money(raw: -24_000_000_000),
            payable: Timestamp(nanoseconds: 1_707_955_200_000_000_000)),
        DividendAccrued(
            instrument: apple, strategy: .none, perUnit: highest, quantity: large,
            amount: Money(raw: .max), payable: Timestamp(nanoseconds: .min)),
        DividendSettled(
            instrument: apple, strategy: StrategyID(1), amount: Money(raw: 24_000_000_000),
            accrual: 7),
        DividendSettled(
            instrument: apple, strategy: .none, amount: Money(raw: .min), accrual: .max),
        DividendCorrected(
            instrument: apple, strategy: StrategyID(1), perUnit: Price(raw: 250_000_000),
            bookedPerUnit: Price(raw: 240_000_000), quantity: Quantity(raw: 100_000_000_000),
            amount: Money(raw: 1_000_000_000), payable: .zero, corrected: 7, actor: "kim",
            reason: "the issuer corrected the rate"),
        DividendCorrected(
            instrument: apple, strategy: .none, perUnit: highest, bookedPerUnit: lowest,
            quantity: large, amount: Money(raw: .min), payable: Timestamp(nanoseconds: .max),
            corrected: .max, actor: "", reason: odd),
    ]

    private static let signals: [Sample] =
        [
            SignalGenerated(
                instrument: apple, strategy: StrategyID(1), side: .buy, purpose: .entry,
                price: Price(raw: 130_310_000_000), quantity: Quantity(raw: 10_000_000_000),
                indicator: 130.5, threshold: 0.1),
            SignalGenerated(
                instrument: apple, strategy: .none, side: .sell, purpose: .takeProfit,
                price: lowest,
                quantity: large, indicator: .infinity, threshold: -0.0),
        ]
        + [
            1e15, 9_007_199_254_740_992, 9_007_199_254_740_994, 9_999_999_999_999_998, 1e16, 1e17,
            1e-4, 1e-5, .leastNonzeroMagnitude, 1.7e308,
        ]
        .map { value in
            SignalGenerated(
                instrument: apple, strategy: .none, side: .buy, purpose: .exit, price: .zero,
                quantity: .zero, indicator: value, threshold: -value / 3)
        } + [
            SignalRejected(
                instrument: apple, strategy: StrategyID(1), side: .buy,
                refusal: Refusal(
                    .insufficientCash, limit: .money(.limit), value: Measure(raw: .max))),
            SignalRejected(
                instrument: apple, strategy: StrategyID(2), side: .sell, refusal: Refusal(.badPrice)
            ),
        ]
        + RejectionReason.allCases.map { reason in
            IntentRejected(
                instrument: apple, strategy: .none, side: .sell,
                refusal: Refusal(reason, limit: Measure(raw: -1), value: Measure(raw: .min)))
        } + [
            RefusalRepeated(
                instrument: apple, strategy: StrategyID(1), side: .buy, purpose: .entry,
                isIntent: false, refusal: Refusal(.manualKill), count: 16, first: .zero,
                last: Timestamp(nanoseconds: 1)),
            RefusalRepeated(
                instrument: .none, strategy: StrategyID(.max), side: .sell, purpose: .takeProfit,
                isIntent: true,
                refusal: Refusal(
                    .insufficientCash, limit: Measure(raw: .min), value: Measure(raw: .max)),
                count: .max, first: Timestamp(nanoseconds: .min),
                last: Timestamp(nanoseconds: .max)),
        ]

    private static let orders: [Sample] = [
        OrderIntended(
            instrument: apple, strategy: StrategyID(1), side: .buy, orderType: .market,
            intent: IntentID(high: 1, low: 2), quantity: Quantity(raw: 10_000_000_000),
            referencePrice: Price(raw: 130_310_000_000), timeInForce: .day, purpose: .entry),
        OrderIntended(
            instrument: apple, strategy: StrategyID(.max), side: .sell, orderType: .stopLimit,
            intent: IntentID(high: .max, low: .max), quantity: large, limitPrice: highest,
            stopPrice: lowest, stopLossDistance: highest, takeProfitDistance: highest,
            referencePrice: lowest, parent: OrderID(.max), timeInForce: .fillOrKill,
            purpose: .takeProfit),
        OrderSubmitted(instrument: apple, order: OrderID(1)),
        OrderSubmitted(instrument: .none, order: OrderID(.max)),
        OrderAccepted(instrument: apple, order: OrderID(1), activeFrom: .zero),
        OrderAccepted(
            instrument: apple, order: OrderID(1), activeFrom: Timestamp(nanoseconds: .min)),
        OrderAccepted(
            instrument: apple, order: OrderID(1), activeFrom: Timestamp(nanoseconds: .max)),
        OrderRejected(instrument: apple, order: OrderID(1), reason: ""),
        OrderRejected(instrument: apple, order: OrderID(1), reason: odd),
    ]

    private static let ends: [Sample] =
        [
            OrderFilled(
                instrument: apple, strategy: StrategyID(1), side: .buy, liquidity: .taker,
                order: OrderID(9), execution: 1, price: Price(raw: 127_000_000_000),
                quantity: Quantity(raw: 4_000_000_000), fee: Money(raw: 1_000_000_000),
                remaining: Quantity(raw: 6_000_000_000)),
            OrderFilled(
                instrument: apple, strategy: .none, side: .sell, liquidity: .maker,
                order: OrderID(.max), execution: .max, price: lowest, quantity: large,
                fee: Money(raw: .min), remaining: large),
        ]
        + EndReason.allCases.flatMap { reason -> [Sample] in
            [
                OrderCancelled(
                    instrument: apple, order: OrderID(9), reason: reason, remaining: .zero),
                OrderExpired(
                    instrument: apple, order: OrderID(9), reason: reason, remaining: large),
            ]
        }

    static let envelopes: [Envelope] = [
        Envelope(time: Timestamp(nanoseconds: 951_944_400_000_000_000)),
        Envelope(
            account: AccountID(.simulated, index: 1), time: Timestamp(nanoseconds: 1),
            cause: SequenceNumber(3),
            correlation: SequenceNumber(2)),
        Envelope(
            account: AccountID(.live, index: AccountID.highestIndex),
            time: Timestamp(nanoseconds: .min),
            cause: SequenceNumber(.max), correlation: SequenceNumber(.max),
            recordTime: Timestamp(nanoseconds: .max)),
        Envelope(time: .zero, correlation: SequenceNumber(1)),
        Envelope(time: .zero, recordTime: .zero),
        Envelope(time: Timestamp(nanoseconds: 1_000), cause: SequenceNumber(1), recordTime: .zero),
    ]

    /// Every sample, with the envelopes in turn, in one batch from sequence 1.
    static func batch() throws -> Batch {
        var batch = Batch(next: .first)
        for (index, sample) in all.enumerated() {
            try append(sample, envelopes[index % envelopes.count], to: &batch)
        }
        return batch
    }

    private static func append<E: Event>(
        _ event: E, _ envelope: Envelope, to batch: inout Batch
    ) throws { try batch.append(event, envelope) }
}
