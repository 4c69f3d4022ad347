import LedgerEvents
import LedgerVenues

/// Reports when a stream comes up and goes down, once each, and how long it was down.
///
/// An outage is one fault, however often the stream is tried meanwhile: the attempts are how an outage
/// ends, not new faults. A stream that came up and is lost again is a new outage.
///
/// Used only on the stream's event loop.
// Sendable unchecked: every field is used on one event loop.
public final class LinkReporter: @unchecked Sendable {
    private let link: VenueLink
    private let name: String
    private let report: @Sendable (GatewayReport) -> Void
    private var isUp: Bool?
    private var lostAt: Int64 = 0
    // Of this outage.
    private var attempts = 0
    private var hasNoted = false

    public init(
        _ link: VenueLink, _ name: String, _ report: @escaping @Sendable (GatewayReport) -> Void
    ) {
        (self.link, self.name, self.report) = (link, name, report)
    }

    public func up() {
        guard isUp != true else { return }
        let length = (MachineTime.steady - lostAt) / 1_000_000
        // The last attempt is the one that succeeds.
        let tries = attempts == 0 ? "" : ", at attempt \(attempts + 1)"
        let gap = isUp == nil ? "" : "after a gap of \(length) ms\(tries)"
        (isUp, attempts) = (true, 0)
        report(.link(link, isUp: true, gap))
    }

    public func down(_ reason: String) {
        guard isUp != false else {
            attempts += 1
            return
        }
        (isUp, lostAt) = (false, MachineTime.steady)
        (attempts, hasNoted) = (0, false)
        report(.fault(.unreachable(reason), name))
        report(.link(link, isUp: false, reason))
    }

    /// Reports what the stream brought. During an outage only the first is reported, because each
    /// attempt may meet the same.
    public func note(_ fault: VenueFault) {
        if isUp == false {
            guard !hasNoted else { return }
            hasNoted = true
        }
        report(.fault(fault, name))
    }
}
