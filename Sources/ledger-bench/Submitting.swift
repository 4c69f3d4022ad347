import Glibc
import LedgerDomain
import LedgerEvents
import LedgerJournal

/// How long a submission waits for its receipt in the journal of a run that goes on.
enum Submitting {
    static func run(_ directory: String, count: Int) throws {
        let journal = try LMDBJournal.open(directory: directory)
        var batch = Batch(next: .first)
        try batch.append(ClockTicked(), Envelope(time: .zero))
        guard let bytes = batch.record(.first).map({ Array($0.bytes) }) else { return }
        var times: [Double] = []
        for index in 0..<count {
            // Submissions come at any moment between two looks of the run at its inbox.
            usleep(UInt32(index * 37 % 120) * 1000)
            let time = try Benchmark.seconds {
                let ticket = try journal.submit(bytes, submitter: "bench")
                while try journal.waitForReceipt(ticket, timeout: .second) == nil {}
            }
            times.append(time * 1000)
        }
        times.sort()
        Benchmark.printResult([
            ("name", "\"inbox\""), ("submissions", "\(count)"),
            ("median_ms", times[count / 2].rounded(to: 3)),
            ("p99_ms", times[min(count * 99 / 100, count - 1)].rounded(to: 3)),
            ("most_ms", times[count - 1].rounded(to: 3)),
        ])
    }
}
