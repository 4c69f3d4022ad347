import LedgerDomain

/// The account, the times and the cause of an event: its envelope without its journal position.
public struct Envelope: Hashable, Sendable {
    public var account: AccountID
    public var time: Timestamp
    public var cause: SequenceNumber
    public var correlation: SequenceNumber
    /// Nil if it equals the event time, as in a back-test.
    public var recordTime: Timestamp?

    public init(
        account: AccountID = .none, time: Timestamp, cause: SequenceNumber = .none,
        correlation: SequenceNumber = .none, recordTime: Timestamp? = nil
    ) {
        self.account = account
        self.time = time
        self.cause = cause
        self.correlation = correlation
        self.recordTime = recordTime
    }
}

extension Quantity {
    /// The smallest step in which a record can count this quantity: 10^-9 units up to 9.2 × 10^9
    /// units, and ten times more for each further digit.
    public var writtenStep: Quantity {
        var step: Int128 = 1
        while Int64(exactly: raw / step) == nil { step *= 10 }
        return Quantity(raw: step)
    }

    /// This quantity, rounded towards zero to a value that a record can hold.
    public var written: Quantity { truncated(to: writtenStep) }
}

/// Writes one record's fields at their offsets.
public struct RecordWriter {
    let base: UnsafeMutableRawPointer
    let shift: Int

    @inline(__always)
    func store<T: BitwiseCopyable>(_ value: T, _ offset: Int) {
        base.storeBytes(of: value, toByteOffset: offset, as: T.self)
    }

    func price(_ value: Price, _ offset: Int) { store(value.raw, offset) }
    func money(_ value: Money, _ offset: Int) { store(value.raw, offset) }
    func measure(_ value: Measure, _ offset: Int) { store(value.raw, offset) }
    func order(_ value: OrderID, _ offset: Int) { store(value.number, offset) }
    func quantity(_ value: Quantity, _ offset: Int) {
        let mantissa = shift == 0 ? value.raw : value.raw / FixedPoint.powers[shift]
        store(Int64(truncatingIfNeeded: mantissa), offset)
    }

    /// The exponent of the smallest power of ten that divides both quantities and makes the
    /// quotients fit in 64 bits; 0 up to 9.2 × 10^9 units. Nil if a record cannot hold them
    /// exactly.
    static func shift(for quantities: (Quantity, Quantity)) -> Int? {
        let (a, b) = (quantities.0.raw, quantities.1.raw)
        if Int64(exactly: a) != nil, Int64(exactly: b) != nil { return 0 }
        for shift in 1...15 {
            let power = FixedPoint.powers[shift]
            guard a % power == 0, b % power == 0 else { return nil }
            if Int64(exactly: a / power) != nil, Int64(exactly: b / power) != nil { return shift }
        }
        return nil
    }
}
