import LedgerDomain

package struct RunStarted: Event, Hashable {
    package static let type = EventType.runStarted
    package static let layout = Layout(size: 24, [], texts: ["mode", "name"])

    package var mode: String
    package var name: String

    package init(mode: String, name: String) {
        self.mode = mode
        self.name = name
    }

    package var texts: [String] { [mode, name] }
    package func encode(into writer: inout RecordWriter) {}

    package init(_ record: Record) throws(RecordError) {
        try record.expect(Self.layout)
        let texts = try record.texts(from: 24, count: 2)
        (mode, name) = (texts[0], texts[1])
    }
}

package struct RunEnded: Event, Hashable {
    package static let type = EventType.runEnded
    package static let layout = Layout(size: 32, [.init("inputs", 24, .u64)], texts: ["reason"])

    /// How many inputs the run took.
    package var inputs: UInt64
    package var reason: String

    package init(inputs: UInt64, reason: String) {
        self.inputs = inputs
        self.reason = reason
    }

    package var texts: [String] { [reason] }
    package func encode(into writer: inout RecordWriter) { writer.store(inputs, 24) }

    package init(_ record: Record) throws(RecordError) {
        try record.expect(Self.layout)
        inputs = record.load(24)
        reason = try record.texts(from: 32, count: 1)[0]
    }
}

package struct RunFailed: Event, Hashable {
    package static let type = EventType.runFailed
    package static let layout = Layout(size: 24, [], texts: ["reason"])

    package var reason: String

    package init(reason: String) { self.reason = reason }

    package var texts: [String] { [reason] }
    package func encode(into writer: inout RecordWriter) {}

    package init(_ record: Record) throws(RecordError) {
        try record.expect(Self.layout)
        reason = try record.texts(from: 24, count: 1)[0]
    }
}

/// A digest of the engine's state after its cause: two engines that agree here agree on everything.
package struct StateDigested: Event, Hashable {
    package static let type = EventType.stateDigested
    package static let layout = Layout(size: 32, [.init("digest", 24, .hex64)])

    package var digest: UInt64

    package init(digest: UInt64) { self.digest = digest }

    package func encode(into writer: inout RecordWriter) { writer.store(digest, 24) }

    package init(_ record: Record) throws(RecordError) {
        try record.expect(Self.layout)
        digest = record.load(24)
    }
}

/// What a person asked for, with name and reason.
package struct OperatorCommanded: Event, Hashable {
    package static let type = EventType.operatorCommanded
    package static let layout = Layout(
        size: 24, [], texts: ["actor", "command", "argument", "reason"])

    package var actor: String
    package var command: String
    package var argument: String
    package var reason: String

    package init(actor: String, command: String, argument: String, reason: String) {
        self.actor = actor
        self.command = command
        self.argument = argument
        self.reason = reason
    }

    package var texts: [String] { [actor, command, argument, reason] }
    package func encode(into writer: inout RecordWriter) {}

    package init(_ record: Record) throws(RecordError) {
        try record.expect(Self.layout)
        let texts = try record.texts(from: 24, count: 4)
        (actor, command, argument, reason) = (texts[0], texts[1], texts[2], texts[3])
    }
}
