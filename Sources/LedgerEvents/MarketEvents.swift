import LedgerDomain

/// One bar of trades. Its event time is its end: the moment from which a decision may know it.
public struct Bar: Event, Hashable {
    public static let type = EventType.bar
    public static let layout = Layout(
        size: 64,
        [
            .init("interval", 20, .u32), .init("open", 24, .price), .init("high", 32, .price),
            .init("low", 40, .price), .init("close", 48, .price), .init("volume", 56, .quantity),
        ])

    public var instrument: InstrumentID
    /// Nominal length in seconds.
    public var interval: UInt32
    public var open: Price
    public var high: Price
    public var low: Price
    public var close: Price
    public var volume: Quantity

    public init(
        instrument: InstrumentID, interval: UInt32, open: Price, high: Price, low: Price,
        close: Price, volume: Quantity
    ) {
        self.instrument = instrument
        self.interval = interval
        self.open = open
        self.high = high
        self.low = low
        self.close = close
        self.volume = volume
    }

    public var quantities: (Quantity, Quantity) { (volume, .zero) }

    public func encode(into writer: inout RecordWriter) {
        writer.store(interval, 20)
        writer.price(open, 24)
        writer.price(high, 32)
        writer.price(low, 40)
        writer.price(close, 48)
        writer.quantity(volume, 56)
    }

    @inlinable @inline(__always)
    public init(_ record: Record) throws(RecordError) {
        try record.expect(version: 1, size: 64)
        instrument = record.instrument
        interval = record.load(20)
        open = record.price(24)
        high = record.price(32)
        low = record.price(40)
        close = record.price(48)
        volume = record.quantity(56)
    }
}

/// The best bid and ask; a price of 0 means that this side has no quote.
public struct Quote: Event, Hashable {
    public static let type = EventType.quote
    public static let layout = Layout(
        size: 56,
        [
            .init("bid", 24, .price), .init("ask", 32, .price), .init("bidSize", 40, .quantity),
            .init("askSize", 48, .quantity),
        ])

    public var instrument: InstrumentID
    public var bid: Price
    public var ask: Price
    public var bidSize: Quantity
    public var askSize: Quantity

    public init(
        instrument: InstrumentID, bid: Price, ask: Price, bidSize: Quantity, askSize: Quantity
    ) {
        self.instrument = instrument
        self.bid = bid
        self.ask = ask
        self.bidSize = bidSize
        self.askSize = askSize
    }

    public var quantities: (Quantity, Quantity) { (bidSize, askSize) }

    /// (bid + ask) / 2 rounded down to 10^-9; the one side that is quoted; nil when none is.
    public var mid: Price? {
        switch (bid.raw > 0, ask.raw > 0) {
        case (true, true): Price(raw: Int64((Int128(bid.raw) + Int128(ask.raw)) >> 1))
        case (true, false): bid
        case (false, true): ask
        case (false, false): nil
        }
    }

    public func encode(into writer: inout RecordWriter) {
        writer.price(bid, 24)
        writer.price(ask, 32)
        writer.quantity(bidSize, 40)
        writer.quantity(askSize, 48)
    }

    @inlinable @inline(__always)
    public init(_ record: Record) throws(RecordError) {
        try record.expect(version: 1, size: 56)
        instrument = record.instrument
        bid = record.price(24)
        ask = record.price(32)
        bidSize = record.quantity(40)
        askSize = record.quantity(48)
    }
}

/// One trade of the market, not ours.
public struct Trade: Event, Hashable {
    public static let type = EventType.trade
    public static let layout = Layout(
        size: 48,
        [
            .init("aggressor", 20, .names(["unknown", "buy", "sell"])),
            .init("price", 24, .price), .init("size", 32, .quantity), .init("tradeId", 40, .u64),
        ])

    public var instrument: InstrumentID
    /// Who crossed the spread; nil where the feed does not say.
    public var aggressor: Side?
    public var price: Price
    public var size: Quantity
    public var tradeId: UInt64

    public init(
        instrument: InstrumentID, aggressor: Side?, price: Price, size: Quantity, tradeId: UInt64
    ) {
        self.instrument = instrument
        self.aggressor = aggressor
        self.price = price
        self.size = size
        self.tradeId = tradeId
    }

