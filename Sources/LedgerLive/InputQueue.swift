import Glibc
import LedgerTransport
import LedgerVenues

/// Gateway reports on their way to the journal: bounded, in order, and never dropped. A producer
/// that would overfill the queue waits, which stops reading from its socket.
///
/// One thread at a time holds the turn: it takes reports and acts on them. A thread that has just
/// added something takes the turn if it is free, so no other thread has to wake up. The run's own
/// thread takes the turn for the clock and for operators.
// Sendable unchecked: every field is used under the lock; `taken` only by the holder of the turn.
public final class InputQueue: @unchecked Sendable {
    public struct Item: Sendable {
        public var report: GatewayReport
        /// The `MachineTime.steady` at which its bytes were read.
        public var receivedAt: Int64
        /// The gateway that reported it.
        public var source = 0
    }

    /// What the run's own thread waits for.
    private enum Sleep { case none, call, turn, items }

    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let wakes: UnsafeMutablePointer<pthread_cond_t>
    private let hasRoom: UnsafeMutablePointer<pthread_cond_t>
    private let capacity: Int
    private var items: [Item] = []
    private var isClosed = false
    /// The thread that holds the turn.
    private var owner: pthread_t?
    private var isCalled = false
    private var sleep = Sleep.none
    private var waiters = 0
    private var wasFull: UInt64 = 0
    /// What to act on in this turn.
    public private(set) var taken: [Item] = []

    public init(capacity: Int = 65_536) {
        self.capacity = capacity
        lock = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        wakes = .allocate(capacity: 1)
        pthread_cond_init(wakes, &attributes)
        hasRoom = .allocate(capacity: 1)
        pthread_cond_init(hasRoom, &attributes)
        pthread_condattr_destroy(&attributes)
        items.reserveCapacity(min(capacity, 4096))
    }

    deinit {
        pthread_cond_destroy(wakes)
        pthread_cond_destroy(hasRoom)
        pthread_mutex_destroy(lock)
        wakes.deallocate()
        hasRoom.deallocate()
        lock.deallocate()
    }

    private func hold<T>(_ body: () -> T) -> T {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body()
    }

    private func swapItems() {
        taken.removeAll(keepingCapacity: true)
        swap(&items, &taken)
        if waiters > 0 { pthread_cond_broadcast(hasRoom) }
    }

    /// How often a producer had to wait for room.
    public var stalls: UInt64 { hold { wasFull } }

    // MARK: Producers

    public func push(
        _ report: GatewayReport, receivedAt: Int64 = MachineTime.steady, from source: Int = 0
    ) {
        hold {
            if items.count >= capacity { wasFull += 1 }
            // A report that results directly from acting on another one cannot wait for itself.
            while items.count >= capacity, !isClosed, owner != pthread_self() {
                call()
                waiters += 1
                pthread_cond_wait(hasRoom, lock)
                waiters -= 1
            }
            guard !isClosed else { return }
            items.append(Item(report: report, receivedAt: receivedAt, source: source))
        }
    }

    /// Wakes the run's own thread.
    public func wake() { hold { call() } }

    private func call() {
        isCalled = true
        if sleep == .call || sleep == .items { pthread_cond_signal(wakes) }
    }

    /// Takes the turn with everything that waits. False if another thread holds it, which then
    /// takes the new reports, or if nothing waits.
    public func begin() -> Bool {
        hold {
            guard owner == nil, sleep != .turn else {
                if sleep == .items { pthread_cond_signal(wakes) }
                return false
            }
            guard !items.isEmpty, !isClosed else { return false }
            owner = pthread_self()
            swapItems()
            return true
        }
    }

    /// Takes what arrived in the meantime, or gives up the turn and returns false.
    public func goOn() -> Bool {
        hold {
            guard items.isEmpty || isClosed || sleep == .turn else {
                swapItems()
                return true
            }
            giveBack()
            return false
        }
    }

    /// Gives up the turn and hands what arrived in the meantime to the run's own thread.
    public func handOver() {
        hold {
            giveBack()
            if !items.isEmpty { call() }
        }
    }

    private func giveBack() {
        owner = nil
        if sleep == .turn { pthread_cond_signal(wakes) }
    }

    // MARK: The run's own thread

    /// Takes the turn with everything that waits, at a steady time or earlier if woken.
    public func awaitTurn(until deadline: Int64) {
        hold {
            if items.isEmpty { wait(.call, until: deadline) { isCalled } }
            sleep = .turn
            while owner != nil { pthread_cond_wait(wakes, lock) }
            (sleep, isCalled, owner) = (.none, false, pthread_self())
            swapItems()
        }
    }

    /// Within the turn: takes what arrives until then.
    public func awaitMore(until deadline: Int64) {
        hold {
            wait(.items, until: deadline) { !items.isEmpty }
            sleep = .none
            swapItems()
        }
    }

    private func wait(_ kind: Sleep, until deadline: Int64, _ isOver: () -> Bool) {
        sleep = kind
        var time = timespec(
            tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
        while !isOver(), !isClosed {
            if pthread_cond_timedwait(wakes, lock, &time) != 0 { break }
        }
    }

    public func endTurn() { hold { giveBack() } }

    /// Releases all waiting producers. Later reports are discarded.
    public func close() {
        hold {
            isClosed = true
            pthread_cond_broadcast(hasRoom)
            pthread_cond_broadcast(wakes)
        }
    }
}
