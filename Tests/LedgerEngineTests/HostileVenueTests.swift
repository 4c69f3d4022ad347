import Foundation
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSimulation
import Testing

/// A venue that says anything at all: whatever the numbers are, the engine books what can be or nothing, and
/// goes on. LEDGER_FUZZ_CASES says how many reports it takes.
@Suite struct HostileVenueTests {
    private static let cases =
        ProcessInfo.processInfo.environment["LEDGER_FUZZ_CASES"].flatMap(Int.init) ?? 24_000
    static let seeds = (0..<UInt64(max(6, cases / reports))).map { 0xBAD_0000 + $0 }
    static let reports = 1500

    /// Numbers at which arithmetic ends, and ordinary ones.
    struct Numbers {
        var random: SplitMix64

        mutating func below(_ bound: UInt64) -> Int { Int(random.next(upTo: bound - 1)) }

        private static let units: [Int128] = [
            0, 1, -1, 1_000_000_000, 7_000_000_000, -7_000_000_000, Int128(Int64.max),
            Int128(Int64.min), 1_000_000_000_000_000_000_000, -1_000_000_000_000_000_000_000,
            Int128(Int64.max) * 1_000_000_000_000_000, Int128(Int64.min) * 1_000_000_000_000_000,
        ]
        private static let sums = units + [.max, .min, .max - 1, .min + 1]
        private static let prices: [Int64] = [
            0, 1, -1, .max, .min, .max - 1, 100_000_000_000, 99_000_000_000, -100_000_000_000,
            9_000_000_000_000_000_000,
        ]

        mutating func quantity() -> Quantity {
            Quantity(raw: Self.units[below(UInt64(Self.units.count))])
        }
        mutating func money() -> Money { Money(raw: Self.sums[below(UInt64(Self.sums.count))]) }
        mutating func price() -> Price { Price(raw: Self.prices[below(UInt64(Self.prices.count))]) }
        mutating func counter() -> UInt32 { [0, 1, 2, 500, .max][below(5)] }
    }

    private static func settings(_ seed: UInt64) -> [(key: String, value: String)] {
        let guarded = seed % 2 == 0
        return [
            ("account.kind", "paper"), ("venue.kind", seed % 3 == 0 ? "alpaca" : "binance"),
            ("risk.enabled", "\(guarded)"), ("quality.enabled", "\(guarded)"),
            ("quality.min_history_days", "0"), ("account.allow_short", "\(seed % 4 == 1)"),
            ("faults.rest_limit", "0"), ("drawdown.enabled", "\(guarded)"),
            ("gate.min_rejections", "0"),
            ("strategies.0.kind", "sma_crossover"), ("strategies.0.symbols", "A,B"),
            ("strategies.0.fast", "1"), ("strategies.0.slow", "3"),
            ("strategies.0.quantity", "7"), ("strategies.0.stop_loss", "3"),
            ("strategies.0.take_profit", "2"), ("strategies.1.kind", "buy_and_hold"),
            ("strategies.1.symbols", "B"), ("strategies.1.cash_fraction", "0.1"),
        ].map { (key: $0.0, value: $0.1) }
    }

    @Test(arguments: seeds)
    func `no number that a venue says ends the engine`(seed: UInt64) throws {
        let run = Run()
        let account = AccountID(.paper, index: 1)
        for var input in Run.opening(Self.settings(seed)) {
            if input.account != .none { input.account = account }
            try run.append(input)
        }
        var numbers = Numbers(random: SplitMix64(seed: seed))
        var seconds: Int64 = 1
        var (refused, booked, price) = (0, 0, 100.0)
        for turn in 0..<Self.reports {
            seconds += 60
            if turn % 20 == 0 { try Self.agree(run, at: seconds) }
            price = max(50, price + Double(numbers.below(9)) - 4)
            let event: any Event =
                turn % 3 == 0
                ? Run.bar(UInt32(turn % 2 + 1), price, price, price, price, volume: 1000)
                : numbers.event(run.engine)
            let before = run.engine.orders.fills
            let error = try run.attempt(
                Run.Input(event: event, seconds: seconds, account: account))
            refused += error == nil ? 0 : 1
            booked += run.engine.orders.fills > before ? 1 : 0
            let worth = try #require(run.engine.profit.equity[account])
            #expect(worth.cash.raw.magnitude < UInt128(1) << 90, "seed \(seed.hex)")
        }
        #expect(refused > 0, "seed \(seed.hex): nothing was hostile")
        #expect(booked > 3, "seed \(seed.hex): nothing was booked")
        try Self.refold(run, seed)
    }

