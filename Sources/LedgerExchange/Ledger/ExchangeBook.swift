import LedgerDomain
import LedgerEvents

/// All orders and fills of the exchange, folded from its journal. Clients are answered from it; it
/// is the same after a restart.
public struct ExchangeBook {
    public static let types: [EventType] = [
        .orderRequested, .orderCancelRequested, .orderReplaceRequested, .orderIntended,
        .intentRejected, .orderAccepted,
        .orderRejected, .orderFilled, .orderReplaced, .orderCancelled, .orderExpired,
        .venueActivityReported,
    ]

    /// In ascending order of id.
    public private(set) var orders: [ExchangeOrder] = []
    /// Indices of the open orders, ascending.
    public private(set) var open: [Int] = []
    /// Order and fill indices in event order.
    public private(set) var fills: [(order: Int, fill: Int)] = []
    /// Fills that were taken back or have other terms, in event order.
    public private(set) var corrections: [ExchangeCorrection] = []
    /// What came into the account and left it without an order, in event order.
    public private(set) var movements: [ExchangeMovement] = []
    /// The sum of an instrument's fills.
    private var held: [InstrumentID: Quantity] = [:]
    private var byClient: [String: [Int]] = [:]
    private var bySequence: [UInt64: (order: Int, generation: Int)] = [:]
    private var requested: (sequence: SequenceNumber, event: OrderRequested)?
    private var replacing: (sequence: SequenceNumber, event: OrderReplaceRequested)?
    /// The last refused request and the reason.
    public private(set) var refusal: (request: SequenceNumber, refusal: Refusal)?
    /// The order created by the last request.
    public private(set) var taken: (request: SequenceNumber, order: Int)?

    public subscript(place: Int) -> ExchangeOrder { orders[place] }

    /// By the number of its intent or of one of its replacements.
    public func find(sequence: UInt64) -> (order: Int, generation: Int)? { bySequence[sequence] }

    /// The newest order that has or had this name.
    public func find(client: String) -> Int? { byClient[client]?.last }

    public func openOrders(_ instrument: InstrumentID) -> [Int] {
        open.filter { orders[$0].instrument == instrument }
    }

    /// The quantity of an instrument reserved by open sells.
    public func heldBySells(_ instrument: InstrumentID) -> Quantity {
        openOrders(instrument).reduce(.zero) {
            orders[$1].side == .sell ? $0 + orders[$1].remaining : $0
        }
    }

    public mutating func apply(_ record: Record) throws -> BookChange? {
        switch record.type {
        case .orderRequested: requested = (record.sequence, try OrderRequested(record))
        case .orderReplaceRequested:
            replacing = (record.sequence, try OrderReplaceRequested(record))
        case .orderCancelRequested:
            let request = try OrderCancelRequested(record)
            if let place = bySequence[request.order.number]?.order {
                orders[place].cancelName = request.reason
            }
        case .intentRejected:
            refusal = (record.cause, try IntentRejected(record).refusal)
        case .orderIntended: intend(try OrderIntended(record), record)
        case .orderAccepted: return change(try OrderAccepted(record).order) { .accepted($0) }
        case .orderRejected:
            return end(try OrderRejected(record).order, .rejected, record) { .rejected($0) }
        case .orderCancelled:
            return end(try OrderCancelled(record).order, .cancelled, record) { .cancelled($0) }
        case .orderExpired:
            return end(try OrderExpired(record).order, .expired, record) { .expired($0) }
        case .orderFilled: return try fill(try OrderFilled(record), record)
        case .orderReplaced: return replace(try OrderReplaced(record), record)
        case .venueActivityReported: correct(try VenueActivityReported(record), record)
        default: break
        }
        return nil
    }

