import LedgerEvents
import LedgerVenues

/// Reports when a stream comes up and goes down, once each, and how long it was down.
///
/// Used only on the stream's event loop.
// Sendable unchecked: every field is used on one event loop.
public final class LinkReporter: @unchecked Sendable {
    private let link: VenueLink
    private let name: String
    private let report: @Sendable (GatewayReport) -> Void
    private var isUp: Bool?
    private var lostAt: Int64 = 0

    public init(
        _ link: VenueLink, _ name: String, _ report: @escaping @Sendable (GatewayReport) -> Void
    ) {
        (self.link, self.name, self.report) = (link, name, report)
    }

    public func up() {
        guard isUp != true else { return }
        let gap =
            isUp == nil ? "" : "after a gap of \((MachineTime.steady - lostAt) / 1_000_000) ms"
        isUp = true
        report(.link(link, isUp: true, gap))
    }

    /// Each failure is counted; the link goes down once.
    public func down(_ reason: String) {
        report(.fault(.unreachable(reason), name))
        guard isUp != false else { return }
        (isUp, lostAt) = (false, MachineTime.steady)
        report(.link(link, isUp: false, reason))
    }
}
