import LedgerDomain

/// What a venue says of an order: by its stream, in an answer, or when it is asked.
public enum VenueStatus: UInt8, Sendable, CaseIterable {
    /// The venue has it and has not yet put it into its book.
    case pending = 1
    case accepted = 2
    case partiallyFilled = 3
    case filled = 4
    case cancelled = 5
    case expired = 6
    case rejected = 7
    /// Another order stands in its place.
    case replaced = 8
    case cancelRefused = 9
    case replaceRefused = 10
    /// The venue has no such order, and none can arrive any more.
    case unknown = 11

    /// Whether nothing more can fill at the venue.
    public var isEnd: Bool {
        switch self {
        case .filled, .cancelled, .expired, .rejected, .unknown: true
        default: false
        }
    }
}

public struct VenueStatusReported: Event, Hashable {
    public static let type = EventType.venueStatusReported
    public static let layout = Layout(
        size: 48,
        [
            .init("status", 20, .names(VenueStatus.names)), .init("generation", 22, .u16),
            .init("order", 24, .order), .init("quantity", 32, .quantity),
            .init("filled", 40, .quantity),
        ], texts: ["clientOrder", "venueOrder", "reason"])

    public var instrument: InstrumentID
    public var status: VenueStatus
    /// Which replacement of the order it speaks of; 0 for the first.
    public var generation: UInt16
    /// None where it is not one of ours.
    public var order: OrderID
    /// As the venue has them, in all; 0 where it does not say.
    public var quantity: Quantity
    public var filled: Quantity
    public var clientOrder: String
    public var venueOrder: String
    public var reason: String

    public init(
        instrument: InstrumentID, status: VenueStatus, generation: UInt16 = 0, order: OrderID,
        quantity: Quantity = .zero, filled: Quantity = .zero, clientOrder: String,
        venueOrder: String = "", reason: String = ""
    ) {
        (self.instrument, self.status, self.generation) = (instrument, status, generation)
        (self.order, self.quantity, self.filled) = (order, quantity, filled)
        (self.clientOrder, self.venueOrder, self.reason) = (clientOrder, venueOrder, reason)
    }

    public var texts: [String] { [clientOrder, venueOrder, reason] }
    public var quantities: (Quantity, Quantity) { (quantity, filled) }

    public func encode(into writer: inout RecordWriter) {
        writer.store(status.rawValue, 20)
        writer.store(generation, 22)
        writer.order(order, 24)
        writer.quantity(quantity, 32)
        writer.quantity(filled, 40)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        status = try record.value(20)
        generation = record.load(22)
        order = OrderID(record.load(24))
        quantity = record.quantity(32)
        filled = record.quantity(40)
        let texts = try record.texts(from: 48, count: 3)
        (clientOrder, venueOrder, reason) = (texts[0], texts[1], texts[2])
    }
}

/// The venue filled something of the account's. Its execution id is kept once.
public struct VenueFillReported: Event, Hashable {
    public static let type = EventType.venueFillReported
    public static let layout = Layout(
        size: 72,
        [
            .init("side", 20, .names(["none", "buy", "sell"])),
            .init("liquidity", 21, .names(["none", "maker", "taker"])),
            .init("generation", 22, .u16), .init("order", 24, .order), .init("price", 32, .price),
            .init("quantity", 40, .quantity), .init("fee", 48, .money),
            .init("cumulative", 64, .quantity),
        ], texts: ["clientOrder", "venueOrder", "venueExecution", "feeAsset"])

    public var instrument: InstrumentID
    public var side: Side
    public var liquidity: OrderFilled.Liquidity
    public var generation: UInt16
    /// None where it is not one of ours.
    public var order: OrderID
    public var price: Price
    /// Positive.
    public var quantity: Quantity
    /// In `feeAsset`; positive is paid.
    public var fee: Money
    /// What of the order has filled with this; 0 where the venue does not say.
    public var cumulative: Quantity
    public var clientOrder: String
    public var venueOrder: String
    public var execution: String
    public var feeAsset: String

    public init(
        instrument: InstrumentID, side: Side, liquidity: OrderFilled.Liquidity,
        generation: UInt16 = 0, order: OrderID, price: Price, quantity: Quantity, fee: Money,
        cumulative: Quantity, clientOrder: String, venueOrder: String, execution: String,
        feeAsset: String
    ) {
        (self.instrument, self.side, self.liquidity) = (instrument, side, liquidity)
        (self.generation, self.order, self.price) = (generation, order, price)
        (self.quantity, self.fee, self.cumulative) = (quantity, fee, cumulative)
        (self.clientOrder, self.venueOrder) = (clientOrder, venueOrder)
        (self.execution, self.feeAsset) = (execution, feeAsset)
    }

    public var texts: [String] { [clientOrder, venueOrder, execution, feeAsset] }
    public var quantities: (Quantity, Quantity) { (quantity, cumulative) }

    public func encode(into writer: inout RecordWriter) {
        writer.store(side.rawValue, 20)
        writer.store(liquidity.rawValue, 21)
        writer.store(generation, 22)
        writer.order(order, 24)
        writer.price(price, 32)
        writer.quantity(quantity, 40)
        writer.money(fee, 48)
        writer.quantity(cumulative, 64)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        side = try record.value(20)
        liquidity = try record.value(21)
        generation = record.load(22)
        order = OrderID(record.load(24))
        price = record.price(32)
        quantity = record.quantity(40)
        fee = record.money(48)
        cumulative = record.quantity(64)
        let texts = try record.texts(from: 72, count: 4)
        (clientOrder, venueOrder) = (texts[0], texts[1])
        (execution, feeAsset) = (texts[2], texts[3])
    }
}

public enum VenueLink: UInt8, Sendable, CaseIterable {
    /// The stream of order reports.
    case orders = 1
    case marketData = 2
    case requests = 3
}

/// A connection to the venue came up or went down.
public struct LinkChanged: Event, Hashable {
    public static let type = EventType.linkChanged
    public static let layout = Layout(
        size: 24,
        [
            .init("link", 20, .names(VenueLink.names)), .init("state", 21, .names(["down", "up"])),
        ], texts: ["venue", "reason"])

    public var link: VenueLink
    public var isUp: Bool
    public var venue: String
    public var reason: String

    public init(_ link: VenueLink, isUp: Bool, venue: String, reason: String) {
        (self.link, self.isUp, self.venue, self.reason) = (link, isUp, venue, reason)
    }

    public var texts: [String] { [venue, reason] }

    public func encode(into writer: inout RecordWriter) {
        writer.store(link.rawValue, 20)
        writer.store(UInt8(isUp ? 1 : 0), 21)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        link = try record.value(20)
        isUp = record.load(21, as: UInt8.self) != 0
        let texts = try record.texts(from: 24, count: 2)
        (venue, reason) = (texts[0], texts[1])
    }
}
