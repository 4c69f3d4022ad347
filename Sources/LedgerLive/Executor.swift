import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerTransport
import LedgerVenues

/// Tails the journal for decisions that leave for a venue. It reads what is committed and nothing else, so
/// an intent leaves only after its block is durable; what a crash took before the commit never happened.
///
/// While it may not send, decisions wait in their order, and what has ended by then is let go.
struct Executor {
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

    private static let types: [EventType] = [
        .orderIntended, .intentReleased, .cancelIntended, .replaceIntended,
    ]

    private var position: SequenceNumber
    private var waiting: [Action] = []
    /// Orders that left in this process, and when on the steady clock.
    private(set) var sent: UInt64 = 0

    /// - Parameter position: the last event whose decisions are not this executor's: those are recovered.
    init(after position: SequenceNumber) { self.position = position }

    var isIdle: Bool { waiting.isEmpty }

    /// Sends what was committed since the last time.
    ///
    /// - Parameter maySend: whether the venue's order reports reach us.
    mutating func advance(
        _ journal: any Journal, _ engine: borrowing Engine, _ gateway: any VenueGateway,
        maySend: Bool
    ) throws {
        let head = try journal.head.lastSequence
        if head > position {
            try journal.forEachRecord(
                from: position.next, through: head, filter: EventFilter(Self.types)
            ) { record in
                switch record.type {
                case .orderIntended: waiting.append(.submit(record.sequence))
                case .intentReleased:
                    let order = try IntentReleased(record).order
                    // Decided and released in one look: it leaves once.
                    if !waiting.contains(where: { $0.isSubmission(of: order) }) {
                        waiting.append(.submit(order))
                    }
                case .cancelIntended: waiting.append(.cancel(try CancelIntended(record).order))
                case .replaceIntended: waiting.append(.replace(try ReplaceIntended(record)))
                default: break
                }
                return true
            }
            position = head
        }
        guard maySend, !waiting.isEmpty else { return }
        let actions = waiting
        waiting = []
        for action in actions { send(action, engine, gateway) }
    }

    private mutating func send(
        _ action: Action, _ engine: borrowing Engine, _ gateway: any VenueGateway
    ) {
        guard let order = engine.orders.order(action.order), !engine.isHeldBack(order.id) else {
            return
        }
        let symbol = engine.names.symbol(order.intended.instrument)
        switch action {
        case .submit:
            sent += 1
            gateway.submit(order.request(symbol))
        // What the venue has not confirmed it may not know yet: the wish waits for the order.
        case .cancel where order.state == .intended, .replace where order.state == .intended:
            waiting.append(action)
        case .cancel: gateway.cancel(order.reference(symbol))
        case .replace(let event):
            gateway.replace(
                order.reference(symbol), with: order.request(symbol, replaced: event))
        }
    }
}
