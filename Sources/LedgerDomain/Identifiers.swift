/// The position of an event in its journal, from 1; 0 means none.
public struct SequenceNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var number: UInt64

    public init(_ number: UInt64) { self.number = number }

    public static let none = SequenceNumber(0)
    public static let first = SequenceNumber(1)
    public static func < (a: SequenceNumber, b: SequenceNumber) -> Bool { a.number < b.number }
    public var next: SequenceNumber { SequenceNumber(number + 1) }
    public var description: String { String(number) }

    public func advanced(by count: Int) -> SequenceNumber { SequenceNumber(number + UInt64(count)) }
}

/// An instrument's number in its journal, from 1; 0 means none.
public struct InstrumentID: Hashable, Comparable, Sendable {
    public var number: UInt32

    public init(_ number: UInt32) { self.number = number }

    public static let none = InstrumentID(0)
    public static func < (a: InstrumentID, b: InstrumentID) -> Bool { a.number < b.number }
}

/// An account's number in its journal, from 1; 0 means none, as market data has.
public struct AccountID: Hashable, Comparable, Sendable {
    public var number: UInt16

    public init(_ number: UInt16) { self.number = number }

    public static let none = AccountID(0)
    public static func < (a: AccountID, b: AccountID) -> Bool { a.number < b.number }
}

/// A strategy's number in its journal, from 1; 0 means none: an operator's or a venue's doing.
public struct StrategyID: Hashable, Comparable, Sendable {
    public var number: UInt16

    public init(_ number: UInt16) { self.number = number }

    public static let none = StrategyID(0)
    public static func < (a: StrategyID, b: StrategyID) -> Bool { a.number < b.number }
}

/// An order, named by the sequence of its `OrderIntended`.
public typealias OrderID = SequenceNumber

/// What was decided: account, strategy, symbol, side, decision time and the how-manieth of that moment.
/// Never a clock or a run. 32 hexadecimal digits are the venue's client order id.
public struct IntentID: Hashable, Sendable, CustomStringConvertible {
    public var high: UInt64
    public var low: UInt64

    public init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }

    /// - Parameter ordinal: 0 for a strategy's first intent in this symbol and side at this event
    ///   time, 1 for the next: two trades can bear one time stamp.
    public init(
        account: String, strategy: String, symbol: String, side: Side, decidedAt: Timestamp,
        ordinal: UInt32
    ) {
        var hash = FNV1a()
        for part in [account, strategy, symbol] {
            hash.add(part.utf8)
            hash.add(CollectionOfOne(0))
        }
        hash.add([side.rawValue])
        hash.add((0..<4).map { UInt8(truncatingIfNeeded: ordinal >> (8 * $0)) })
        high = hash.value
        low = UInt64(bitPattern: decidedAt.nanoseconds)
    }

    public var description: String { high.hex + low.hex }
}

/// Fowler, Noll and Vo's hash 1a in 64 bits: stable in every process and on every machine.
public struct FNV1a: Sendable {
    public private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    public init() {}

    public mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    }
}

extension UInt64 {
    /// Sixteen lower-case hexadecimal digits.
    public var hex: String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
