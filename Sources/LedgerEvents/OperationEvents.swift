import LedgerDomain

/// Something went wrong outside: an input of the gate's counters.
public struct FaultReported: Event, Hashable {
    public static let type = EventType.faultReported
    public static let layout = Layout(
        size: 24, [.init("kind", 20, .names(FaultKind.names))], texts: ["origin", "detail"])

    public var kind: FaultKind
    /// Who reports it: a gateway, a feed, the sequencer.
    public var origin: String
    public var detail: String

    public init(_ kind: FaultKind, origin: String, detail: String) {
        (self.kind, self.origin, self.detail) = (kind, origin, detail)
    }

    public var texts: [String] { [origin, detail] }
    public func encode(into writer: inout RecordWriter) { writer.store(kind.rawValue, 20) }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        kind = try record.value(20)
        let texts = try record.texts(from: 24, count: 2)
        (origin, detail) = (texts[0], texts[1])
    }
}

/// A measured value that a limit watches.
public struct MetricReported: Event, Hashable {
    public static let type = EventType.metricReported
    public static let layout = Layout(
        size: 32, [.init("metric", 20, .names(Metric.names)), .init("value", 24, .price)],
        texts: ["origin"])

    public var metric: Metric
    /// In the metric's unit, to 10^-9.
    public var value: Price
    public var origin: String

    public init(_ metric: Metric, value: Price, origin: String) {
        (self.metric, self.value, self.origin) = (metric, value, origin)
    }

    public var texts: [String] { [origin] }

    public func encode(into writer: inout RecordWriter) {
        writer.store(metric.rawValue, 20)
        writer.price(value, 24)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        metric = try record.value(20)
        value = record.price(24)
        origin = try record.texts(from: 32, count: 1)[0]
    }
}

/// The kill flag's file appeared or is gone (K12).
public struct FlagFileObserved: Event, Hashable {
    public static let type = EventType.flagFileObserved
    public static let layout = Layout(
        size: 24, [.init("file", 20, .names(["absent", "present"]))], texts: ["path"])

    public var isPresent: Bool
    public var path: String

    public init(isPresent: Bool, path: String) { (self.isPresent, self.path) = (isPresent, path) }

    public var texts: [String] { [path] }
    public func encode(into writer: inout RecordWriter) {
        writer.store(UInt8(isPresent ? 1 : 0), 20)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        isPresent = record.load(20, as: UInt8.self) != 0
        path = try record.texts(from: 24, count: 1)[0]
    }
}

/// An instrument's data stopped: its entries wait.
public struct FeedPaused: Event, Hashable {
    public static let type = EventType.feedPaused
    public static let layout = Layout(
        size: 32, [.init("lastSeen", 24, .time)], texts: ["reason"])

    public var instrument: InstrumentID
    public var lastSeen: Timestamp
    public var reason: String

    public init(instrument: InstrumentID, lastSeen: Timestamp, reason: String) {
        (self.instrument, self.lastSeen, self.reason) = (instrument, lastSeen, reason)
    }

    public var texts: [String] { [reason] }
    public func encode(into writer: inout RecordWriter) {
        writer.store(lastSeen.nanoseconds, 24)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        lastSeen = Timestamp(nanoseconds: record.load(24))
        reason = try record.texts(from: 32, count: 1)[0]
    }
}

/// The data of a paused instrument are stable again.
public struct FeedResumed: Event, Hashable {
    public static let type = EventType.feedResumed
    public static let layout = Layout(size: 32, [.init("pausedAt", 24, .time)])

    public var instrument: InstrumentID
    public var pausedAt: Timestamp

    public init(instrument: InstrumentID, pausedAt: Timestamp) {
        (self.instrument, self.pausedAt) = (instrument, pausedAt)
    }

    public func encode(into writer: inout RecordWriter) {
        writer.store(pausedAt.nanoseconds, 24)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        pausedAt = Timestamp(nanoseconds: record.load(24))
    }
}

/// Data are missing between two times.
public struct GapDetected: Event, Hashable {
    public static let type = EventType.gapDetected
    public static let layout = Layout(
        size: 40,
        [.init("sessions", 20, .u32), .init("from", 24, .time), .init("to", 32, .time)])

    public var instrument: InstrumentID
    /// Whole sessions without data; 0 for a gap within one.
    public var sessions: UInt32
    /// The last data before the gap and the first after it.
    public var from: Timestamp
    public var to: Timestamp

    public init(instrument: InstrumentID, sessions: UInt32, from: Timestamp, to: Timestamp) {
        (self.instrument, self.sessions, self.from, self.to) = (instrument, sessions, from, to)
    }

    public func encode(into writer: inout RecordWriter) {
        writer.store(sessions, 20)
        writer.store(from.nanoseconds, 24)
        writer.store(to.nanoseconds, 32)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        sessions = record.load(20)
        from = Timestamp(nanoseconds: record.load(24))
        to = Timestamp(nanoseconds: record.load(32))
    }
}
