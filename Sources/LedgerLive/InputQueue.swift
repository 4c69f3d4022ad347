import Glibc
import LedgerVenues

/// What gateways say, on its way to the sequencer: bounded, in order, and nothing is ever dropped. Whoever
/// would overfill it waits, which stops reading from the socket behind it.
// Sendable unchecked: every field is touched under the lock alone.
public final class InputQueue: @unchecked Sendable {
    public struct Item: Sendable {
        public var report: GatewayReport
        /// `WallClock.steady` when its bytes had come.
        public var receivedAt: Int64
    }

    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let hasItems: UnsafeMutablePointer<pthread_cond_t>
    private let hasRoom: UnsafeMutablePointer<pthread_cond_t>
    private let capacity: Int
    private var items: [Item] = []
    private var isClosed = false
    private var wasFull: UInt64 = 0

    public init(capacity: Int = 65_536) {
        self.capacity = capacity
        lock = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        hasItems = .allocate(capacity: 1)
        pthread_cond_init(hasItems, &attributes)
        hasRoom = .allocate(capacity: 1)
        pthread_cond_init(hasRoom, &attributes)
        pthread_condattr_destroy(&attributes)
        items.reserveCapacity(min(capacity, 4096))
    }

    deinit {
        pthread_cond_destroy(hasItems)
        pthread_cond_destroy(hasRoom)
        pthread_mutex_destroy(lock)
        hasItems.deallocate()
        hasRoom.deallocate()
        lock.deallocate()
    }

    /// How often somebody had to wait for room.
    public var stalls: UInt64 {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return wasFull
    }

    public func push(_ report: GatewayReport, receivedAt: Int64 = WallClock.steady) {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        if items.count >= capacity { wasFull += 1 }
        while items.count >= capacity, !isClosed { pthread_cond_wait(hasRoom, lock) }
        guard !isClosed else { return }
        items.append(Item(report: report, receivedAt: receivedAt))
        if items.count == 1 { pthread_cond_signal(hasItems) }
    }

    /// Takes everything that waits; waits for something until `deadline` on the steady clock.
    public func take(into taken: inout [Item], until deadline: Int64) {
        taken.removeAll(keepingCapacity: true)
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        var time = timespec(
            tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
        while items.isEmpty, !isClosed {
            if pthread_cond_timedwait(hasItems, lock, &time) != 0 { break }
        }
        swap(&items, &taken)
        pthread_cond_broadcast(hasRoom)
    }

    /// Lets go whoever waits; what comes later is not kept.
    public func close() {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        isClosed = true
        pthread_cond_broadcast(hasRoom)
        pthread_cond_broadcast(hasItems)
    }
}
