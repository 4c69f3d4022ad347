import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerTransport
import LedgerVenues

/// Follows the journal for decisions to send to a venue. It reads only committed events, so an
/// intent is sent only after its block is durable. What a crash lost before the commit never
/// happened.
///
/// While it may not send, decisions wait in order. Those that have ended by then are dropped.
struct Executor: Follower {
    private enum Action {
        case submit(OrderID)
        case cancel(OrderID)
        case replace(ReplaceIntended)

        func isSubmission(of order: OrderID) -> Bool {
            if case .submit(order) = self { return true }
            return false
        }

        var order: OrderID {
            switch self {
            case .submit(let order), .cancel(let order): order
            case .replace(let event): event.order
            }
        }
    }

    /// An order that left, with the number of its replacement or attempt.
    private struct Departure: Hashable {
        var order: OrderID
        var generation: UInt32
    }

    static let types: [EventType]? = [
        .orderIntended, .intentReleased, .cancelIntended, .replaceIntended, .latchCleared,
    ]

    /// Derived from the journal: a start recovers every open order before it follows new ones.
    private(set) var position: SequenceNumber
    private var waiting: [Action] = []
    /// How many orders this process sent, and which of them may still be open.
    private(set) var sent: UInt64 = 0
    private var left: [Departure] = []
    /// Whether the latch of the refused key was cleared since the last call.
    private var triesKey = false
    private let times: OrderTimes?
    /// Whose decisions it sends.
    private var account = AccountID.none

    /// - Parameter position: earlier decisions are recovered instead of sent.
    init(after position: SequenceNumber, times: OrderTimes?) {
        (self.position, self.times) = (position, times)
    }

    /// Sends what the account decided and what was committed since the last call.
    ///
    /// - Parameter maySend: whether the venue's order reports reach us.
    mutating func advance(
        _ journal: any Journal, _ engine: borrowing AccountEngine, _ gateway: any VenueGateway,
        maySend: Bool, committedAt: Int64
    ) throws {
        account = engine.account
        try follow(journal)
        if triesKey { gateway.tryKeyAgain() }
        triesKey = false
        guard maySend, !waiting.isEmpty else { return }
        if left.count > 4096 {
            let open = engine.orders.open.map(\.id)
            left.removeAll { !open.contains($0.order) }
        }
        let actions = waiting
        waiting = []
        for action in actions { send(action, engine, gateway, committedAt) }
    }

    mutating func apply(_ record: Record) throws {
        guard record.account == account || record.account == .none else { return }
        switch record.type {
        case .orderIntended: waiting.append(.submit(record.sequence))
        case .intentReleased:
            let order = try IntentReleased(record).order
            // An order that was both decided and released since the last call is sent once.
            if !waiting.contains(where: { $0.isSubmission(of: order) }) {
                waiting.append(.submit(order))
            }
        case .cancelIntended: waiting.append(.cancel(try CancelIntended(record).order))
        case .replaceIntended: waiting.append(.replace(try ReplaceIntended(record)))
        case .latchCleared:
            if try LatchCleared(record).source == .authentication { triesKey = true }
        default: break
        }
    }

    mutating func finish(through sequence: SequenceNumber) { position = sequence }

    private mutating func send(
        _ action: Action, _ engine: borrowing AccountEngine, _ gateway: any VenueGateway,
        _ committedAt: Int64
    ) {
        guard let order = engine.orders.order(action.order), !engine.isHeldBack(order.id) else {
            return
        }
        let symbol = engine.names.venueSymbol(order.intended.instrument)
        switch action {
        // A recovery may have sent it while it waited. If it was cancelled in the meantime, it
        // stays here.
        case .submit
        where left.contains(Departure(order: order.id, generation: order.generation))
            || engine.awaited(order.id).cancel != nil:
            return
        case .submit:
            let request = order.request(symbol)
            times?.committed(request.clientOrder, at: committedAt)
            leave(order, request, gateway)
        // The venue may not know an unconfirmed order yet, so the request waits for the order.
        case .cancel where order.state == .intended, .replace where order.state == .intended:
            waiting.append(action)
        case .cancel: gateway.cancel(order.reference(symbol))
        case .replace(let event):
            gateway.replace(
                order.reference(symbol), with: order.request(symbol, replaced: event))
        }
    }

    /// Sends an order that certainly is not at the venue and can no longer arrive there.
    mutating func sendAgain(_ order: Order, _ symbol: String, _ gateway: any VenueGateway) {
        leave(order, order.request(symbol), gateway)
    }

    private mutating func leave(
        _ order: Order, _ request: OrderRequest, _ gateway: any VenueGateway
    ) {
        sent += 1
        let departure = Departure(order: order.id, generation: order.generation)
        if !left.contains(departure) { left.append(departure) }
        gateway.submit(request)
    }
}
