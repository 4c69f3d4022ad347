import LedgerDomain
import LedgerVenues

/// The venue's clock as far as it is known, for all threads that sign.
// Sendable unchecked: the estimator is used only under the lock.
public final class VenueClock: @unchecked Sendable {
    private let lock = GatewayLock()
    private var estimator: ClockEstimator

    public init(_ rules: ClockEstimator.Rules) { estimator = ClockEstimator(rules) }

    public var now: Timestamp { lock.hold { estimator.venueTime(at: MachineTime.now) } }
    public func invalidate() { lock.hold { estimator.invalidate() } }
    public func add(_ samples: [ClockSample]) -> ClockEstimator.Reading? {
        lock.hold { estimator.add(samples, at: MachineTime.now) }
    }
}
