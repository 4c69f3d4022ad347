import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety
import Testing

/// The ledger's holdings and cash beside what a venue reports.
@Suite struct ReconciliationTests {
    /// Ten units of S at 100 and cash of 1,000.
    static func standing(
        _ quantity: String = "10", cost: String = "1000", cash: String = "1000",
        isCrypto: Bool = false
    ) throws -> LedgerStanding {
        LedgerStanding(
            cash: try Money(cash),
            holdings: [
                LedgerHolding(
                    instrument: InstrumentID(1), symbol: "S", isCrypto: isCrypto,
                    quantity: try Quantity(quantity), cost: try Money(cost))
            ], orders: [])
    }

    static func snapshot(
        _ quantity: String? = "10", price: String = "100", cash: String = "1000",
        isReachable: Bool = true
    ) throws -> VenueSnapshot {
        VenueSnapshot(
            VenueSnapshotBegan(
                kind: .reconciliation, isReachable: isReachable, snapshot: 1,
                cash: try Money(cash), origin: "test"),
            positions: try quantity.map {
                [
                    VenuePositionReported(
                        instrument: InstrumentID(1), snapshot: 1, quantity: try Quantity($0),
                        averagePrice: try Price(price), symbol: "S")
                ]
            } ?? [])
    }

    static func kinds(
        _ standing: LedgerStanding, _ snapshot: VenueSnapshot,
        _ rules: ReconciliationRules = ReconciliationRules()
    ) -> [DiscrepancyKind] {
        standing.compare(with: snapshot, rules).map(\.kind)
    }

    @Test func `two that agree are apart in nothing`() throws {
        #expect(try Self.kinds(Self.standing(), Self.snapshot()) == [])
    }

    /// An intent waits to leave while the order stream is down, and its order is on its way after that.
    @Test func `an order that the venue has not confirmed is not missed there`() throws {
        var register = OrderRegister()
        func append(_ event: some Event, _ number: UInt64) throws {
            var batch = Batch(next: SequenceNumber(number))
            try batch.append(event, Envelope(account: AccountID(1), time: .zero))
            if let record = batch.record(SequenceNumber(number)) { try register.apply(record) }
        }
        try append(
            OrderIntended(
                instrument: InstrumentID(1), strategy: StrategyID(1), side: .sell,
                orderType: .market, intent: IntentID(high: 1, low: 2), quantity: try Quantity("3"),
                referencePrice: try Price("100"), timeInForce: .goodTillCancelled, purpose: .exit),
            7)
        var standing = try Self.standing()
        standing.orders = register.open
        #expect(try Self.kinds(standing, Self.snapshot()) == [])
        try append(OrderSubmitted(instrument: InstrumentID(1), order: SequenceNumber(7)), 8)
        standing.orders = register.open
        #expect(try Self.kinds(standing, Self.snapshot()) == [.orderOnlyInLedger])
    }

    @Test func `both values of a difference are told`() throws {
        let found = try Self.standing().compare(
            with: Self.snapshot("12", price: "90", cash: "500"), ReconciliationRules())
        #expect(found.map(\.kind) == [.quantity, .averagePrice, .cash])
        #expect(found.map(\.ledger) == [.count(10), .count(100), .count(1000)])
        #expect(found.map(\.venue) == [.count(12), .count(90), .count(500)])
    }

    @Test(arguments: [
        ("10.000000001", false, [DiscrepancyKind.quantity]), ("9.999999999", false, [.quantity]),
        ("10.000001", true, []), ("9.999999", true, []), ("10.000001001", true, [.quantity]),
        ("9.999998999", true, [.quantity]),
    ])
    func `shares are exact and coins may differ by dust`(
        _ quantity: String, _ isCrypto: Bool, _ expected: [DiscrepancyKind]
    ) throws {
        #expect(
            try Self.kinds(Self.standing(isCrypto: isCrypto), Self.snapshot(quantity)) == expected)
    }

    /// The share is of the venue's value.
    @Test(arguments: [
        ("990", [DiscrepancyKind]()), ("989.999999999", [.cash]), ("1010", []),
        ("1010.000000001", [.cash]), ("-1000", [.cash]), ("0", [.cash]),
    ])
    func `cash may differ by a hundredth`(_ cash: String, _ expected: [DiscrepancyKind]) throws {
        #expect(try Self.kinds(Self.standing(cash: cash), Self.snapshot()) == expected)
    }

    @Test(arguments: [
        ("1010", [DiscrepancyKind]()), ("1010.00000001", [.averagePrice]), ("990", []),
        ("989.99999999", [.averagePrice]),
    ])
    func `an average may differ by a hundredth`(
        _ cost: String, _ expected: [DiscrepancyKind]
    ) throws {
        #expect(try Self.kinds(Self.standing(cost: cost), Self.snapshot()) == expected)
    }

    @Test func `a position of one side alone is of that side`() throws {
        #expect(try Self.kinds(Self.standing(), Self.snapshot(nil)) == [.positionOnlyInLedger])
        let empty = LedgerStanding(cash: try Money("1000"), holdings: [], orders: [])
        #expect(try Self.kinds(empty, Self.snapshot()) == [.positionOnlyAtVenue])
        #expect(try Self.kinds(empty, Self.snapshot("0")) == [], "a flat line is no position")
        var unknown = try Self.snapshot()
        unknown = VenueSnapshot(
            unknown.began,
            positions: [
                VenuePositionReported(
                    instrument: .none, snapshot: 1, quantity: try Quantity("3"),
                    averagePrice: .zero, symbol: "???")
            ])
        let found = empty.compare(with: unknown, ReconciliationRules())
        #expect(found.map(\.kind) == [.positionOnlyAtVenue] && found[0].symbol == "???")
        #expect(found[0].detail.contains("does not know"))
    }

    @Test func `a short position is compared with its sign`() throws {
        let short = try Self.standing("-10", cost: "-1000")
        #expect(try Self.kinds(short, Self.snapshot("-10")) == [])
        #expect(try Self.kinds(short, Self.snapshot("10")).contains(.quantity))
    }

    @Test func `a venue that does not answer is the only finding`() throws {
        #expect(
            try Self.kinds(Self.standing(), Self.snapshot("3", isReachable: false))
                == [.unreachable])
    }

    @Test func `values at the ends of what is counted are compared without overflow`() throws {
        let standing = LedgerStanding(cash: Money(raw: .max), holdings: [], orders: [])
        let snapshot = VenueSnapshot(
            VenueSnapshotBegan(
                kind: .reconciliation, snapshot: 1, cash: Money(raw: .max / 2), origin: ""))
        #expect(Self.kinds(standing, snapshot) == [.cash])
    }

    @Test func `a snapshot that lacks a record is not whole`() throws {
        var collector = VenueSnapshotCollector()
        let whole = try Self.snapshot()
        collector.add(whole.began)
        collector.add(whole.positions[0])
        #expect(
            collector.add(VenueSnapshotEnded(snapshot: 1, positions: 1, orders: 0))
                == .complete(whole))
        collector.add(whole.began)
        guard
            case .incomplete(let why) = collector.add(
                VenueSnapshotEnded(snapshot: 1, positions: 1, orders: 0))
        else { return #expect(Bool(false), "a missing position was not noticed") }
        #expect(why.contains("0 positions"))
        #expect(collector.last == whole, "the last whole one stays")
        guard
            case .incomplete = collector.add(
                VenueSnapshotEnded(snapshot: 2, positions: 0, orders: 0))
        else { return #expect(Bool(false), "an end without a beginning was taken") }
    }
}
