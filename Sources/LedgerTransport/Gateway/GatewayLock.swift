import Synchronization

/// A mutex for adjacent state, held while a closure runs.
final class GatewayLock: Sendable {
    private let mutex = Mutex(())

    func hold<R: Sendable>(_ body: () -> R) -> R { mutex.withLock { _ in body() } }
}
