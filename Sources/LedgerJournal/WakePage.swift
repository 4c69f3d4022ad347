import CWake
import Glibc
import LedgerDomain

/// The shared page through which a commit wakes its waiters, in this and other processes.
///
/// It is only a hint. A waiter checks the journal after each wake-up, and periodically without one,
/// so a lost wake-up, or a page that cannot be mapped, causes a delay but never loses an event.
// Sendable unchecked: the page's fields are atomics; the pointer never changes.
final class WakePage: @unchecked Sendable {
    static let size = 4096
    private static let longestNap = Nanoseconds.milliseconds(100)

    private let page: UnsafeMutablePointer<ledger_wake>?
    private let isMapped: Bool

    /// A page for one process.
    init() {
        let memory = UnsafeMutablePointer<ledger_wake>.allocate(capacity: 1)
        memory.initialize(to: ledger_wake())
        page = memory
        isMapped = false
    }

    /// The page of a journal's directory; without write permission, waiting polls.
    init(mapping path: String) {
        page = Self.map(path)
        isMapped = true
    }

    deinit {
        guard let page else { return }
        if isMapped { munmap(page, Self.size) } else { page.deallocate() }
    }

    private static func map(_ path: String) -> UnsafeMutablePointer<ledger_wake>? {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_size >= size else { return nil }
        let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        guard memory != MAP_FAILED else { return nil }
        return memory?.assumingMemoryBound(to: ledger_wake.self)
    }

    /// Call it after a commit.
    func publish(_ sequence: SequenceNumber) {
        if let page { ledger_wake_publish(page, sequence.number) }
    }

    /// Call it after a submission: wakes without a new event.
    func stir() {
        if let page { ledger_wake_publish(page, ledger_wake_sequence(page)) }
    }

    /// Waits until `condition` returns a value, at most `timeout`; checks at least once.
    func wait<Result>(
        timeout: Nanoseconds, for condition: () throws(JournalError) -> Result?
    ) throws(JournalError) -> Result? {
        let start = Self.now()
        while true {
            // Reads the generation before checking, so that a commit in between makes the wait
            // return at once.
            let seen = page.map { ledger_wake_generation($0) } ?? 0
            if let result = try condition() { return result }
            let left = timeout.count - (Self.now() - start)
            if left <= 0 { return nil }
            nap(min(left, Self.longestNap.count), seen)
        }
    }

    private func nap(_ nanoseconds: Int64, _ seen: UInt32) {
        if let page {
            ledger_wake_wait(page, seen, nanoseconds)
        } else {
            var length = timespec(tv_sec: 0, tv_nsec: Int(min(nanoseconds, 10_000_000)))
            nanosleep(&length, nil)
        }
    }

    /// Nanoseconds of a monotonic clock.
    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