    private mutating func intend(_ event: OrderIntended, _ record: Record) {
        let request = requested.flatMap { $0.sequence == record.cause ? $0.event : nil }
        let order = ExchangeOrder(
            id: record.sequence, instrument: event.instrument, side: event.side,
            orderType: event.orderType, timeInForce: event.timeInForce,
            words: request?.reason ?? "",
            generations: [
                .init(
                    sequence: record.sequence,
                    clientOrder: request?.clientOrder ?? "\(event.intent)",
                    quantity: event.quantity, limitPrice: event.limitPrice,
                    stopPrice: event.stopPrice, at: record.time)
            ], updatedAt: record.time)
        let place = orders.count
        orders.append(order)
        open.append(place)
        bySequence[record.sequence.number] = (place, 0)
        byClient[order.current.clientOrder, default: []].append(place)
        taken = (record.cause, place)
    }

    private func change(_ id: OrderID, _ change: (Int) -> BookChange) -> BookChange? {
        bySequence[id.number].map { change($0.order) }
    }

    private mutating func end(
        _ id: OrderID, _ state: ExchangeOrder.State, _ record: Record, _ change: (Int) -> BookChange
    ) -> BookChange? {
        guard let place = bySequence[id.number]?.order else { return nil }
        orders[place].state = state
        orders[place].updatedAt = record.time
        open.removeAll { $0 == place }
        return change(place)
    }

    private mutating func fill(_ event: OrderFilled, _ record: Record) throws -> BookChange? {
        guard let place = bySequence[event.order.number]?.order else { return nil }
        orders[place].filled = orders[place].filled + event.quantity
        orders[place].value += try Money.notional(event.price, event.quantity)
        orders[place].fees += event.fee
        orders[place].updatedAt = record.time
        let generation = orders[place].generations.count - 1
        let signed = Quantity(raw: event.quantity.raw * event.side.sign)
        held[event.instrument, default: .zero] = (held[event.instrument] ?? .zero) + signed
        orders[place].fills.append(
            ExchangeFill(
                sequence: record.sequence, generation: generation, price: event.price,
                quantity: event.quantity, fee: event.fee, liquidity: event.liquidity,
                time: record.time, cumulative: orders[place].filled,
                position: held[event.instrument] ?? .zero))
        if event.remaining.raw == 0 {
            orders[place].state = .filled
            open.removeAll { $0 == place }
        }
        fills.append((place, orders[place].fills.count - 1))
        return .filled(place, fill: orders[place].fills.count - 1)
    }

    private mutating func correct(_ event: VenueActivityReported, _ record: Record) {
        if event.kind == .transfer {
            movements.append(
                ExchangeMovement(
                    sequence: record.sequence, type: event.activityType, asset: event.symbol,
                    quantity: event.amount.raw == 0
                        ? event.quantity : Quantity(raw: event.amount.raw),
                    time: record.time))
        }
        guard event.activityType == ExchangeCorrection.type,
            let entry = fills.first(where: {
                "\(orders[$0.order].fills[$0.fill].sequence)" == event.id
            })
        else { return }
        corrections.append(
            ExchangeCorrection(
                sequence: record.sequence, order: entry.order, fill: entry.fill,
                price: event.price, quantity: (try? Quantity(event.detail)) ?? .zero,
                time: record.time))
    }

    private mutating func replace(_ event: OrderReplaced, _ record: Record) -> BookChange? {
        guard let place = bySequence[event.order.number]?.order else { return nil }
        var generation = orders[place].current
        if let request = replacing, request.sequence == record.cause,
            !request.event.clientOrder.isEmpty
        {
            generation.clientOrder = request.event.clientOrder
        }
        generation.sequence = record.sequence
        generation.quantity = event.quantity
        generation.limitPrice = event.limitPrice
        generation.stopPrice = event.stopPrice
        generation.at = record.time
        generation.filledBefore = orders[place].filled
        orders[place].generations.append(generation)
        orders[place].updatedAt = record.time
        bySequence[record.sequence.number] = (place, orders[place].generations.count - 1)
        if byClient[generation.clientOrder]?.last != place {
            byClient[generation.clientOrder, default: []].append(place)
        }
        return .replaced(place)
    }
}
