import LedgerDomain
import LedgerEvents

/// The numbers of one row in units of 10^-9, one slot per `Column`.
// unsafe: sixteen-byte slots at a fixed address, so that reading a row neither allocates nor checks
// for exclusive access.
struct RowValues: ~Copyable {
    private let slots: UnsafeMutablePointer<Int128>
    /// The offset from UTC with which the time was written, in seconds east; nil without one.
    var timeOffset: Int64?
    /// Whether the time was written as a day alone.
    var timeIsDay = false
    /// The identifier of a trade, which may need all 64 bits.
    var tradeId: UInt64 = 0
    /// The value of an action.
    var actionValue = ActionValue.failed(.emptyField)
    /// The pay date of a dividend as it was written; nil without one.
    var payDate: WrittenTime?
    /// The same as a moment, which the row's reader sets.
    var payable: Timestamp?

    init() {
        slots = .allocate(capacity: Column.allCases.count)
        slots.initialize(repeating: 0, count: Column.allCases.count)
    }

    deinit { slots.deallocate() }

    subscript(_ column: Column) -> Int128 {
        @inline(__always) get { slots[Int(column.rawValue)] }
        @inline(__always) nonmutating set { slots[Int(column.rawValue)] = newValue }
    }

    /// - Precondition: `finding` returned nil.
    @inline(__always)
    func price(_ column: Column) -> Price { Price(raw: Int64(truncatingIfNeeded: self[column])) }

    @inline(__always)
    func quantity(_ column: Column) -> Quantity { Quantity(raw: self[column]) }
}

/// An error in a row's numbers, with its column.
struct RowFinding: Equatable {
    var kind: ImportError.Kind
    var column: Column
}

extension RowValues {
    /// The first error in column order, or nil.
    @inline(__always)
    func finding(_ kind: ImportFormat.Kind, refuseCrossed: Bool) -> RowFinding? {
        switch kind {
        case .bar: barFinding()
        case .quote: quoteFinding(refuseCrossed: refuseCrossed)
        case .trade: positive(.price) ?? size(.size)
        case .prediction: positive(.predicted) ?? notNegative(.error) ?? notNegative(.horizon)
        case .action: actionFinding()
        case .factor: factorFinding()
        }
    }

    @inline(__always)
    private func barFinding() -> RowFinding? {
        if let found = positive(.open) ?? positive(.high) ?? positive(.low) ?? positive(.close) {
            return found
        }
        let (low, high) = (self[.low], self[.high])
        if high < low { return RowFinding(kind: .highBelowLow, column: .high) }
        for column in [Column.open, .close] where self[column] < low || self[column] > high {
            return RowFinding(kind: .outsideRange, column: column)
        }
        return size(.volume)
    }

    @inline(__always)
    private func quoteFinding(refuseCrossed: Bool) -> RowFinding? {
        if let found = notNegative(.bid) ?? notNegative(.ask) ?? size(.bidSize) ?? size(.askSize) {
            return found
        }
        let (bid, ask) = (self[.bid], self[.ask])
        if bid == 0, ask == 0 { return RowFinding(kind: .noQuote, column: .bid) }
        if refuseCrossed, ask < bid, ask > 0 {
            return RowFinding(kind: .crossedQuote, column: .ask)
        }
        return nil
    }

    @inline(never)
    private func actionFinding() -> RowFinding? {
        switch (actionValue, isSplit) {
        case (.ratio, true): return nil
        case (_, true): return RowFinding(kind: .notARatio, column: .value)
        case (.ratio, false): return RowFinding(kind: .notANumber, column: .value)
        case (.failed(let kind), false): return RowFinding(kind: kind, column: .value)
        case (.amount, false): return positive(.value)
        }
    }

    @inline(never)
    private func factorFinding() -> RowFinding? {
        positive(.priceFactor) ?? positive(.splitFactor) ?? notNegative(.referencePrice)
    }

    @inline(__always)
    private func positive(_ column: Column) -> RowFinding? {
        let value = self[column]
        if value > 0, value <= Int128(Int64.max) { return nil }
        return RowFinding(kind: value > 0 ? .tooLarge : .notPositive, column: column)
    }

    @inline(__always)
    private func notNegative(_ column: Column) -> RowFinding? {
        let value = self[column]
        if value >= 0, value <= Int128(Int64.max) { return nil }
        return RowFinding(kind: value > 0 ? .tooLarge : .negative, column: column)
    }

    @inline(__always)
    private func size(_ column: Column) -> RowFinding? {
        let value = self[column]
        if value < 0 { return RowFinding(kind: .negative, column: column) }
        if value <= Self.largestSize { return nil }
        return RowFinding(kind: .tooLarge, column: column)
    }
}

/// A record counts sizes of one power of ten in 64 bits, so a large one has 18 or 19 digits.
extension RowValues {
    /// What a record can hold: 9.2 × 10^24 units.
    static let largestSize = Int128(Int64.max) * FixedPoint.powers[15]

    /// Rounds the row's sizes half to even to what a record can hold.
    ///
    /// - Returns: whether that changed one.
    @inline(__always)
    func roundSizes(_ kind: ImportFormat.Kind) -> Bool {
        switch kind {
        case .bar: round(.volume, with: .volume)
        case .quote: round(.bidSize, with: .askSize)
        case .trade: round(.size, with: .size)
        case .prediction, .action, .factor: false
        }
    }

    @inline(__always)
    private func round(_ first: Column, with second: Column) -> Bool {
        let largest = Int128(Int64.max)
        if self[first] <= largest, self[second] <= largest { return false }
        return roundShifted(first, with: second)
    }

    @inline(never)
    private func roundShifted(_ first: Column, with second: Column) -> Bool {
        let (a, b) = (self[first], self[second])
        for power in 1...15 {
            let unit = FixedPoint.powers[power]
            let rounded = (
                FixedPoint.dividedHalfEven(a, by: unit), FixedPoint.dividedHalfEven(b, by: unit)
            )
            guard max(rounded.0, rounded.1) <= Int128(Int64.max) else { continue }
            (self[first], self[second]) = (rounded.0 * unit, rounded.1 * unit)
            break
        }
        return self[first] != a || self[second] != b
    }
}
