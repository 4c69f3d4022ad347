import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerTransport
import LedgerVenues

/// Recovery after a start or a gap. Every open order is queried by its client order id. What the
/// venue has is booked, what never arrived is sent, and then the account is compared. A restart
/// needs only the journal.
extension AccountTrader {
    /// Unanswered queries are repeated after this many nanoseconds.
    static let patience: Int64 = 3_000_000_000

    func handle(_ link: VenueLink, _ isUp: Bool, _ reason: String) throws {
        guard link == .orders else {
            if link == .key { hasHeardOfKey = true }
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
        var questions: [OrderRecovery.Question] = []
        for order in engine.orders.open where !engine.isHeldBack(order.id) {
            questions.append(
                OrderRecovery.Question(
                    order: order.id, generation: UInt16(clamping: order.generation)))
            if let replace = engine.awaited(order.id).replace {
                questions.append(
                    OrderRecovery.Question(
                        order: order.id, generation: UInt16(clamping: replace.generation)))
            }
        }
        recovery.begin(questions, at: MachineTime.steady)
        ask(questions)
    }

    private func ask(_ questions: [OrderRecovery.Question]) {
        for question in questions {
            guard let order = engine.orders.order(question.order) else { continue }
            let symbol = sequencer.engine.names.venueSymbol(order.intended.instrument)
            let reference = order.reference(symbol, generation: UInt32(question.generation))
            gateway.queryFills(reference)
            gateway.query(reference)
        }
    }

    /// Continues the recovery after the inputs of a turn.
    func pursueRecovery() throws {
        let steady = MachineTime.steady
        switch recovery.phase {
        case .idle, .done: return
        case .orders:
            let open = engine.orders
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

    /// Fills come first: afterwards the account holds nothing that the books will not know.
    private func askAccount() {
        let symbols = askedSymbols
        if recovery.since.nanoseconds > 0 {
            let since = Timestamp(nanoseconds: recovery.since.nanoseconds - 60_000_000_000)
            gateway.queryFills(since: since, symbols: symbols)
        }
        askActivities()
        gateway.queryAccount(symbols: symbols)
    }

    /// The symbols of orders and fills that may be ours. A venue may have no market of an adopted one, and has
    /// none of another venue's.
    private var askedSymbols: [String] {
        let engine = engine
        let isAlone = run.traders.count == 1
        return engine.names.instruments.filter { instrument in
            options.symbols.contains(instrument.symbol)
                || (isAlone || instrument.venue == engine.venue)
                    && !engine.holdings.hasAdopted(instrument.id)
        }.map(\.venueSymbol)
    }

    func takeAccount(_ account: VenueAccount) throws {
        guard options.sendsOrders, recovery.phase == .account else { return }
        let steady = MachineTime.steady
        try tellAcceptedKey()
        try openBooks(account)
        let snapshot = snapshot(of: account)
        if !isEnding, let pause = recovery.comparison.pause(after: differences(from: snapshot)) {
            recovery.askedAt = steady - Self.patience + pause
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

    /// A gateway tells only the end of a refusal that it saw itself. Where the refusal was seen by an
    /// earlier process, an answer about the account shows that the venue accepts the key.
    private func tellAcceptedKey() throws {
        guard !hasHeardOfKey, engine.gate.latch(.authentication) != nil else { return }
        try attempt(
            LinkChanged(.key, isUp: true, venue: gateway.name, reason: "the venue accepts the key"),
            at: .zero)
    }

    /// Repeats a cancel that was decided before the gap and whose answer was lost.
    private func cancelAgain() {
        for order in engine.orders.open
        where engine.awaited(order.id).cancel != nil {
            let symbol = sequencer.engine.names.venueSymbol(order.intended.instrument)
            gateway.cancel(order.reference(symbol))
        }
    }

    /// The initial cash of a new journal is the venue's.
    private func openBooks(_ account: VenueAccount) throws {
        let engine = engine
        let isEmpty =
            engine.profit.equity[engine.account].map { $0.netDeposits.raw == 0 && $0.cash.raw == 0 }
            ?? true
        let hasHeld = engine.profit.positions.positions.contains { $0.account == engine.account }
        guard isEmpty, !hasHeld, account.cash.raw > 0 else { return }
        try sequencer.append(
            CashDeposited(amount: account.cash), Envelope(account: engine.account, time: now))
    }

    /// Asks for the account at the end of a run.
    func askForEnd() {
        guard isOrderStreamUp else { return }
        recovery.askAccount(at: MachineTime.steady)
        gateway.queryAccount(symbols: askedSymbols)
        isEnding = true
    }

    /// Whether the answer is still missing.
    var awaitsEnd: Bool { isEnding && recovery.phase == .account }

    /// Records that the venue's account is unknown at the start or the end of this run, where it is.
    func recordMissingSnapshots() throws {
        for kind in [SnapshotKind.start, .end] where !snapshots.contains(kind) {
            try recordUnreachable(kind)
        }
    }
}
