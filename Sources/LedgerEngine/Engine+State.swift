import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSettings
import LedgerSimulation

/// The engine's state as bytes.
extension Engine {
    /// A digest of the whole state: equal in two engines that took the same inputs.
    public var digest: UInt64 {
        var writer = StateWriter()
        // Digests that rules 1 journaled are of the rest alone.
        if rulesVersion > .first { rulesVersion.encode(into: &writer) }
        encodeBody(into: &writer)
        return writer.digest
    }

    public func encode(into writer: inout StateWriter) {
        rulesVersion.encode(into: &writer)
        encodeBody(into: &writer)
    }

    private func encodeBody(into writer: inout StateWriter) {
        writer.write(settings.text)
        names.encode(into: &writer)
        writer.write(inputs)
        writer.write(nextDigest)
        writer.write(lastTime)
        profit.encodeBody(into: &writer)
        desk.register.encode(into: &writer)
        desk.venue.encode(into: &writer)
        safeguards.gate.encode(into: &writer)
        safeguards.stop.encode(into: &writer)
        snapshots.encode(into: &writer)
        safeguards.history.encode(into: &writer)
        safeguards.monitors.encode(into: &writer)
        for slot in desk.slots { slot.encode(into: &writer) }
        desk.remote.encode(into: &writer)
        if desk.isRemote { desk.remote.encodeTimes(into: &writer, rulesVersion) }
        desk.filters.encode(into: &writer)
        // Digests that older programs journaled have none of this.
        let hasHealth = !safeguards.health.isEmpty
        let hasAlerts = !safeguards.alerts.isEmpty || hasHealth
        let hasHistory = !history.isEmpty || hasAlerts
        let hasRepeats = !desk.repeated.isEmpty || hasHistory
        let hasTail = !desk.deferred.isEmpty || !activities.isEmpty || hasRepeats
        guard !holdings.isEmpty || !unread.items.isEmpty || hasTail else { return }
        holdings.encode(into: &writer)
        unread.encode(into: &writer)
        guard hasTail else { return }
        desk.deferred.encode(into: &writer)
        guard !activities.isEmpty || hasRepeats else { return }
        activities.encode(into: &writer)
        guard hasRepeats else { return }
        desk.repeated.encode(into: &writer)
        guard hasHistory else { return }
        history.encode(into: &writer)
        guard hasAlerts else { return }
        safeguards.alerts.encode(into: &writer)
        if hasHealth { safeguards.health.encode(into: &writer) }
    }

    /// A saved state in the present form; nil for another version's that cannot be brought into it.
    public static func present(_ bytes: [UInt8], version: UInt32) -> [UInt8]? {
        switch version {
        case Self.version: bytes
        // It knew no rules but the first.
        case 6: RulesVersion.first.before(bytes)
        default: nil
        }
    }

    /// Takes up a saved state.
    ///
    /// - Throws: `StateError` when the bytes are another version's or damaged; fold the journal instead.
    public init(
        restoring bytes: [UInt8], strategies catalog: StrategyCatalog = .shipped
    ) throws(StateError) {
        self.catalog = catalog
        var reader = StateReader(bytes)
        let rules = try RulesVersion(from: &reader)
        let text: String = try reader.read()
        try accounts.restoreNames(from: &reader)
        if !text.isEmpty {
            do { try adopt(Settings(text: text)) } catch { throw StateError("\(error)") }
        }
        inputs = try reader.read()
        nextDigest = try reader.read()
        lastTime = try reader.read()
        try accounts.restoreBooks(from: &reader, rules)
        desk.follow(rules)
        try desk.restoreOrders(from: &reader)
        try safeguards.restoreGate(from: &reader)
        snapshots = try VenueSnapshotCollector(from: &reader)
        try safeguards.restoreMemory(from: &reader)
        try desk.restoreStrategies(from: &reader, rules)
        for slot in desk.slots
        where slot.instrument != .none && names[slot.instrument]?.symbol != slot.symbol
            || Int(slot.instrument.number) > NameBook.highest
        { throw StateError("a saved strategy trades unknown instrument \(slot.instrument.number)") }
        desk.listen()
        if !reader.isAtEnd {
            holdings = try ForeignHoldings(from: &reader)
            unread = try UnreadItems(from: &reader)
            if !reader.isAtEnd { desk.deferred = try DeferredOrders(from: &reader) }
        }
        if !reader.isAtEnd { activities = try AccountActivities(from: &reader) }
        if !reader.isAtEnd { desk.repeated = try RepeatedRefusals(from: &reader) }
        if !reader.isAtEnd { history = try RecalledHistory(from: &reader) }
        if !reader.isAtEnd { safeguards.alerts = try AlertWatch(from: &reader) }
        if !reader.isAtEnd { safeguards.health = try HealthWatch(from: &reader) }
        guard inputs < .max / 2 else {
            throw StateError("the saved state has an invalid number of inputs: \(inputs)")
        }
        guard reader.isAtEnd else { throw StateError("the saved state has trailing bytes") }
    }
}
