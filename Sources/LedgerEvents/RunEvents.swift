import LedgerDomain

public struct RunStarted: Event, Hashable {
    public static let type = EventType.runStarted
    public static let layout = Layout(size: 24, [], texts: ["mode", "name"])

    public var mode: String
    public var name: String

    public init(mode: String, name: String) {
        self.mode = mode
        self.name = name
    }

    public var texts: [String] { [mode, name] }
    public func encode(into writer: inout RecordWriter) {}

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        let texts = try record.texts(from: 24, count: 2)
        (mode, name) = (texts[0], texts[1])
    }
}

public struct RunEnded: Event, Hashable {
    public static let type = EventType.runEnded
    public static let layout = Layout(size: 32, [.init("inputs", 24, .u64)], texts: ["reason"])

    /// How many inputs the run took.
    public var inputs: UInt64
    public var reason: String

    public init(inputs: UInt64, reason: String) {
        self.inputs = inputs
        self.reason = reason
    }

    public var texts: [String] { [reason] }
    public func encode(into writer: inout RecordWriter) { writer.store(inputs, 24) }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        inputs = record.load(24)
        reason = try record.texts(from: 32, count: 1)[0]
    }
}

public struct RunFailed: Event, Hashable {
    public static let type = EventType.runFailed
    public static let layout = Layout(size: 24, [], texts: ["reason"])

    public var reason: String

    public init(reason: String) { self.reason = reason }

    public var texts: [String] { [reason] }
    public func encode(into writer: inout RecordWriter) {}

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        reason = try record.texts(from: 24, count: 1)[0]
    }
}

/// A digest of the engine's state after its cause: two engines that agree here agree on everything.
public struct StateDigested: Event, Hashable {
    public static let type = EventType.stateDigested
    public static let layout = Layout(size: 32, [.init("digest", 24, .hex64)])

    public var digest: UInt64

    public init(digest: UInt64) { self.digest = digest }

    public func encode(into writer: inout RecordWriter) { writer.store(digest, 24) }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        digest = record.load(24)
    }
}

/// What a person asked for, with name and reason.
public struct OperatorCommanded: Event, Hashable {
    public static let type = EventType.operatorCommanded
    public static let layout = Layout(
        size: 24, [], texts: ["actor", "command", "argument", "reason"])

    public var actor: String
    public var command: String
    public var argument: String
    public var reason: String

    public init(actor: String, command: String, argument: String, reason: String) {
        self.actor = actor
        self.command = command
        self.argument = argument
        self.reason = reason
    }

    public var texts: [String] { [actor, command, argument, reason] }
    public func encode(into writer: inout RecordWriter) {}

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        let texts = try record.texts(from: 24, count: 4)
        (actor, command, argument, reason) = (texts[0], texts[1], texts[2], texts[3])
    }
}
