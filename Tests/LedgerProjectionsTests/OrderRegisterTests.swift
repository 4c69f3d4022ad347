import LedgerDomain
import LedgerEvents
import LedgerProjections
import TestSupport
import Testing

@Suite struct OrderRegisterTests {
    private func intended(
        _ quantity: Int128 = 10, parent: UInt64 = 0, purpose: Purpose = .entry
    ) -> OrderIntended {
        OrderIntended(
            instrument: InstrumentID(1), strategy: StrategyID(1), side: .buy, orderType: .limit,
            intent: IntentID(high: 1, low: 2), quantity: Quantity(raw: quantity),
            limitPrice: Price(raw: 5), referencePrice: Price(raw: 6), parent: OrderID(parent),
            timeInForce: .day, purpose: purpose)
    }

    private func filled(_ quantity: Int128, left: Int128, of order: UInt64 = 1) -> OrderFilled {
        OrderFilled(
            instrument: InstrumentID(1), strategy: StrategyID(1), side: .buy, liquidity: .maker,
            order: OrderID(order), execution: 1, price: Price(raw: 5),
            quantity: Quantity(raw: quantity), fee: Money(raw: 1), remaining: Quantity(raw: left))
    }

    private func event(_ state: OrderState, of order: UInt64 = 1) -> any Event {
        let (instrument, id) = (InstrumentID(1), OrderID(order))
        return switch state {
        case .intended: intended()
        case .submitted: OrderSubmitted(instrument: instrument, order: id)
        case .accepted: OrderAccepted(instrument: instrument, order: id, activeFrom: .zero)
        case .partiallyFilled: filled(4, left: 6, of: order)
        case .filled: filled(10, left: 0, of: order)
        case .cancelled:
            OrderCancelled(
                instrument: instrument, order: id, reason: .venueCancelled, remaining: .zero)
        case .expired:
            OrderExpired(instrument: instrument, order: id, reason: .dayEnded, remaining: .zero)
        case .rejected: OrderRejected(instrument: instrument, order: id, reason: "no")
        }
    }

    /// From a state (rows) by an event (columns): the state after it, nil where it is refused.
    static let table: [(from: OrderState, by: OrderState, to: OrderState?)] = [
        (.intended, .submitted, .submitted), (.intended, .accepted, nil),
        (.intended, .partiallyFilled, nil), (.intended, .filled, nil),
        (.intended, .cancelled, .cancelled), (.intended, .expired, .expired),
        (.intended, .rejected, .rejected),
        (.submitted, .submitted, nil), (.submitted, .accepted, .accepted),
        (.submitted, .partiallyFilled, .partiallyFilled), (.submitted, .filled, .filled),
        (.submitted, .cancelled, .cancelled), (.submitted, .expired, .expired),
        (.submitted, .rejected, .rejected),
        (.accepted, .submitted, nil), (.accepted, .accepted, nil),
        (.accepted, .partiallyFilled, .partiallyFilled), (.accepted, .filled, .filled),
        (.accepted, .cancelled, .cancelled), (.accepted, .expired, .expired),
        (.accepted, .rejected, .rejected),
        (.partiallyFilled, .submitted, nil), (.partiallyFilled, .accepted, .partiallyFilled),
        (.partiallyFilled, .partiallyFilled, nil), (.partiallyFilled, .filled, nil),
        (.partiallyFilled, .cancelled, .cancelled), (.partiallyFilled, .expired, .expired),
        (.partiallyFilled, .rejected, nil),
    ]

    static let path: [(OrderState, [OrderState])] = [
        (.intended, []), (.submitted, [.submitted]), (.accepted, [.submitted, .accepted]),
        (.partiallyFilled, [.submitted, .accepted, .partiallyFilled]),
        (.filled, [.submitted, .filled]), (.cancelled, [.cancelled]), (.expired, [.expired]),
        (.rejected, [.rejected]),
    ]

    private func register(in state: OrderState) throws -> OrderRegister {
        var register = OrderRegister()
        try EventLog.apply(intended(), to: &register)
        let steps = try #require(Self.path.first { $0.0 == state }).1
        for step in steps { try EventLog.apply(event(step), to: &register, sequence: 2) }
        return register
    }

    /// Tables and JSON print them.
    @Test func `states keep their words and numbers`() {
        let words = [
            "intended", "submitted", "accepted", "partiallyFilled", "filled", "cancelled",
            "expired",
            "rejected",
        ]
        #expect(OrderState.words == words)
        #expect(OrderState.allCases.map { "\($0)" } == words)
        #expect(OrderState.allCases.map { Int($0.rawValue) } == Array(1...8))
    }

    @Test func `the table has every open state and every event`() {
        #expect(Self.table.count == 4 * 7)
        #expect(Set(Self.table.map { [$0.from, $0.by] }).count == Self.table.count)
    }

