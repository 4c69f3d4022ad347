import LedgerDomain
import LedgerEvents
import LedgerJournal

/// The links to the venue as the last run reported them.
public struct LinkBook: Sendable {
    public struct Link: Hashable, Sendable {
        public var link: VenueLink
        public var isUp: Bool
        public var since: Timestamp
        public var reason: String
    }

    /// By link.
    public private(set) var links: [Link] = []

    /// - Parameter through: the last event that counts.
    public init(of journal: any Journal, through: SequenceNumber) throws {
        guard through != .none else { return }
        let types: [EventType] = [.runStarted, .linkChanged]
        try journal.forEachRecord(
            from: journal.beginning, through: through, filter: EventFilter(types)
        ) { record in
            if record.type == .linkChanged {
                change(try LinkChanged(record), at: record.time)
            } else {
                links = []
            }
            return true
        }
    }

    private mutating func change(_ event: LinkChanged, at time: Timestamp) {
        links.removeAll { $0.link == event.link }
        links.append(
            Link(link: event.link, isUp: event.isUp, since: time, reason: event.reason))
        links.sort { $0.link.rawValue < $1.link.rawValue }
    }
}
