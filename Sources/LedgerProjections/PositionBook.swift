import LedgerDomain
import LedgerEvents

/// Units bought (positive) or sold short (negative) by one fill, and their cost.
public struct Lot: Hashable, Sendable {
    public var quantity: Quantity
    /// price × quantity of the rest, with the sign of the quantity; fees are not part of it.
    public var cost: Money
    public var openedAt: Timestamp
    /// The fill that opened it.
    public var fill: SequenceNumber
}

/// One strategy's holding of one instrument in one account.
///
/// Lots are closed first in, first out. Realised profit is proceeds less cost, before fees:
/// net = realised + unrealised + dividends − fees.
public struct Position: Hashable, Sendable {
    public var account: AccountID
    public var strategy: StrategyID
    public var instrument: InstrumentID
    public private(set) var quantity = Quantity.zero
    /// The sum over the open lots, with the sign of the quantity.
    public private(set) var cost = Money.zero
    public private(set) var realised = Money.zero
    public fileprivate(set) var fees = Money.zero
    public fileprivate(set) var dividends = Money.zero
    public fileprivate(set) var fills: UInt64 = 0
    private var queue: [Lot] = []
    /// Lots before this index are closed, so removing from the front of the array costs nothing.
    private var first = 0
    fileprivate var next = -1

    public var lots: ArraySlice<Lot> { queue[first...] }

    /// cost / quantity rounded half to even to 10^-9; nil while flat.
    public var averageCost: Price? {
        guard quantity.raw != 0 else { return nil }
        let (scaled, overflow) = cost.raw.multipliedReportingOverflow(by: Int128(FixedPoint.one))
        guard !overflow else { return nil }
        let sign: Int128 = quantity.raw < 0 ? -1 : 1
        let value = FixedPoint.dividedHalfEven(scaled * sign, by: quantity.raw * sign)
        return Int64(exactly: value).map(Price.init(raw:))
    }

    init(account: AccountID, strategy: StrategyID, instrument: InstrumentID) {
        self.account = account
        self.strategy = strategy
        self.instrument = instrument
    }

    /// Books a fill: closes opposite lots first, then opens a lot with the rest.
    mutating func book(
        _ fill: OrderFilled, at time: Timestamp, sequence: SequenceNumber
    ) throws(NumberError) {
        fees += fill.fee
        fills += 1
        var left = fill.quantity.raw * fill.side.sign
        // Rounded once for the whole fill, like cash; the last part takes the remainder.
        var paid = try Money.notional(fill.price, Quantity(raw: left))
        while left != 0, first < queue.count, (queue[first].quantity.raw < 0) != (left < 0) {
            try close(&left, &paid, at: fill.price)
        }
        if left != 0 {
            let opened = Quantity(raw: left)
            queue.append(Lot(quantity: opened, cost: paid, openedAt: time, fill: sequence))
            quantity = quantity + opened
            cost += paid
            guard quantity.magnitude <= Quantity.limit else {
                throw .overflow("a position of \(quantity)")
            }
        }
    }

    /// Closes as much of the first lot as `left` covers; both arguments keep the remainder.
    private mutating func close(
        _ left: inout Int128, _ paid: inout Money, at price: Price
    ) throws(NumberError) {
        let lot = queue[first]
        let wholeLot = lot.quantity.raw.magnitude <= left.magnitude
        // The closed part of the lot, with the sign of the lot.
        let closed = wholeLot ? lot.quantity : Quantity(raw: -left)
        let basis = wholeLot ? lot.cost : try lot.cost.share(closed, of: lot.quantity)
        left += closed.raw
        let part = left == 0 ? paid : try Money.notional(price, -closed)
        paid -= part
        realised -= part + basis
        quantity = quantity - closed
        cost -= basis
        if wholeLot {
            first += 1
            compact()
        } else {
            queue[first].quantity = lot.quantity - closed
            queue[first].cost = lot.cost - basis
        }
    }

    /// Takes out the oldest lots of `units`, which has the sign of the quantity.
    ///
    /// - Precondition: the position has as many units.
    mutating func release(_ units: Quantity) throws(NumberError) -> [Lot] {
        precondition(units.magnitude <= quantity.magnitude, "a position releases what it has")
        var left = units
        var released: [Lot] = []
        while left.raw != 0 {
            var lot = queue[first]
            if lot.quantity.magnitude > left.magnitude {
                lot.cost = try lot.cost.share(left, of: lot.quantity)
                lot.quantity = left
                queue[first].quantity = queue[first].quantity - lot.quantity
                queue[first].cost = queue[first].cost - lot.cost
            } else {
                first += 1
            }
            left = left - lot.quantity
            quantity = quantity - lot.quantity
            cost -= lot.cost
            released.append(lot)
        }
        compact()
        return released
    }

    /// What the oldest lots of `units` cost.
    ///
    /// - Precondition: the position has as many units.
    public func cost(ofOldest units: Quantity) throws(NumberError) -> Money {
        var position = self
        return try position.release(units).reduce(Money.zero) { $0 + $1.cost }
    }

