import LedgerDomain
import LedgerEvents

public enum OrderState: UInt8, Worded {
    case intended = 1
    case submitted = 2
    case accepted = 3
    case partiallyFilled = 4
    case filled = 5
    case cancelled = 6
    case expired = 7
    case rejected = 8

    public var word: String {
        switch self {
        case .intended: "intended"
        case .submitted: "submitted"
        case .accepted: "accepted"
        case .partiallyFilled: "partiallyFilled"
        case .filled: "filled"
        case .cancelled: "cancelled"
        case .expired: "expired"
        case .rejected: "rejected"
        }
    }

    public var isOpen: Bool { rawValue <= OrderState.partiallyFilled.rawValue }

    /// Whether an event other than a fill may lead from this state to `next`:
    ///
    ///                      submitted  accepted  rejected  cancelled  expired
    ///     intended             yes       -         yes       yes       yes
    ///     submitted             -       yes        yes       yes       yes
    ///     accepted              -        -         yes       yes       yes
    ///     partiallyFilled       -       yes         -        yes       yes
    ///
    /// Fills may follow submitted, accepted and partiallyFilled. An ended order never changes.
    public func mayBecome(_ next: OrderState) -> Bool {
        switch next {
        case .submitted: self == .intended
        case .accepted: self == .submitted || self == .partiallyFilled
        case .rejected: isOpen && self != .partiallyFilled
        case .cancelled, .expired: isOpen
        case .intended, .partiallyFilled, .filled: false
        }
    }
}

/// One order as its events describe it.
public struct Order: Hashable, Sendable {
    public var id: OrderID
    public var account: AccountID
    public var intended: OrderIntended
    public var state = OrderState.intended
    public var filled = Quantity.zero
    /// The quantity still open at the venue. Less than quantity − filled if the other exit of a
    /// pair filled some of the position.
    public var remaining: Quantity
    /// Σ price × quantity of the fills, unsigned.
    public var fillValue = Money.zero
    public var fees = Money.zero
    public var intendedAt: Timestamp
    public var updatedAt: Timestamp
    public var correlation: SequenceNumber
    /// The number of times it was replaced.
    public var generation: UInt32 = 0

    /// fillValue / filled rounded half to even; nil before the first fill.
    public var averagePrice: Price? {
        guard filled.raw > 0 else { return nil }
        let (scaled, overflow) = fillValue.raw.multipliedReportingOverflow(
            by: Int128(FixedPoint.one))
        guard !overflow else { return nil }
        return Int64(exactly: FixedPoint.dividedHalfEven(scaled, by: filled.raw)).map(
            Price.init(raw:))
    }
}

/// Every open order, and the number that ended in each way. An ended order is dropped, so costs
/// depend on the open orders, not on history.
public struct OrderRegister: Projection, Hashable {
    public static let name = "orders"
    public static let version: UInt32 = 4
    public static let types: [EventType] = [
        .orderIntended, .intentRejected, .orderSubmitted, .orderAccepted, .orderRejected,
        .orderFilled, .orderCancelled, .orderExpired, .signalGenerated, .signalRejected,
        .splitApplied, .orderReplaced, .refusalRepeated,
    ]

    /// Ascending by id; ended orders stay until the next compaction.
    private var entries: [Order] = []
    private var ended = 0
    /// By `OrderState` number.
    public private(set) var counts = [UInt64](repeating: 0, count: 9)
    public private(set) var fills: UInt64 = 0
    public private(set) var signals: UInt64 = 0
    public private(set) var rejectedSignals: UInt64 = 0
    public private(set) var rejectedIntents: UInt64 = 0

    /// Called with each order that ends, for readers that want the history too.
    public private(set) var lastEnded: Order?

    public init() {}

    /// The registers of the accounts of one journal as the one register that a fold of it is.
    public init(merging parts: [OrderRegister]) {
        guard parts.count != 1 else {
            self = parts[0]
            return
        }
        for part in parts {
            for place in counts.indices { counts[place] += part.counts[place] }
            fills += part.fills
            signals += part.signals
            rejectedSignals += part.rejectedSignals
            rejectedIntents += part.rejectedIntents
        }
        entries = parts.flatMap(\.open).sorted { $0.id < $1.id }
    }

    public var open: [Order] { entries.filter(\.state.isOpen) }
    public var openCount: Int { entries.count - ended }

    public func order(_ id: OrderID) -> Order? {
        guard let entry = find(id), entries[entry].state.isOpen else { return nil }
        return entries[entry]
    }

