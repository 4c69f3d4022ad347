import LedgerDomain
import LedgerEvents

/// A state computed only from events: it can be deleted and folded again.
///
/// Applying the events of a journal in order of sequence number gives the same state in every
/// process. Equal states have equal encoded bytes.
public protocol Projection: Sendable {
    /// The name of its checkpoints.
    static var name: String { get }
    /// Rises with every change of meaning or bytes; checkpoints of another version are rebuilt.
    static var version: UInt32 { get }
    /// The event types that it reads; blocks without them are skipped.
    static var types: [EventType] { get }
    init()
    mutating func apply(_ record: Record) throws(FoldError)
    func encode(into writer: inout StateWriter)
    init(from reader: inout StateReader) throws(StateError)
    /// What an older version saved, in the present form; nil where events must be folded again. A pruned
    /// journal has no events to fold.
    static func upgraded(_ bytes: [UInt8], from version: UInt32) -> [UInt8]?
    /// Whether an upgraded state is what a fold of the same events gives. If false, only a pruned journal
    /// uses it.
    static var upgradesExactly: Bool { get }
}

extension Projection {
    public static func upgraded(_ bytes: [UInt8], from version: UInt32) -> [UInt8]? { nil }

    public static var upgradesExactly: Bool { true }

    /// A saved state in the present form; nil for another version's that cannot be brought into it.
    public static func present(_ bytes: [UInt8], version: UInt32) -> [UInt8]? {
        version == Self.version ? bytes : upgraded(bytes, from: version)
    }
}

/// An event that a fold cannot apply. The journal is intact, but its contents are inconsistent.
public enum FoldError: Error, Equatable, CustomStringConvertible {
    case record(RecordError)
    case number(NumberError, SequenceNumber)
    case inconsistent(String, SequenceNumber)

    public var description: String {
        switch self {
        case .record(let error): error.description
        case .number(let error, let sequence): "event \(sequence): \(error)"
        case .inconsistent(let what, let sequence): "event \(sequence): \(what)"
        }
    }
}

/// Runs `body` and adds the event to its errors.
@inline(__always)
func at<T>(
    _ sequence: SequenceNumber, _ body: () throws(NumberError) -> T
) throws(FoldError) -> T {
    do { return try body() } catch { throw .number(error, sequence) }
}

@inline(__always)
func decode<E: Event>(_ record: Record, as type: E.Type = E.self) throws(FoldError) -> E {
    do { return try E(record) } catch { throw .record(error) }
}

/// Rejects an amount beyond 10^12, the limit of an event, before sums could overflow.
@inline(__always)
func bounded(_ amount: Money, _ sequence: SequenceNumber) throws(FoldError) {
    guard amount.raw.magnitude <= Money.limit.raw.magnitude else {
        throw .number(.overflow("an amount of \(amount)"), sequence)
    }
}

/// Rejects an impossible fill before sums could overflow.
@inline(__always)
func checked(_ fill: OrderFilled, _ sequence: SequenceNumber) throws(FoldError) {
    guard fill.quantity.raw > 0, fill.quantity <= Quantity.limit, fill.remaining.raw >= 0,
        fill.remaining <= Quantity.limit
    else {
        throw .inconsistent("a fill of \(fill.quantity) with \(fill.remaining) open", sequence)
    }
    try checked(fill.instrument, sequence)
    try bounded(fill.fee, sequence)
}

@inline(__always)
func checked(_ instrument: InstrumentID, _ sequence: SequenceNumber) throws(FoldError) {
    guard Int(instrument.number) <= NameBook.highest else {
        throw .inconsistent("instrument \(instrument.number) cannot be", sequence)
    }
}

func checked(_ split: SplitApplied, _ sequence: SequenceNumber) throws(FoldError) {
    guard split.numerator > 0, split.denominator > 0 else {
        throw .inconsistent("a split of \(split.numerator) for \(split.denominator)", sequence)
    }
}

/// Rejects an impossible adjustment before sums could overflow.
func checked(_ event: PositionAdjusted, _ sequence: SequenceNumber) throws(FoldError) {
    guard event.quantity.raw != 0, event.quantity.magnitude <= Quantity.limit, event.price.raw >= 0
    else {
        throw .inconsistent("an adjustment of \(event.quantity) at \(event.price)", sequence)
    }
    try checked(event.instrument, sequence)
}

/// Rejects an impossible transfer before sums could overflow. Kinds of money never mix.
func checked(
    _ event: PositionTransferred, from account: AccountID, _ sequence: SequenceNumber
) throws(FoldError) {
    try checkTransfer(from: account, to: event.to, sequence)
    guard event.quantity.raw != 0, event.quantity.magnitude <= Quantity.limit else {
        throw .inconsistent("a transfer of \(event.quantity) units", sequence)
    }
    try checked(event.instrument, sequence)
    try bounded(event.cost, sequence)
    try bounded(event.value, sequence)
}

func checkTransfer(
    from account: AccountID, to other: AccountID, _ sequence: SequenceNumber
) throws(FoldError) {
    guard other.index != 0, other.index != account.index, other.kind == account.kind else {
        throw .inconsistent(
            "a transfer from account \(account.number) to account \(other.number)", sequence)
    }
}

extension PositionAdjusted {
    /// The adjustment as a fill without a fee, which opens and closes lots.
    var asFill: OrderFilled {
        OrderFilled(
            instrument: instrument, strategy: strategy, side: quantity.raw > 0 ? .buy : .sell,
            liquidity: .taker, order: .none, execution: 0, price: price,
            quantity: quantity.magnitude, fee: .zero, remaining: .zero)
    }
}

extension StateReader {
    /// A sum in a saved state; a value far beyond any journal's sums is damage.
    public mutating func readSum() throws(StateError) -> Money {
        Money(raw: try readSum(bits: 100))
    }

    public mutating func readSum(bits: Int) throws(StateError) -> Int128 {
        let value: Int128 = try read()
        guard value.magnitude < UInt128(1) << UInt128(bits) else {
            throw StateError("a saved sum is \(value)")
        }
        return value
    }

    mutating func readQuantity() throws(StateError) -> Quantity {
        let value: Quantity = try read()
        guard value.magnitude <= Quantity.limit else {
            throw StateError("a saved quantity is \(value)")
        }
        return value
    }
}

/// Chains of entries by instrument, which find the few entries of one event without a hash.
struct InstrumentIndex: Sendable, Hashable {
    private var heads: [Int32] = []

    func head(_ instrument: InstrumentID) -> Int {
        let index = Int(instrument.number)
        return index < heads.count ? Int(heads[index]) : -1
    }

    /// Makes `entry` the head; returns the old head, which becomes its next.
    mutating func push(_ entry: Int, _ instrument: InstrumentID) -> Int {
        let index = Int(instrument.number)
        while heads.count <= index { heads.append(-1) }
        defer { heads[index] = Int32(entry) }
        return Int(heads[index])
    }
}
