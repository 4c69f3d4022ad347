import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSettings
import LedgerSimulation

/// An account's state as bytes, without what the accounts of a journal share.
extension AccountEngine {
    func encode(into writer: inout StateWriter) {
        desk.register.encode(into: &writer)
        desk.venue.encode(into: &writer)
        safeguards.gate.encode(into: &writer)
        safeguards.stop.encode(into: &writer)
        snapshots.encode(into: &writer)
        safeguards.history.encode(into: &writer)
        safeguards.monitors.encode(into: &writer, rulesVersion)
        for slot in desk.slots { slot.encode(into: &writer) }
        desk.remote.encode(into: &writer)
        if desk.isRemote { desk.remote.encodeTimes(into: &writer, rulesVersion) }
        desk.filters.encode(into: &writer)
        // Digests journaled by older programs do not cover this.
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
        history.encode(into: &writer, rulesVersion)
        guard hasAlerts else { return }
        safeguards.alerts.encode(into: &writer)
        if hasHealth { safeguards.health.encode(into: &writer) }
    }

    /// Takes up the rest of a saved state, after the settings and the shared books.
    mutating func restore(from reader: inout StateReader) throws(StateError) {
        desk.follow(rulesVersion)
        try desk.restoreOrders(from: &reader)
        try safeguards.restoreGate(from: &reader)
        snapshots = try VenueSnapshotCollector(from: &reader)
        try safeguards.restoreMemory(from: &reader, rulesVersion)
        try desk.restoreStrategies(from: &reader, rulesVersion)
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
        if !reader.isAtEnd { history = try RecalledHistory(from: &reader, rulesVersion) }
        if !reader.isAtEnd { safeguards.alerts = try AlertWatch(from: &reader) }
        if !reader.isAtEnd { safeguards.health = try HealthWatch(from: &reader) }
        keepDays()
        guard reader.isAtEnd else { throw StateError("the saved state has trailing bytes") }
    }
}
