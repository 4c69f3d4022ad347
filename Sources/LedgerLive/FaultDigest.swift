import LedgerEvents
import LedgerVenues

/// Limits faults on their way to the journal: the first in each second is recorded in full, the
/// rest are counted, so that a venue that sends garbage cannot fill the disk.
struct FaultDigest {
    private struct Entry {
        var kind: FaultKind
        /// What is journaled: any fault of a web socket is one of its kind.
        var reported: FaultKind
        var origin: String
        var first: String
        var count: UInt64
        var since: Int64
    }

    private var entries: [Entry] = []

    /// - Parameter isOfSocket: whether a web socket failed rather than a request.
    /// - Returns: what to journal now; nil within a second of the previous one.
    mutating func count(
        _ fault: VenueFault, _ origin: String, isOfSocket: Bool = false, at steady: Int64
    ) -> FaultReported? {
        let (kind, text) = Self.described(fault)
        let reported = isOfSocket && kind != .authentication ? .websocket : kind
        if let place = entries.firstIndex(where: { $0.kind == kind && $0.origin == origin }) {
            if entries[place].count == 0 { entries[place].first = text }
            entries[place].count += 1
            return nil
        }
        entries.append(
            Entry(
                kind: kind, reported: reported, origin: origin, first: "", count: 0, since: steady))
        return FaultReported(reported, origin: origin, detail: text)
    }

    /// The counts of seconds that have passed.
    mutating func due(at steady: Int64) -> [FaultReported] {
        let over = entries.filter { steady - $0.since >= 1_000_000_000 }
        entries.removeAll { steady - $0.since >= 1_000_000_000 }
        return over.filter { $0.count > 0 }.map {
            FaultReported(
                $0.reported, origin: $0.origin,
                detail: "\($0.count) more in a second, first: \($0.first)")
        }
    }

    private static func described(_ fault: VenueFault) -> (FaultKind, String) {
        switch fault {
        case .authentication(let text): (.authentication, text)
        case .refused(let code, let text): (.rest, "refused \(code): \(text)")
        case .rateLimited(let wait, let text):
            (.rest, "rate limit, \(wait.count / 1_000_000) ms: \(text)")
        case .timestamp(let text): (.rest, "time stamp refused: \(text)")
        case .unknownOutcome(let text): (.rest, "outcome not known: \(text)")
        case .unreachable(let text): (.venueUnreachable, text)
        case .closed(let text): (.venueUnreachable, "closed: \(text)")
        case .malformed(let text): (.rest, "cannot be read: \(text)")
        }
    }
}
