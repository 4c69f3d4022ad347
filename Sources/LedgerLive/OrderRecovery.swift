import LedgerDomain
import LedgerEvents
import LedgerVenues

/// The progress of recovery after a start or a gap: first every open order, then the fills since,
/// then the account. Only then may orders be sent.
struct OrderRecovery {
    enum Phase: Equatable {
        case idle
        /// Waits for answers about these orders, by number and replacement.
        case orders
        case account
        case done
    }

    struct Question: Equatable {
        var order: OrderID
        var generation: UInt16
    }

    private(set) var phase = Phase.idle
    var questions: [Question] = []
    /// When the queries of this phase were last sent, on the steady clock.
    var askedAt = Int64.min
    /// Fills before this journal time are known.
    private(set) var since: Timestamp
    var comparison = AccountComparison()
    private(set) var duplicates: UInt64 = 0
    private var lastReconciled = Int64.min

    init(since: Timestamp) { self.since = since }

    mutating func begin(_ questions: [Question], at steady: Int64) {
        self.questions = questions
        (phase, askedAt, comparison) = (.orders, steady, AccountComparison())
    }

    mutating func askAccount(at steady: Int64) { (phase, askedAt) = (.account, steady) }

    mutating func end(at time: Timestamp, steady: Int64) {
        (phase, since, lastReconciled) = (.done, time, steady)
    }

    mutating func interrupt() { phase = .idle }

    mutating func heard(_ order: OrderID, _ generation: UInt16) {
        questions.removeAll { $0 == Question(order: order, generation: generation) }
    }

    mutating func countDuplicate() { duplicates += 1 }

    /// Compares at the next turn.
    mutating func reconcileSoon() {
        if phase == .done { (phase, askedAt, comparison) = (.account, .min, AccountComparison()) }
    }

    /// Compares again when it is time.
    mutating func reconcile(every options: LiveOptions, at steady: Int64) {
        guard phase == .done, steady - lastReconciled >= options.reconciliation.count else {
            return
        }
        (phase, askedAt, comparison) = (.account, .min, AccountComparison())
    }
}