    @Test(arguments: table)
    func `an order goes from state to state as the table says`(
        from: OrderState, by: OrderState, to: OrderState?
    ) throws {
        var register = try register(in: from)
        guard let to else {
            #expect(throws: FoldError.self, "\(from) by \(by)") {
                try EventLog.apply(event(by), to: &register, sequence: 3)
            }
            return
        }
        try EventLog.apply(event(by), to: &register, sequence: 3)
        if to.isOpen {
            #expect(register.order(OrderID(1))?.state == to, "\(from) by \(by)")
        } else {
            #expect(register.order(OrderID(1)) == nil)
            #expect(register.lastEnded?.state == to, "\(from) by \(by)")
        }
    }

    @Test(arguments: [OrderState.filled, .cancelled, .expired, .rejected])
    func `an ended order accepts no more events`(state: OrderState) throws {
        for next in OrderState.allCases where next != .intended {
            var register = try register(in: state)
            #expect(throws: FoldError.self, "\(state) by \(next)") {
                try EventLog.apply(event(next), to: &register, sequence: 9)
            }
        }
    }

    @Test func `a second part may fill what the first left`() throws {
        var register = try register(in: .partiallyFilled)
        try EventLog.apply(filled(1, left: 5), to: &register, sequence: 4)
        let order = try #require(register.order(OrderID(1)))
        #expect(order.filled.raw == 5 && order.remaining.raw == 5 && order.fees.raw == 2)
        try EventLog.apply(filled(5, left: 0), to: &register, sequence: 5)
        #expect(register.lastEnded?.state == .filled && register.openCount == 0)
        #expect(register.fills == 3)
    }

    @Test func `thousands of orders come and go, and only the open ones stay`() throws {
        let seed: UInt64 = 0x5EED_0120
        var generator = Seeded(seed: seed)
        var register = OrderRegister()
        var open: [UInt64] = []
        var sequence: UInt64 = 1
        func apply(_ event: any Event) throws {
            try EventLog.apply(event, to: &register, sequence: sequence)
            sequence += 1
        }
        for round in 0..<4000 {
            if open.count < 3 || generator.below(2) == 0 {
                open.append(sequence)
                try apply(intended())
            } else {
                let place = generator.below(open.count)
                let order = open.remove(at: place)
                let end = generator.pick([OrderState.cancelled, .expired, .rejected, .filled])
                if end == .filled { try apply(event(.submitted, of: order)) }
                try apply(event(end, of: order))
            }
            let comment: Comment = "seed \(seed.hex), round \(round)"
            #expect(register.openCount == open.count, comment)
            if round % 97 == 0 {
                #expect(register.open.map(\.id.number) == open.sorted(), comment)
                register = try OrderRegister(restoring: register.bytes)
            }
        }
        #expect(register.bytes.count < open.count * 400 + 1000)
    }

    @Test func `what one exit of a pair takes, the other no longer has`() throws {
        var register = OrderRegister()
        for (number, parent, purpose): (UInt64, UInt64, Purpose) in [
            (1, 99, .stopLoss), (2, 99, .takeProfit), (3, 98, .takeProfit),
        ] {
            try EventLog.apply(
                intended(parent: parent, purpose: purpose), to: &register, sequence: number)
        }
        try EventLog.apply(event(.submitted, of: 1), to: &register, sequence: 4)
        try EventLog.apply(filled(4, left: 6, of: 1), to: &register, sequence: 5)
        #expect(register.open.map(\.remaining.raw) == [6, 6, 10])
    }

    static let hostile: [(title: String, make: @Sendable (OrderRegisterTests) -> any Event)] = [
        ("a fill of nothing", { $0.filled(0, left: 10) }),
        ("a negative fill", { $0.filled(-1, left: 10) }),
        ("more than is open", { $0.filled(11, left: 0) }),
        ("more left than was open", { $0.filled(4, left: 7) }),
        ("a negative rest", { $0.filled(4, left: -1) }),
        ("an unknown order", { $0.filled(4, left: 6, of: 77) }),
        ("order 0", { $0.event(.cancelled, of: 0) }),
        ("order 2^64 − 1", { $0.event(.accepted, of: .max) }),
        ("an order of nothing", { $0.intended(0) }), ("a negative order", { $0.intended(-5) }),
        ("an order beyond 10^12", { $0.intended(Quantity.limit.raw * 10) }),
        (
            "a split by 0",
            { _ in SplitApplied(instrument: InstrumentID(1), numerator: 1, denominator: 0) }
        ),
        (
            "a negative split",
            { _ in SplitApplied(instrument: InstrumentID(1), numerator: -1, denominator: 2) }
        ),
        (
            "a split that leaves the range",
            { _ in SplitApplied(instrument: InstrumentID(1), numerator: 1, denominator: .max) }
        ),
    ]

    @Test(arguments: hostile.indices)
    func `an impossible value is rejected`(row: Int) throws {
        let (title, make) = Self.hostile[row]
        var register = try register(in: .accepted)
        #expect(throws: FoldError.self, "\(title)") {
            try EventLog.apply(make(self), to: &register, sequence: 9)
        }
    }

    @Test func `a fee that no fill can have does not stop the program`() throws {
        var register = try register(in: .accepted)
        var event = filled(4, left: 6)
        event.fee = Money(raw: .max)
        #expect(throws: FoldError.self) {
            try EventLog.apply(event, to: &register, sequence: 9)
        }
    }
}
