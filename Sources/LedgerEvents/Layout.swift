import LedgerDomain

/// Where the fields of a payload are, for code that reads events without their Swift types, such as
/// the JSON writer.
public struct Layout: Sendable {
    public struct Field: Sendable {
        public let name: String
        public let offset: Int
        public let kind: Kind

        public init(_ name: String, _ offset: Int, _ kind: Kind) {
            self.name = name
            self.offset = offset
            self.kind = kind
        }
    }

    public enum Kind: Sendable {
        case u8, u16, u32, u64, i64, f64
        case price, quantity, money, measure, time, order, strategy, account
        /// Two 8-byte numbers, high one first, shown as 32 hexadecimal digits.
        case hex128
        /// Eight bytes shown as 16 hexadecimal digits.
        case hex64
        /// One byte that stands for one of these words, counted from 0.
        case names([String])

        /// One byte that stands for the word of a case; `zero` is the word for 0.
        public static func words<T: Worded>(_ type: T.Type, zero: String) -> Kind {
            .names([zero] + type.words)
        }

        public var size: Int {
            switch self {
            case .u8, .names: 1
            case .u16, .strategy, .account: 2
            case .u32: 4
            case .u64, .i64, .f64, .price, .quantity, .time, .order, .hex64: 8
            case .money, .measure, .hex128: 16
            }
        }
    }

    public let fields: [Field]
    public let texts: [String]
    /// The end of the fixed part, from the start of the record. Texts begin here.
    public let size: Int

    public init(size: Int, _ fields: [Field], texts: [String] = []) {
        precondition(size % 8 == 0, "a fixed part ends on a word boundary")
        precondition(
            fields.allSatisfy {
                $0.offset >= Record.payloadOffset && $0.offset + $0.kind.size <= size
            },
            "fields lie inside the fixed part")
        self.size = size
        self.fields = fields
        self.texts = texts
    }
}

/// The payload of an event. It encodes and decodes itself.
public protocol Event: Sendable {
    static var type: EventType { get }
    static var version: UInt8 { get }
    static var layout: Layout { get }
    var instrument: InstrumentID { get }
    var texts: [String] { get }
    /// The quantities that determine the power of ten in which the record counts. See
    /// `RecordWriter.shift`.
    var quantities: (Quantity, Quantity) { get }
    func encode(into writer: inout RecordWriter)
    init(_ record: Record) throws(RecordError)
}

extension Event {
    public static var version: UInt8 { 1 }
    public var instrument: InstrumentID { .none }
    public var texts: [String] { [] }
    public var quantities: (Quantity, Quantity) { (.zero, .zero) }
}
