import LedgerDomain
import NIOCore

/// Feeds a ledger at the feed's pace, on the exchange's event loop.
final class FeedRunner {
    /// The maximum number of items to commit together.
    private static let most = 500

    private var feed: any MarketFeed
    private let ledger: ExchangeLedger
    private let loop: any EventLoop
    private let speed: Double?
    private let keepsFeedTime: Bool
    private var waiting: FeedItem?
    private var began: (machine: Timestamp, feed: Timestamp)?
    private(set) var isRunning = false
    private(set) var isAtEnd = false
    private(set) var delivered: UInt64 = 0
    /// Whether clients can take more.
    var hasRoom: () -> Bool = { true }
    var ended: ((any Error)?) -> Void = { _ in }

    init(
        _ feed: any MarketFeed, _ ledger: ExchangeLedger, _ loop: any EventLoop,
        _ options: ExchangeOptions
    ) {
        (self.feed, self.ledger, self.loop) = (feed, ledger, loop)
        (speed, keepsFeedTime) = (options.speed, options.keepsFeedTime)
    }

    func start() {
        guard !isRunning, !isAtEnd else { return }
        isRunning = true
        began = nil
        pump()
    }

    func pause() { isRunning = false }

    private func pump() {
        guard isRunning else { return }
        do { try deliver() } catch {
            isRunning = false
            ended(error)
        }
    }

    private func again(in wait: TimeAmount) {
        loop.assumeIsolated().scheduleTask(in: wait) { self.pump() }
    }

    private func deliver() throws {
        guard speed != nil || hasRoom() else { return again(in: .milliseconds(1)) }
        let now = ExchangeClock.machine
        var items: [FeedItem] = []
        var wait = TimeAmount.zero
        while items.count < Self.most, let item = try next() {
            if let due = due(item, now), due > now {
                wait = .nanoseconds(due.nanoseconds(since: now))
                break
            }
            var item = item
            let ahead = Nanoseconds(item.time.nanoseconds &- item.received.nanoseconds)
            item.told = keepsFeedTime ? item.time : now.advanced(by: ahead)
            items.append(item)
            waiting = nil
        }
        if !items.isEmpty {
            try ledger.apply(items)
            delivered += UInt64(items.count)
        }
        guard !isAtEnd else {
            isRunning = false
            return ended(nil)
        }
        again(in: wait)
    }

    /// The next item; it stays the next until it is taken.
    private func next() throws -> FeedItem? {
        while waiting == nil {
            guard let item = try feed.next() else {
                isAtEnd = true
                return nil
            }
            // Skip what the journal already has.
            if keepsFeedTime, let last = ledger.lastMarketTime, item.time <= last, delivered == 0 {
                continue
            }
            waiting = item
        }
        return waiting
    }

    private func due(_ item: FeedItem, _ now: Timestamp) -> Timestamp? {
        guard let speed else { return nil }
        guard let began else {
            self.began = (now, item.received)
            return now
        }
        let passed = Double(item.received.nanoseconds &- began.feed.nanoseconds) / speed
        guard passed.isFinite, passed < 9e18 else { return Timestamp(nanoseconds: .max) }
        return began.machine.advanced(by: Nanoseconds(Int64(passed)))
    }
}