    /// Takes lots in, in the order in which they were opened. Parts of one lot become one again.
    mutating func receive(_ lots: [Lot]) throws(NumberError) {
        queue.removeFirst(first)
        first = 0
        for lot in lots {
            let place = queue.firstIndex { $0.fill >= lot.fill } ?? queue.count
            if place < queue.count, queue[place].fill == lot.fill {
                queue[place].quantity = queue[place].quantity + lot.quantity
                queue[place].cost += lot.cost
            } else {
                queue.insert(lot, at: place)
            }
            quantity = quantity + lot.quantity
            cost += lot.cost
        }
        guard quantity.magnitude <= Quantity.limit else {
            throw .overflow("a position of \(quantity)")
        }
    }

    private mutating func compact() {
        if first == queue.count {
            queue.removeAll(keepingCapacity: true)
            first = 0
        } else if first >= 1024, first * 2 >= queue.count {
            queue.removeFirst(first)
            first = 0
        }
    }

    /// Every `denominator` units become `numerator`; their cost stays.
    ///
    /// The whole position is rounded, and each lot ends at the rounded running sum, so the lots add
    /// up. A lot that rounds to nothing leaves its cost to the next one; a position that rounds to
    /// nothing has lost it.
    mutating func split(_ event: SplitApplied) throws(NumberError) {
        var (before, after) = (Quantity.zero, Quantity.zero)
        var (kept, orphaned) = ([Lot](), Money.zero)
        for var lot in lots {
            before = before + lot.quantity
            let end = try before.scaled(by: event.numerator, over: event.denominator)
            lot.quantity = end - after
            lot.cost += orphaned
            after = end
            if lot.quantity.raw == 0 {
                orphaned = lot.cost
            } else {
                orphaned = .zero
                kept.append(lot)
            }
        }
        guard after.magnitude <= Quantity.limit else {
            throw .overflow("a position of \(after) after a split")
        }
        if kept.isEmpty {
            realised -= orphaned
            cost -= orphaned
        } else {
            kept[kept.count - 1].cost += orphaned
        }
        (queue, first, quantity) = (kept, 0, after)
    }

    func encode(into writer: inout StateWriter) {
        writer.write(account)
        writer.write(strategy)
        writer.write(instrument)
        writer.write(realised)
        writer.write(fees)
        writer.write(dividends)
        writer.write(fills)
        writer.write(Array(lots)) { writer, lot in
            writer.write(lot.quantity)
            writer.write(lot.cost)
            writer.write(lot.openedAt)
            writer.write(lot.fill)
        }
    }

    init(from reader: inout StateReader) throws(StateError) {
        account = try reader.read()
        strategy = try reader.read()
        instrument = try reader.read()
        realised = try reader.readSum()
        fees = try reader.readSum()
        dividends = try reader.readSum()
        fills = try reader.read()
        queue = try reader.readArray { (reader) throws(StateError) in
            Lot(
                quantity: try reader.readQuantity(), cost: Money(raw: try reader.readSum(bits: 80)),
                openedAt: try reader.read(), fill: try reader.read())
        }
        for lot in queue {
            quantity = quantity + lot.quantity
            cost += lot.cost
        }
    }
}

/// All positions, by account, strategy and instrument.
public struct PositionBook: Projection, Hashable {
    public static let name = "positions"
    public static let version: UInt32 = 3
    public static let types: [EventType] = [
        .orderFilled, .splitApplied, .dividendPaid, .positionAdjusted, .positionTransferred,
        .dividendAccrued, .dividendCorrected,
    ]

    /// In the order in which they were first opened; flat positions stay with their realised
    /// profit.
    public private(set) var positions: [Position] = []
    private var index = InstrumentIndex()

    public init() {}

    public mutating func apply(_ record: Record) throws(FoldError) {
        switch record.rawType {
        case EventType.orderFilled.rawValue:
            let fill: OrderFilled = try decode(record)
            try book(fill, account: record.account, at: record.time, sequence: record.sequence)
        case EventType.splitApplied.rawValue:
            try split(try decode(record), sequence: record.sequence)
        case EventType.dividendPaid.rawValue:
            let dividend: DividendPaid = try decode(record)
            try book(dividend, account: record.account, sequence: record.sequence)
        case EventType.positionAdjusted.rawValue:
            let event: PositionAdjusted = try decode(record)
            try adjust(event, account: record.account, at: record.time, sequence: record.sequence)
        case EventType.positionTransferred.rawValue:
            try transfer(try decode(record), from: record.account, sequence: record.sequence)
        case EventType.dividendAccrued.rawValue:
            let event: DividendAccrued = try decode(record)
            try count(event.amount, event.strategy, event.instrument, record)
        case EventType.dividendCorrected.rawValue:
            let event: DividendCorrected = try decode(record)
            try count(event.amount, event.strategy, event.instrument, record)
        default: break
        }
    }

