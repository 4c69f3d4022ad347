import LedgerDomain

/// The rules by which a venue takes orders in an instrument. 0 is no rule.
public struct VenueFiltersLoaded: Event, Hashable {
    public static let type = EventType.venueFiltersLoaded
    public static let layout = Layout(
        size: 168,
        [
            .init("averageMinutes", 20, .u16), .init("flags", 22, .u16),
            .init("minimumPrice", 24, .price), .init("maximumPrice", 32, .price),
            .init("tick", 40, .price), .init("minimumQuantity", 48, .quantity),
            .init("maximumQuantity", 56, .quantity), .init("lot", 64, .quantity),
            .init("marketMinimumQuantity", 72, .quantity),
            .init("marketMaximumQuantity", 80, .quantity), .init("marketLot", 88, .quantity),
            .init("minimumNotional", 96, .money), .init("maximumNotional", 112, .money),
            .init("bidMultiplierDown", 128, .price), .init("bidMultiplierUp", 136, .price),
            .init("askMultiplierDown", 144, .price), .init("askMultiplierUp", 152, .price),
            .init("maximumOrders", 160, .u32), .init("maximumStops", 164, .u32),
        ], texts: ["origin"])

    /// Bits of `flags`.
    public static let minimumNotionalAppliesToMarket: UInt16 = 1
    public static let maximumNotionalAppliesToMarket: UInt16 = 2
    /// Prices below 1 are multiples of a hundredth of the tick.
    public static let finerTickBelowOne: UInt16 = 4

    public var instrument: InstrumentID
    /// Over which the price that market orders are valued at is averaged; 0 is the last price.
    public var averageMinutes: UInt16 = 0
    public var flags: UInt16 = 0
    public var minimumPrice = Price.zero
    public var maximumPrice = Price.zero
    public var tick = Price.zero
    public var minimumQuantity = Quantity.zero
    public var maximumQuantity = Quantity.zero
    public var lot = Quantity.zero
    public var marketMinimumQuantity = Quantity.zero
    public var marketMaximumQuantity = Quantity.zero
    public var marketLot = Quantity.zero
    public var minimumNotional = Money.zero
    public var maximumNotional = Money.zero
    /// A buy's price must lie between these multiples of the average price, a sell's between the
    /// other two.
    public var bidMultiplierDown = Price.zero
    public var bidMultiplierUp = Price.zero
    public var askMultiplierDown = Price.zero
    public var askMultiplierUp = Price.zero
    public var maximumOrders: UInt32 = 0
    public var maximumStops: UInt32 = 0
    /// The file and its date.
    public var origin: String

    public init(instrument: InstrumentID, origin: String) {
        (self.instrument, self.origin) = (instrument, origin)
    }

    public var texts: [String] { [origin] }
    public var quantities: (Quantity, Quantity) { (maximumQuantity, marketMaximumQuantity) }

    public func encode(into writer: inout RecordWriter) {
        writer.store(averageMinutes, 20)
        writer.store(flags, 22)
        writer.price(minimumPrice, 24)
        writer.price(maximumPrice, 32)
        writer.price(tick, 40)
        writer.quantity(minimumQuantity, 48)
        writer.quantity(maximumQuantity, 56)
        writer.quantity(lot, 64)
        writer.quantity(marketMinimumQuantity, 72)
        writer.quantity(marketMaximumQuantity, 80)
        writer.quantity(marketLot, 88)
        writer.money(minimumNotional, 96)
        writer.money(maximumNotional, 112)
        writer.price(bidMultiplierDown, 128)
        writer.price(bidMultiplierUp, 136)
        writer.price(askMultiplierDown, 144)
        writer.price(askMultiplierUp, 152)
        writer.store(maximumOrders, 160)
        writer.store(maximumStops, 164)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        averageMinutes = record.load(20)
        flags = record.load(22)
        minimumPrice = record.price(24)
        maximumPrice = record.price(32)
        tick = record.price(40)
        minimumQuantity = record.quantity(48)
        maximumQuantity = record.quantity(56)
        lot = record.quantity(64)
        marketMinimumQuantity = record.quantity(72)
        marketMaximumQuantity = record.quantity(80)
        marketLot = record.quantity(88)
        minimumNotional = record.money(96)
        maximumNotional = record.money(112)
        bidMultiplierDown = record.price(128)
        bidMultiplierUp = record.price(136)
        askMultiplierDown = record.price(144)
        askMultiplierUp = record.price(152)
        maximumOrders = record.load(160)
        maximumStops = record.load(164)
        origin = try record.texts(from: 168, count: 1)[0]
    }
}
