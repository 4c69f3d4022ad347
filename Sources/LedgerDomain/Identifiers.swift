/// The position of an event in its journal, from 1; 0 means none.
public struct SequenceNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var number: UInt64

    public init(_ number: UInt64) { self.number = number }

    public static var none: SequenceNumber { SequenceNumber(0) }
    public static var first: SequenceNumber { SequenceNumber(1) }
    public static func < (a: SequenceNumber, b: SequenceNumber) -> Bool { a.number < b.number }
    public var next: SequenceNumber { SequenceNumber(number + 1) }
    public var description: String { String(number) }

    public func advanced(by count: Int) -> SequenceNumber { SequenceNumber(number + UInt64(count)) }
}

/// An instrument's number in its journal, from 1; 0 means none.
public struct InstrumentID: Hashable, Comparable, Sendable {
    public var number: UInt32

    public init(_ number: UInt32) { self.number = number }

    public static var none: InstrumentID { InstrumentID(0) }
    public static func < (a: InstrumentID, b: InstrumentID) -> Bool { a.number < b.number }
}

/// An account of a journal and the kind of its money; 0 means none, as for market data.
///
/// The two high bits are the kind, the others count from 1. A single event therefore says whether
/// its money is simulated, and a simulated fill can never pass for a real one.
public struct AccountID: Hashable, Comparable, Sendable {
    public var number: UInt16

    public init(_ number: UInt16) { self.number = number }

    /// - Precondition: `index` is 1 to 16,383.
    public init(_ kind: AccountKind, index: UInt16) {
        precondition((1...Self.highestIndex).contains(index), "an account's index is 1 to 16383")
        number = UInt16(kind.rawValue) << 14 | index
    }

    public static let highestIndex: UInt16 = 0x3FFF
    public static var none: AccountID { AccountID(0) }
    public static func < (a: AccountID, b: AccountID) -> Bool { a.number < b.number }

    /// From 1, whatever the kind; 0 for none.
    public var index: Int { Int(number & Self.highestIndex) }
    /// Nil for none.
    public var kind: AccountKind? { AccountKind(rawValue: UInt8(number >> 14)) }
}

/// A strategy's number in its journal, from 1; 0 means none: an operator or a venue acted.
public struct StrategyID: Hashable, Comparable, Sendable {
    public var number: UInt16

    public init(_ number: UInt16) { self.number = number }

    public static var none: StrategyID { StrategyID(0) }
    public static func < (a: StrategyID, b: StrategyID) -> Bool { a.number < b.number }
}

/// An order, named by the sequence of its `OrderIntended`.
public typealias OrderID = SequenceNumber

/// What was decided: account, strategy, symbol, side, decision time and the ordinal at that time.
/// Never a clock or a run. Its 32 hexadecimal digits are the venue's client order id.
public struct IntentID: Hashable, Sendable, CustomStringConvertible {
    public var high: UInt64
    public var low: UInt64

    public init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }

    /// - Parameter ordinal: 0 for a strategy's first intent in this symbol at this event time, 1
    ///   for the next: two trades can have the same time stamp.
    public init(decider: Decider, side: Side, decidedAt: Timestamp, ordinal: UInt32) {
        var hash = decider.hash
        hash.add(side.rawValue)
        for shift in 0..<4 { hash.add(UInt8(truncatingIfNeeded: ordinal >> (8 * UInt32(shift)))) }
        high = hash.value
        low = UInt64(bitPattern: decidedAt.nanoseconds)
    }

    /// The constant part of an intent's identity: who decides about what.
    public struct Decider: Hashable, Sendable {
        fileprivate var hash = FNV1a()

        public init(account: String, strategy: String, symbol: String) {
            for part in [account, strategy, symbol] {
                hash.add(part.utf8)
                hash.add(0)
            }
        }
    }

    public var description: String { high.hex + low.hex }
}

/// Fowler, Noll and Vo's hash 1a in 64 bits: stable in every process and on every machine.
public struct FNV1a: Hashable, Sendable {
    public private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    public init() {}

    public mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { add(byte) }
    }

    @inline(__always)
    public mutating func add(_ byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }
}

extension UInt64 {
    /// Sixteen lower-case hexadecimal digits.
    public var hex: String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