    public var quantities: (Quantity, Quantity) { (size, .zero) }

    public func encode(into writer: inout RecordWriter) {
        writer.store(aggressor?.rawValue ?? 0, 20)
        writer.price(price, 24)
        writer.quantity(size, 32)
        writer.store(tradeId, 40)
    }

    @inlinable @inline(__always)
    public init(_ record: Record) throws(RecordError) {
        try record.expect(version: 1, size: 48)
        instrument = record.instrument
        aggressor = Side(rawValue: record.load(20))
        price = record.price(24)
        size = record.quantity(32)
        tradeId = record.load(40)
    }
}

/// A model's forecast, recorded as a fact so that a replay needs no model.
public struct PredictionRecorded: Event, Hashable {
    public static let type = EventType.predictionRecorded
    public static let layout = Layout(
        size: 48,
        [.init("predicted", 24, .price), .init("error", 32, .price), .init("horizon", 40, .i64)])

    public var instrument: InstrumentID
    public var predicted: Price
    /// One standard deviation of the forecast's error, as a price distance.
    public var error: Price
    /// How far ahead the forecast looks; 0 where it is not said.
    public var horizon: Nanoseconds

    public init(
        instrument: InstrumentID, predicted: Price, error: Price, horizon: Nanoseconds
    ) {
        self.instrument = instrument
        self.predicted = predicted
        self.error = error
        self.horizon = horizon
    }

    public func encode(into writer: inout RecordWriter) {
        writer.price(predicted, 24)
        writer.price(error, 32)
        writer.store(horizon.count, 40)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        predicted = record.price(24)
        error = record.price(32)
        horizon = Nanoseconds(record.load(40))
    }
}

/// A dividend of `perUnit` for every unit held at its event time.
public struct DividendDeclared: Event, Hashable {
    public static let type = EventType.dividendDeclared
    public static let layout = Layout(size: 32, [.init("perUnit", 24, .price)])

    public var instrument: InstrumentID
    public var perUnit: Price

    public init(instrument: InstrumentID, perUnit: Price) {
        self.instrument = instrument
        self.perUnit = perUnit
    }

    public func encode(into writer: inout RecordWriter) { writer.price(perUnit, 24) }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        perUnit = record.price(24)
    }
}

/// Every `denominator` units become `numerator`: 7 for 1. Positions, working orders and marks follow.
public struct SplitApplied: Event, Hashable {
    public static let type = EventType.splitApplied
    public static let layout = Layout(
        size: 40, [.init("numerator", 24, .i64), .init("denominator", 32, .i64)])

    public var instrument: InstrumentID
    public var numerator: Int64
    public var denominator: Int64

    public init(instrument: InstrumentID, numerator: Int64, denominator: Int64) {
        self.instrument = instrument
        self.numerator = numerator
        self.denominator = denominator
    }

    public func encode(into writer: inout RecordWriter) {
        writer.store(numerator, 24)
        writer.store(denominator, 32)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        numerator = record.load(24)
        denominator = record.load(32)
    }
}

/// A tick of the sequencer's clock: how time passes when no market data arrives.
public struct ClockTicked: Event, Hashable {
    public static let type = EventType.clockTicked
    public static let layout = Layout(size: 24, [])

    public init() {}
    public func encode(into writer: inout RecordWriter) {}
    public init(_ record: Record) throws(RecordError) { try record.expect(Self.self) }
}

/// An instrument's exchange opened, or every exchange where no instrument is named.
public struct SessionOpened: Event, Hashable {
    public static let type = EventType.sessionOpened
    public static let layout = Layout(size: 24, [])

    public var instrument: InstrumentID

    public init(instrument: InstrumentID) { self.instrument = instrument }
    public func encode(into writer: inout RecordWriter) {}
    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
    }
}

/// An instrument's exchange closed, or every exchange: day orders expire.
public struct SessionClosed: Event, Hashable {
    public static let type = EventType.sessionClosed
    public static let layout = Layout(size: 24, [])

    public var instrument: InstrumentID

    public init(instrument: InstrumentID) { self.instrument = instrument }
    public func encode(into writer: inout RecordWriter) {}
    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
    }
}