    /// For once the venue says what the ledger has, so that it trades on.
    private static func agree(_ run: Run, at seconds: Int64) throws {
        let standing = run.engine.standing
        func append(_ event: any Event) throws {
            _ = try run.attempt(Run.Input(event: event, seconds: seconds))
        }
        try append(
            VenueSnapshotBegan(
                kind: .reconciliation, snapshot: 2, cash: standing.cash, origin: ""))
        for holding in standing.holdings {
            try append(
                VenuePositionReported(
                    instrument: holding.instrument, snapshot: 2, quantity: holding.quantity,
                    averagePrice: .zero, symbol: holding.symbol))
        }
        for order in standing.orders {
            try append(
                VenueOrderReported(
                    instrument: order.intended.instrument, side: order.intended.side, snapshot: 2,
                    quantity: order.intended.quantity, filled: order.filled,
                    limitPrice: order.intended.limitPrice, intent: order.intended.intent,
                    symbol: "", venueOrder: ""))
        }
        try append(
            VenueSnapshotEnded(
                snapshot: 2, positions: UInt32(standing.holdings.count),
                orders: UInt32(standing.orders.count)))
        try append(LinkChanged(.orders, isUp: true, venue: "x", reason: ""))
        for source in ["clock", "metrics", "orderRejections", "dailyDrawdown"] {
            try append(
                OperatorCommanded(
                    actor: "t", command: "clear", argument: "\(source) global", reason: "r"))
        }
    }

    /// The journal gives the state again: nothing of what was refused is left in it.
    private static func refold(_ run: Run, _ seed: UInt64) throws {
        var engine = Engine()
        var (books, orders) = (ProfitAndLoss(), OrderRegister())
        var step = Step(next: .first)
        try run.batch.forEachRecord(from: .first) { record in
            try books.apply(record)
            try orders.apply(record)
            guard record.isInput else { return }
            step.removeAll(after: record.sequence)
            try engine.step(record, in: &step)
        }
        var writer = StateWriter()
        engine.encode(into: &writer)
        #expect(writer.bytes == run.state, "seed \(seed.hex)")
        #expect(books.bytes == run.engine.profit.bytes, "seed \(seed.hex)")
        #expect(orders.bytes == run.engine.orders.bytes, "seed \(seed.hex)")
    }
}

extension HostileVenueTests.Numbers {
    /// Anything that may come from a venue, a client or an operator while the engine runs.
    mutating func event(_ engine: Engine) -> any Event {
        let instrument = InstrumentID([1, 2, 1, 2, 0, 3][below(6)])
        let open = engine.orders.open
        let order = open.isEmpty || below(8) == 0 ? OrderID(UInt64(below(99))) : open[0].id
        switch below(18) {
        case 0...5:
            return fill(below(3) == 0 ? nil : open.first, order, instrument)
        case 6...7:
            return VenueStatusReported(
                instrument: instrument, status: VenueStatus.allCases[below(11)],
                generation: UInt16(truncatingIfNeeded: counter()), order: order,
                quantity: quantity(), filled: quantity(), clientOrder: "x", reason: "no")
        case 8:
            return VenueSnapshotBegan(
                kind: .reconciliation, snapshot: 1, cash: money(), portfolioValue: money(),
                buyingPower: money(), origin: "")
        case 9:
            return VenuePositionReported(
                instrument: instrument, snapshot: 1, quantity: quantity(), averagePrice: price(),
                symbol: "A")
        case 10:
            return VenueOrderReported(
                instrument: instrument, side: .buy, snapshot: 1, quantity: quantity(),
                filled: quantity(), limitPrice: price(),
                intent: open.first?.intended.intent ?? IntentID(high: 0, low: 0), symbol: "A",
                venueOrder: "1")
        case 11:
            return VenueSnapshotEnded(
                snapshot: 1, positions: UInt32(below(2)), orders: UInt32(below(2)))
        case 12: return market(InstrumentID(UInt32(below(2) + 1)))
        case 13: return filters(InstrumentID(UInt32(below(2) + 1)))
        case 14:
            return MetricReported(Metric.allCases[below(5)], value: price(), origin: "venue")
        case 15: return LinkChanged(.orders, isUp: below(4) > 0, venue: "x", reason: "")
        case 16:
            let words = [
                ("sync", engine.snapshots.last?.began.snapshot.hex ?? ""), ("flatten", "global"),
                ("deposit", "1000000000000"),
            ]
            let (verb, argument) = words[below(3)]
            return OperatorCommanded(actor: "t", command: verb, argument: argument, reason: "r")
        default: return request(instrument, order)
        }
    }