    public mutating func apply(_ record: Record) throws(FoldError) {
        // Most events are prices; they cost one comparison here.
        guard record.rawType >= EventType.splitApplied.rawValue else { return }
        if lastEnded != nil { lastEnded = nil }
        switch record.type {
        case .signalGenerated: signals += 1
        case .signalRejected: rejectedSignals += 1
        case .intentRejected: rejectedIntents += 1
        case .refusalRepeated: count(try decode(record) as RefusalRepeated)
        case .orderIntended:
            try intend(
                try decode(record), account: record.account, at: record.time,
                id: record.sequence, correlation: record.correlation)
        case .orderSubmitted:
            let event: OrderSubmitted = try decode(record)
            try move(event.order, to: .submitted, at: record.time, sequence: record.sequence)
        case .orderAccepted:
            let event: OrderAccepted = try decode(record)
            try move(event.order, to: .accepted, at: record.time, sequence: record.sequence)
        case .orderRejected:
            let event: OrderRejected = try decode(record)
            try move(event.order, to: .rejected, at: record.time, sequence: record.sequence)
        case .orderFilled:
            try fill(try decode(record), at: record.time, sequence: record.sequence)
        case .orderCancelled:
            let event: OrderCancelled = try decode(record)
            try move(event.order, to: .cancelled, at: record.time, sequence: record.sequence)
        case .orderExpired:
            let event: OrderExpired = try decode(record)
            try move(event.order, to: .expired, at: record.time, sequence: record.sequence)
        case .splitApplied: try split(try decode(record), sequence: record.sequence)
        case .orderReplaced:
            try replace(try decode(record), at: record.time, sequence: record.sequence)
        default: break
        }
    }

    /// The cost of an account's open buy orders at their limits, or at the prices at which they
    /// were decided.
    ///
    /// - Parameter isIncluded: the instruments that count.
    public func reservedCash(
        _ account: AccountID, in isIncluded: (InstrumentID) -> Bool = { _ in true }
    ) throws(NumberError) -> Money {
        var sum = Money.zero
        for order in entries
        where order.state.isOpen && order.account == account && order.intended.side == .buy
            && order.intended.parent == .none && isIncluded(order.intended.instrument)
        {
            let terms = order.intended
            let price = terms.limitPrice.raw > 0 ? terms.limitPrice : terms.referencePrice
            sum += try Money.notional(price, order.remaining)
        }
        return sum
    }

    public mutating func countSignal() { signals += 1 }
    public mutating func countRejectedSignal() { rejectedSignals += 1 }
    public mutating func countRejectedIntent() { rejectedIntents += 1 }

    public mutating func count(_ event: RefusalRepeated) {
        let count = UInt64(event.count)
        signals += count
        if event.isIntent { rejectedIntents += count } else { rejectedSignals += count }
    }

    public mutating func intend(
        _ event: OrderIntended, account: AccountID, at time: Timestamp, id: OrderID,
        correlation: SequenceNumber
    ) throws(FoldError) {
        guard event.quantity.raw > 0, event.quantity <= Quantity.limit else {
            throw .inconsistent("an order of \(event.quantity)", id)
        }
        if let last = entries.last, last.id >= id {
            throw .inconsistent("order \(id) comes after order \(last.id)", id)
        }
        counts[Int(OrderState.intended.rawValue)] += 1
        entries.append(
            Order(
                id: id, account: account, intended: event, remaining: event.quantity,
                intendedAt: time, updatedAt: time, correlation: correlation))
    }

    public mutating func move(
        _ id: OrderID, to state: OrderState, at time: Timestamp, sequence: SequenceNumber
    ) throws(FoldError) {
        let entry = try find(open: id, sequence)
        let old = entries[entry].state
        guard old.mayBecome(state) else {
            throw .inconsistent("order \(id) is \(old) and cannot become \(state)", sequence)
        }
        counts[Int(state.rawValue)] += 1
        // A fill can overtake its acceptance.
        if old != .partiallyFilled || !state.isOpen { entries[entry].state = state }
        entries[entry].updatedAt = time
        if !state.isOpen { end(entry) }
    }

    public mutating func fill(
        _ event: OrderFilled, at time: Timestamp, sequence: SequenceNumber
    ) throws(FoldError) {
        try checked(event, sequence)
        let entry = try find(open: event.order, sequence)
        let order = entries[entry]
        guard order.state != .intended, event.quantity + event.remaining <= order.remaining else {
            throw .inconsistent(
                "order \(event.order), \(order.state), has \(order.remaining) open and fills "
                    + "\(event.quantity) with \(event.remaining) left", sequence)
        }
        let value = try at(sequence) { () throws(NumberError) in
            try Money.notional(event.price, event.quantity)
        }
        fills += 1
        entries[entry].filled = entries[entry].filled + event.quantity
        entries[entry].remaining = event.remaining
        entries[entry].fillValue += value
        entries[entry].fees += event.fee
        entries[entry].updatedAt = time
        let parent = entries[entry].intended.parent
        if parent != .none { reducePartner(of: entries[entry], by: event.quantity) }
        if event.remaining.raw == 0 {
            counts[Int(OrderState.filled.rawValue)] += 1
            entries[entry].state = .filled
            end(entry)
        } else {
            if entries[entry].state != .partiallyFilled {
                counts[Int(OrderState.partiallyFilled.rawValue)] += 1
            }
            entries[entry].state = .partiallyFilled
        }
    }

