import LedgerDomain
import LedgerVenues

/// The venue's clock as far as it is known, for every thread that signs.
// Sendable unchecked: the estimator is touched under the lock alone.
final class VenueClock: @unchecked Sendable {
    private let lock = GatewayLock()
    private var estimator: ClockEstimator

    init(_ rules: ClockEstimator.Rules) { estimator = ClockEstimator(rules) }

    var now: Timestamp { lock.hold { estimator.venueTime(at: MachineTime.now) } }
    func invalidate() { lock.hold { estimator.invalidate() } }
    func take(_ samples: [ClockSample]) -> ClockEstimator.Reading? {
        lock.hold { estimator.take(samples, at: MachineTime.now) }
    }
}
