import Dispatch
import LedgerDomain
import LedgerTransport
import LedgerVenues
import Testing

@testable import LedgerLive

@Suite struct QueueTests {
    private func number(_ item: InputQueue.Item) -> Int64 {
        if case .clock(let offset, _) = item.report { return offset.count }
        return -1
    }

    @Test func `a reader that is slow makes the writer wait, and nothing is lost or reordered`() {
        let queue = InputQueue(capacity: 16)
        let count: Int64 = 20_000
        DispatchQueue.global().async {
            for index in 0..<count {
                queue.push(.clock(offset: Nanoseconds(index), roundTrip: Nanoseconds(0)))
            }
        }
        var seen: [Int64] = []
        while seen.count < count {
            queue.awaitTurn(until: MachineTime.steady + 1_000_000_000)
            #expect(queue.taken.count <= 16)
            seen += queue.taken.map(number)
            queue.endTurn()
        }
        #expect(seen == Array(0..<count))
        #expect(queue.stalls > 0)
    }

    @Test func `whoever brings something acts on it, one at a time, and nothing is left lying`() {
        let queue = InputQueue(capacity: 64)
        let group = DispatchGroup()
        let (bringers, each) = (4, 5_000)
        nonisolated(unsafe) var seen: [Int64] = []
        for bringer in 0..<bringers {
            DispatchQueue.global().async(group: group) {
                for index in 0..<each {
                    let value = Int64(bringer * each + index)
                    queue.push(.clock(offset: Nanoseconds(value), roundTrip: Nanoseconds(0)))
                    guard queue.begin() else { continue }
                    if bringer % 2 == 0 {
                        repeat { seen += queue.taken.map(number) } while queue.goOn()
                    } else {
                        seen += queue.taken.map(number)
                        queue.handOver()
                    }
                }
            }
        }
        // The run's own thread takes its turn among them.
        var turns = 0
        while group.wait(timeout: .now()) == .timedOut {
            queue.awaitTurn(until: MachineTime.steady + 100_000)
            seen += queue.taken.map(number)
            turns += 1
            queue.endTurn()
        }
        queue.awaitTurn(until: 0)
        seen += queue.taken.map(number)
        #expect(seen.sorted() == Array(0..<Int64(bringers * each)))
        for bringer in 0..<bringers {
            let own = seen.filter { Int($0) / each == bringer }
            #expect(own == own.sorted())
        }
        #expect(turns > 0)
    }

    @Test func `what acting on a report brings at once does not wait for itself`() {
        let queue = InputQueue(capacity: 2)
        let report = GatewayReport.clock(offset: Nanoseconds(0), roundTrip: Nanoseconds(0))
        queue.push(report)
        #expect(queue.begin())
        for _ in 0..<5 { queue.push(report) }
        #expect(!queue.begin())
        #expect(queue.goOn() && queue.taken.count == 5)
        #expect(!queue.goOn())
    }

    @Test func `a queue that is closed lets everybody go`() {
        let queue = InputQueue(capacity: 1)
        let group = DispatchGroup()
        DispatchQueue.global().async(group: group) {
            for _ in 0..<3 {
                queue.push(.clock(offset: Nanoseconds(0), roundTrip: Nanoseconds(0)))
            }
        }
        queue.close()
        group.wait()
        queue.awaitTurn(until: .max / 2)
        #expect(queue.taken.count <= 1)
    }

    @Test func `percentiles are of the right bucket`() {
        var histogram = LatencyHistogram()
        #expect(histogram.percentile(0.5) == 0)
        for value in 1...1000 { histogram.add(Int64(value) * 1000) }
        #expect(histogram.count == 1000)
        for (share, value) in [(0.5, 500_000.0), (0.99, 990_000), (1.0, 1_000_000)] {
            let found = Double(histogram.percentile(share))
            #expect(found >= value * 0.99 && found <= value * 1.07, "\(share): \(found)")
        }
        for value in [0, 1, 15, 16, 17, 31, 32, 1 << 40, Int64.max] {
            var single = LatencyHistogram()
            single.add(value)
            #expect(single.percentile(1) == value)
        }
    }

    @Test func `a flood of one fault is a line a second`() {
        var digest = FaultDigest()
        #expect(digest.count(.malformed("first"), "stream", at: 0) != nil)
        for _ in 0..<10_000 {
            #expect(digest.count(.malformed("more"), "stream", at: 1) == nil)
        }
        #expect(digest.due(at: 500_000_000).isEmpty)
        let due = digest.due(at: 1_000_000_001)
        #expect(due.count == 1 && due.first?.detail.hasPrefix("10000 more") == true)
        #expect(digest.count(.malformed("again"), "stream", at: 2_000_000_000) != nil)
    }
}
