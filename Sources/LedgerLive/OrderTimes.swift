import Synchronization

/// How long an order takes from the commit of its intent until its request is about to be written.
public final class OrderTimes: Sendable {
    private struct State {
        var committed: [String: Int64] = [:]
        var histogram = LatencyHistogram()
    }

    private let state = Mutex(State())

    public init() {}

    /// - Parameter steady: on the clock that only goes forward.
    func committed(_ clientOrder: String, at steady: Int64) {
        state.withLock { state in
            // Drop what was never written, so that it does not accumulate.
            if state.committed.count > 10_000 { state.committed.removeAll() }
            state.committed[clientOrder] = steady
        }
    }

    public func written(_ clientOrder: String, at steady: Int64) {
        state.withLock { state in
            guard let begin = state.committed.removeValue(forKey: clientOrder) else { return }
            state.histogram.add(steady - begin)
        }
    }

    public var histogram: LatencyHistogram { state.withLock { $0.histogram } }
}