    private mutating func fill(
        _ order: Order?, _ id: OrderID, _ instrument: InstrumentID
    ) -> VenueFillReported {
        let isLikely = below(3) > 0
        return VenueFillReported(
            instrument: order?.intended.instrument ?? instrument,
            side: order?.intended.side ?? .sell, liquidity: .taker,
            generation: UInt16(truncatingIfNeeded: isLikely ? order?.generation ?? 0 : counter()),
            order: id, price: isLikely ? Price(raw: 100_000_000_000) : price(),
            quantity: isLikely ? Quantity(raw: 1_000_000_000) : quantity(),
            fee: isLikely ? Money(raw: 1_000_000) : money(),
            cumulative: quantity(), clientOrder: "x", venueOrder: "y", execution: "z",
            feeAsset: ["USD", "A", "B", "", "XRP"][below(5)])
    }

    private mutating func market(_ instrument: InstrumentID) -> any Event {
        switch below(3) {
        case 0:
            return Quote(
                instrument: instrument, bid: price(), ask: price(), bidSize: quantity(),
                askSize: quantity())
        case 1:
            return Trade(
                instrument: instrument, aggressor: nil, price: price(), size: quantity(),
                tradeId: 1)
        default:
            return Bar(
                instrument: instrument, interval: counter(), open: price(), high: price(),
                low: price(), close: price(), volume: quantity())
        }
    }

    private mutating func filters(_ instrument: InstrumentID) -> VenueFiltersLoaded {
        var filters = VenueFiltersLoaded(instrument: instrument, origin: "")
        guard below(3) == 0 else { return filters }
        filters.flags = UInt16(below(8))
        (filters.minimumPrice, filters.maximumPrice, filters.tick) = (price(), price(), price())
        (filters.minimumQuantity, filters.maximumQuantity) = (quantity(), quantity())
        (filters.lot, filters.marketLot) = (quantity(), quantity())
        (filters.marketMinimumQuantity, filters.marketMaximumQuantity) = (quantity(), quantity())
        (filters.minimumNotional, filters.maximumNotional) = (money(), money())
        (filters.bidMultiplierUp, filters.askMultiplierDown) = (price(), price())
        (filters.maximumOrders, filters.maximumStops) = (counter(), counter())
        return filters
    }

    private mutating func request(_ instrument: InstrumentID, _ order: OrderID) -> any Event {
        switch below(3) {
        case 0: return OrderCancelRequested(instrument: instrument, order: order, actor: "c")
        case 1:
            return OrderReplaceRequested(
                instrument: instrument, order: order, quantity: quantity(), limitPrice: price(),
                stopPrice: price(), actor: "c")
        default:
            return OrderRequested(
                instrument: instrument, strategy: StrategyID(1), side: below(2) == 0 ? .buy : .sell,
                orderType: OrderType.allCases[below(4)], quantity: quantity(),
                limitPrice: price(), stopPrice: price(), timeInForce: .goodTillCancelled,
                clientOrder: "c", actor: "c")
        }
    }
}
