import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerTransport
import LedgerVenues

/// The way back after a start or a gap. Every open order is asked for by its client order id; what the venue
/// has is booked, what never arrived is sent, and then the account is compared. Restart needs nothing but
/// the journal.
extension LiveRun {
    /// Questions that are not answered are asked again after this long, in nanoseconds.
    private static let patience: Int64 = 3_000_000_000
    /// Comparisons before a difference counts: a fill may be between the stream and the account.
    private static let comparisons = 3

    func handle(_ link: VenueLink, _ isUp: Bool, _ reason: String) throws {
        guard link == .orders else {
            return try attempt(
                LinkChanged(link, isUp: isUp, venue: gateway.name, reason: reason), at: .zero)
        }
        guard options.sendsOrders else { return }
        if isUp {
            beginRecovery()
        } else {
            isOrderStreamUp = false
            recovery.interrupt()
            try attempt(
                LinkChanged(.orders, isUp: false, venue: gateway.name, reason: reason), at: .zero)
        }
    }

    private func beginRecovery() {
        var questions: [Recovery.Question] = []
        for order in sequencer.engine.orders.open where !sequencer.engine.isHeldBack(order.id) {
            questions.append(
                Recovery.Question(order: order.id, generation: UInt16(clamping: order.generation)))
            if let replace = sequencer.engine.awaited(order.id).replace {
                questions.append(
                    Recovery.Question(
                        order: order.id, generation: UInt16(clamping: replace.generation)))
            }
        }
        recovery.begin(questions, at: MachineTime.steady)
        ask(questions)
    }

    private func ask(_ questions: [Recovery.Question]) {
        for question in questions {
            guard let order = sequencer.engine.orders.order(question.order) else { continue }
            let symbol = sequencer.engine.names.symbol(order.intended.instrument)
            let reference = order.reference(symbol, generation: UInt32(question.generation))
            gateway.queryFills(reference)
            gateway.query(reference)
        }
    }

    /// Goes on with the recovery after the inputs of a turn.
    func pursueRecovery() throws {
        let steady = MachineTime.steady
        switch recovery.phase {
        case .idle, .done: return
        case .orders:
            let open = sequencer.engine.orders
            recovery.questions.removeAll { open.order($0.order) == nil }
            if recovery.questions.isEmpty {
                recovery.askAccount(at: steady)
                return askAccount()
            }
            guard steady - recovery.askedAt >= Self.patience else { return }
            recovery.askedAt = steady
            ask(recovery.questions)
        case .account:
            guard recovery.askedAt == .min || steady - recovery.askedAt >= Self.patience else {
                return
            }
            recovery.askedAt = steady
            askAccount()
        }
    }

    /// The fills first: the account then holds nothing that is not on its way to the books.
    private func askAccount() {
        let symbols = sequencer.engine.names.instruments.map(\.symbol)
        if recovery.since.nanoseconds > 0 {
            let since = Timestamp(nanoseconds: recovery.since.nanoseconds - 60_000_000_000)
            gateway.queryFills(since: since, symbols: symbols)
        }
        gateway.queryAccount(symbols: symbols)
    }

    func takeAccount(_ account: VenueAccount) throws {
        guard options.sendsOrders, recovery.phase == .account else { return }
        let steady = MachineTime.steady
        try openBooks(account)
        let snapshot = snapshot(of: account)
        if !isEnding, differs(from: snapshot), recovery.mismatches + 1 < Self.comparisons {
            recovery.mismatches += 1
            recovery.askedAt = steady - Self.patience + 200_000_000
            return
        }
        try record(snapshot)
        recovery.end(at: now, steady: steady)
        guard !isOrderStreamUp else { return }
        isOrderStreamUp = true
        try attempt(
            LinkChanged(
                .orders, isUp: true, venue: gateway.name, reason: "orders and fills asked for"),
            at: .zero)
        cancelAgain()
    }

    /// A cancel that was decided and whose answer the gap took.
    private func cancelAgain() {
        for order in sequencer.engine.orders.open
        where sequencer.engine.awaited(order.id).cancel != nil {
            let symbol = sequencer.engine.names.symbol(order.intended.instrument)
            gateway.cancel(order.reference(symbol))
        }
    }

    /// The first cash of a new journal is what the venue has.
    private func openBooks(_ account: VenueAccount) throws {
        let engine = sequencer.engine
        let isEmpty =
            engine.books.equity[engine.account].map { $0.netDeposits.raw == 0 && $0.cash.raw == 0 }
            ?? true
        guard isEmpty, engine.books.positions.positions.isEmpty, account.cash.raw > 0 else {
            return
        }
        try sequencer.append(
            CashDeposited(amount: account.cash), Envelope(account: engine.account, time: now))
    }

    /// The account as a run leaves it; a venue that does not answer soon is not waited for, and the journal
    /// says that nobody knows.
    func takeEndSnapshot() throws {
        guard options.sendsOrders else { return }
        if isOrderStreamUp {
            recovery.askAccount(at: MachineTime.steady)
            gateway.queryAccount(symbols: sequencer.engine.names.instruments.map(\.symbol))
            let deadline = MachineTime.steady + Self.patience
            isEnding = true
            while recovery.phase == .account, MachineTime.steady < deadline {
                queue.awaitMore(until: deadline)
                for item in queue.taken { try handle(item) }
            }
        }
        for kind in [SnapshotKind.start, .end] where !snapshots.contains(kind) {
            try recordUnreachable(kind)
        }
        try sequencer.commit()
    }
}