    public mutating func replace(
        _ event: OrderReplaced, at time: Timestamp, sequence: SequenceNumber
    ) throws(FoldError) {
        let entry = try find(open: event.order, sequence)
        let order = entries[entry]
        guard event.generation > order.generation, event.remaining.raw > 0,
            event.quantity == order.filled + event.remaining
        else {
            throw .inconsistent(
                "order \(event.order) filled \(order.filled) and is replaced by \(event.quantity), "
                    + "\(event.remaining) of it open", sequence)
        }
        entries[entry].intended.quantity = event.quantity
        entries[entry].intended.limitPrice = event.limitPrice
        entries[entry].intended.stopPrice = event.stopPrice
        entries[entry].remaining = event.remaining
        entries[entry].generation = event.generation
        entries[entry].updatedAt = time
    }

    /// Two exits protect one fill: what one fills, the other no longer protects. Two stops of one
    /// fill each protect a part of it.
    private mutating func reducePartner(of order: Order, by taken: Quantity) {
        for entry in entries.indices
        where entries[entry].intended.parent == order.intended.parent
            && entries[entry].intended.purpose != order.intended.purpose
            && entries[entry].state.isOpen
        {
            entries[entry].remaining = max(.zero, entries[entry].remaining - taken)
        }
    }

    public mutating func split(_ event: SplitApplied, sequence: SequenceNumber) throws(FoldError) {
        try checked(event, sequence)
        for entry in entries.indices where entries[entry].intended.instrument == event.instrument {
            let order = entries[entry]
            entries[entry] = try at(sequence) { () throws(NumberError) in
                var changed = order
                changed.intended = try order.intended.split(event)
                changed.remaining = try order.remaining.scaled(
                    by: event.numerator, over: event.denominator)
                changed.filled = try order.filled.scaled(
                    by: event.numerator, over: event.denominator)
                return changed
            }
        }
    }

    private mutating func end(_ entry: Int) {
        lastEnded = entries[entry]
        ended += 1
        guard ended >= 64, ended * 2 >= entries.count else { return }
        entries.removeAll { !$0.state.isOpen }
        ended = 0
    }

    private func find(
        open id: OrderID, _ sequence: SequenceNumber
    ) throws(FoldError) -> Int {
        guard let entry = find(id), entries[entry].state.isOpen else {
            throw .inconsistent("order \(id) is not open", sequence)
        }
        return entry
    }

    private func find(_ id: OrderID) -> Int? {
        // The newest order is requested most often.
        if let last = entries.last, last.id == id { return entries.count - 1 }
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low < entries.count && entries[low].id == id ? low : nil
    }

    public func encode(into writer: inout StateWriter) {
        writer.write(counts) { $0.write($1) }
        for count in [fills, signals, rejectedSignals, rejectedIntents] { writer.write(count) }
        writer.write(open) { $1.encode(into: &$0) }
    }

    /// Version 3 met no refusals that repeat, and its bytes are the same.
    public static func upgraded(_ bytes: [UInt8], from version: UInt32) -> [UInt8]? {
        version == 3 ? bytes : nil
    }

    public init(from reader: inout StateReader) throws(StateError) {
        counts = try reader.readArray { (reader) throws(StateError) in try reader.read() }
        guard counts.count == 9 else { throw StateError("a saved register counts other states") }
        fills = try reader.read()
        signals = try reader.read()
        rejectedSignals = try reader.read()
        rejectedIntents = try reader.read()
        entries = try reader.readArray { (reader) throws(StateError) in try Order(from: &reader) }
        for (order, next) in zip(entries, entries.dropFirst()) where order.id >= next.id {
            throw StateError("a saved register has order \(next.id) after order \(order.id)")
        }
        guard entries.allSatisfy(\.state.isOpen) else {
            throw StateError("a saved register holds an order that ended")
        }
    }
}

extension Order {
    func encode(into writer: inout StateWriter) {
        writer.write(id)
        writer.write(account)
        intended.encodeState(into: &writer)
        writer.write(state)
        writer.write(filled)
        writer.write(remaining)
        writer.write(fillValue)
        writer.write(fees)
        writer.write(intendedAt)
        writer.write(updatedAt)
        writer.write(correlation)
        writer.write(generation)
    }

    init(from reader: inout StateReader) throws(StateError) {
        id = try reader.read()
        account = try reader.read()
        intended = try OrderIntended(from: &reader)
        state = try reader.read()
        filled = try reader.readQuantity()
        remaining = try reader.readQuantity()
        fillValue = try reader.readSum()
        fees = try reader.readSum()
        intendedAt = try reader.read()
        updatedAt = try reader.read()
        correlation = try reader.read()
        generation = try reader.read()
    }
}
