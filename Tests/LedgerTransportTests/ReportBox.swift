import Foundation
import LedgerDomain
import LedgerEvents
import LedgerTransport
import LedgerVenues

/// What a gateway reported, in its order, and a way to wait for what is to come.
// Sendable unchecked: the fields are touched under the lock alone.
final class ReportBox: @unchecked Sendable {
    private let lock = NSCondition()
    private var reports: [GatewayReport] = []
    private var read = 0

    var sink: @Sendable (GatewayReport) -> Void {
        { [self] report in
            lock.lock()
            reports.append(report)
            lock.broadcast()
            lock.unlock()
        }
    }

    var all: [GatewayReport] {
        lock.lock()
        defer { lock.unlock() }
        return reports
    }

    /// The next report, behind those already waited for, of which `pick` makes something.
    func next<T>(_ pick: (GatewayReport) -> T?) -> T {
        lock.lock()
        defer { lock.unlock() }
        while true {
            while read < reports.count {
                read += 1
                if let found = pick(reports[read - 1]) { return found }
            }
            lock.wait()
        }
    }

    /// Waits for this, and passes over what comes before.
    func link(_ link: VenueLink, _ isUp: Bool) {
        _ = next { report -> Bool? in
            if case .link(link, isUp: isUp, _) = report { true } else { nil }
        }
    }

    func order(_ client: String, _ status: VenueStatus) -> VenueOrder {
        next { report in
            guard case .order(let order) = report, order.clientOrder == client,
                order.status == status
            else { return nil }
            return order
        }
    }

    func fill(_ client: String) -> VenueFill {
        next { report in
            guard case .fill(let fill) = report, fill.clientOrder == client else { return nil }
            return fill
        }
    }

    func account() -> VenueAccount {
        next { if case .account(let account) = $0 { account } else { nil } }
    }

    func fault(about context: String) -> VenueFault {
        next { report in
            guard case .fault(let fault, context) = report else { return nil }
            return fault
        }
    }

    /// Of an order by now, without waiting; answers and the stream may tell of one execution both.
    func fills(_ client: String) -> [VenueFill] {
        all.compactMap { report in
            guard case .fill(let fill) = report, fill.clientOrder == client else { return nil }
            return fill
        }
    }
}