    /// Counts a dividend that is paid later, or the correction of one.
    private mutating func count(
        _ dividend: Money, _ strategy: StrategyID, _ instrument: InstrumentID, _ record: Record
    ) throws(FoldError) {
        try checked(instrument, record.sequence)
        try bounded(dividend, record.sequence)
        let entry = entry(record.account, strategy, instrument)
        positions[entry].dividends += dividend
    }

    /// Opens or closes lots at the adjustment's price; it counts as no fill and costs no fee.
    public mutating func adjust(
        _ event: PositionAdjusted, account: AccountID, at time: Timestamp, sequence: SequenceNumber
    ) throws(FoldError) {
        try checked(event, sequence)
        let entry = entry(account, event.strategy, event.instrument)
        do { try positions[entry].book(event.asFill, at: time, sequence: sequence) } catch {
            throw .number(error, sequence)
        }
        positions[entry].fills -= 1
    }

    public mutating func book(
        _ fill: OrderFilled, account: AccountID, at time: Timestamp, sequence: SequenceNumber
    ) throws(FoldError) {
        try checked(fill, sequence)
        let entry = entry(account, fill.strategy, fill.instrument)
        do { try positions[entry].book(fill, at: time, sequence: sequence) } catch {
            throw .number(error, sequence)
        }
    }

    /// Moves the oldest lots of a position to another account, each as it was opened.
    public mutating func transfer(
        _ event: PositionTransferred, from account: AccountID, sequence: SequenceNumber
    ) throws(FoldError) {
        try checked(event, from: account, sequence)
        let source = entry(account, event.strategy, event.instrument)
        let target = entry(event.to, event.toStrategy, event.instrument)
        let held = positions[source].quantity
        let sign = event.quantity.raw.signum()
        guard held.raw.signum() == sign, event.quantity.magnitude <= held.magnitude else {
            throw .inconsistent(
                "a transfer of \(event.quantity) units of a position of \(held)", sequence)
        }
        guard positions[target].quantity.raw.signum() != -sign else {
            throw .inconsistent(
                "a transfer of \(event.quantity) units to a position of "
                    + "\(positions[target].quantity)", sequence)
        }
        let lots = try at(sequence) { () throws(NumberError) in
            let lots = try positions[source].release(event.quantity)
            try positions[target].receive(lots)
            return lots
        }
        let cost = lots.reduce(Money.zero) { $0 + $1.cost }
        guard cost == event.cost else {
            throw .inconsistent("lots that cost \(cost), transferred at \(event.cost)", sequence)
        }
    }

    public mutating func split(
        _ event: SplitApplied, sequence: SequenceNumber
    ) throws(FoldError) {
        try checked(event, sequence)
        var entry = index.head(event.instrument)
        while entry >= 0 {
            do { try positions[entry].split(event) } catch {
                throw .number(error, sequence)
            }
            entry = positions[entry].next
        }
    }

    public mutating func book(
        _ dividend: DividendPaid, account: AccountID, sequence: SequenceNumber
    ) throws(FoldError) {
        try checked(dividend.instrument, sequence)
        try bounded(dividend.amount, sequence)
        let entry = entry(account, dividend.strategy, dividend.instrument)
        positions[entry].dividends += dividend.amount
    }

    public func position(
        _ account: AccountID, _ strategy: StrategyID, _ instrument: InstrumentID
    ) -> Position? {
        var entry = index.head(instrument)
        while entry >= 0 {
            let found = positions[entry]
            if found.account == account, found.strategy == strategy { return found }
            entry = found.next
        }
        return nil
    }

    /// The positions of all strategies in one instrument.
    public func positions(in instrument: InstrumentID) -> [Position] {
        var result: [Position] = []
        var entry = index.head(instrument)
        while entry >= 0 {
            result.append(positions[entry])
            entry = positions[entry].next
        }
        return result
    }

    private mutating func entry(
        _ account: AccountID, _ strategy: StrategyID, _ instrument: InstrumentID
    ) -> Int {
        var entry = index.head(instrument)
        while entry >= 0 {
            if positions[entry].account == account, positions[entry].strategy == strategy {
                return entry
            }
            entry = positions[entry].next
        }
        return add(Position(account: account, strategy: strategy, instrument: instrument))
    }

    private mutating func add(_ position: Position) -> Int {
        positions.append(position)
        let entry = positions.count - 1
        positions[entry].next = index.push(entry, position.instrument)
        return entry
    }

    public func encode(into writer: inout StateWriter) {
        writer.write(positions) { $1.encode(into: &$0) }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        let saved = try reader.readArray { (reader) throws(StateError) in
            try Position(from: &reader)
        }
        for position in saved {
            guard Int(position.instrument.number) <= NameBook.highest else {
                throw StateError("a saved position names instrument \(position.instrument.number)")
            }
            _ = add(position)
        }
    }
}
