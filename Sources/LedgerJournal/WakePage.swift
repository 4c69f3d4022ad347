import CWake
import Glibc
import LedgerDomain

/// The shared page by which a commit and a submission wake those who wait for them, in this and in
/// other processes.
///
/// The page is a hint. A waiter looks at the journal itself after each wake-up, and now and then
/// without one, so a lost wake-up or a page that cannot be mapped costs a delay and never an event.
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

    /// The page of a journal's directory; without write permission waiting is by napping.
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

    /// What a waiter waits for.
    enum Subject { case events, submissions }

    private func word(_ subject: Subject) -> UnsafeMutablePointer<ledger_wake_word>? {
        switch subject {
        case .events: page?.pointer(to: \.events)
        case .submissions: page?.pointer(to: \.submissions)
        }
    }

    /// Call it after a commit.
    func publish(_ sequence: SequenceNumber) {
        if let page { ledger_wake_publish(page, sequence.number) }
    }

    /// Call it after a submission.
    func announceSubmission() {
        if let word = word(.submissions) { ledger_wake_all(word) }
    }

    /// A number that changes with each wake-up; 0 without a page.
    func generation(of subject: Subject) -> UInt32 {
        word(subject).map { ledger_wake_generation($0) } ?? 0
    }

    /// Waits for `subject` until `condition` returns something, at most `timeout`; calls it at least
    /// once.
    func wait<Result>(
        for subject: Subject, timeout: Nanoseconds,
        until condition: () throws(JournalError) -> Result?
    ) throws(JournalError) -> Result? {
        let start = Self.now()
        while true {
            // Read the generation before the condition: a commit in between makes the wait return at
            // once.
            let seen = generation(of: subject)
            if let result = try condition() { return result }
            let left = timeout.count - (Self.now() - start)
            if left <= 0 { return nil }
            nap(min(left, Self.longestNap.count), on: subject, after: seen)
        }
    }

    /// Waits for `subject` until `condition` holds, at most `timeout`; returns whether it holds.
    func isWoken(
        by subject: Subject, within timeout: Nanoseconds,
        when condition: () throws(JournalError) -> Bool
    ) throws(JournalError) -> Bool {
        let found: Void? = try wait(for: subject, timeout: timeout) { () throws(JournalError) in
            try condition() ? () : nil
        }
        return found != nil
    }

    /// Sleeps until the generation of `subject` differs from `seen`, at most so many nanoseconds.
    func nap(_ nanoseconds: Int64, on subject: Subject, after seen: UInt32) {
        if let word = word(subject) {
            ledger_wake_wait(word, seen, nanoseconds)
        } else {
            var length = timespec(tv_sec: 0, tv_nsec: Int(min(nanoseconds, 10_000_000)))
            nanosleep(&length, nil)
        }
    }

    /// Nanoseconds of a clock that never goes back.
    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
