import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety

/// Compares the books with the venue's snapshot, and corrects them on an operator's command.
extension AccountEngine {
    /// Takes one record of a venue's snapshot. At its end the books are compared with it.
    mutating func takeSnapshot(
        _ record: Record, _ step: inout Step
    ) throws(EngineError) {
        switch record.type {
        case .venueSnapshotBegan:
            snapshots.add(try decode(record) as VenueSnapshotBegan)
            unread.clear()
        case .venueHoldingReported:
            holdings.take(try decode(record) as VenueHoldingReported, at: step.time)
        case .venueItemUnread: unread.add(try decode(record) as VenueItemUnread)
        case .venuePositionReported: snapshots.add(try decode(record) as VenuePositionReported)
        case .venueOrderReported: snapshots.add(try decode(record) as VenueOrderReported)
        case .venueSnapshotEnded:
            let ended: VenueSnapshotEnded = try decode(record)
            switch snapshots.add(ended) {
            case .complete(var snapshot):
                if activities.areTold {
                    activities.compare(standing, with: snapshot)
                }
                snapshot.unread = unread.items.filter { $0.snapshot == ended.snapshot }
                unread.clear()
                try reconcile(
                    standing.compare(with: snapshot, reconciliationRules),
                    ended.snapshot,
                    isReachable: snapshot.began.isReachable, &step)
            case .incomplete(let why):
                let discrepancy = DiscrepancyFound(
                    .incomplete, snapshot: ended.snapshot, ledger: .zero, venue: .zero, detail: why)
                try reconcile(
                    [discrepancy], ended.snapshot, isReachable: true, &step)
            }
        default: return
        }
    }

    /// How far the books may differ from the venue. Only a venue that reports its fees separately from fills may
    /// hold less of a coin.
    public var reconciliationRules: ReconciliationRules {
        var rules = safeguards.rules.reconciliation
        if !activities.areTold { rules.coinFee = .zero }
        return rules
    }

    /// The account's; empty before a configuration.
    public var currency: String { configuration?.currency ?? "" }

    /// The account as the ledger has it, over all strategies.
    public var standing: LedgerStanding {
        var holdings: [LedgerHolding] = []
        for instrument in names.instruments {
            var (quantity, cost) = (Quantity.zero, Money.zero)
            for position in profit.positions.positions(in: instrument.id)
            where position.account == account {
                quantity = quantity + position.quantity
                cost += position.cost
            }
            guard quantity.raw != 0 else { continue }
            holdings.append(
                LedgerHolding(
                    instrument: instrument.id, symbol: instrument.symbol,
                    isCrypto: instrument.kind == .crypto, quantity: quantity, cost: cost))
        }
        return LedgerStanding(
            cash: profit.equity[account]?.cash ?? .zero, holdings: holdings,
            orders: desk.register.open.filter { $0.account == account && !isHeldBack($0.id) },
            currency: currency, balances: balances)
    }

    private mutating func reconcile(
        _ found: [DiscrepancyFound], _ snapshot: UInt64, isReachable: Bool,
        _ step: inout Step
    ) throws(EngineError) {
        for discrepancy in found { try step.emit(discrepancy) }
        // A simulated account has no venue to ask. Real money is not traded without an answer (C7).
        let isSkipped = !isReachable && configuration?.accountKind == .simulated
        let status: ReconciliationStatus = isSkipped ? .skipped : found.isEmpty ? .pass : .fail
        let count = UInt32(clamping: isSkipped ? 0 : found.count)
        let reason =
            isSkipped
            ? "there is no venue to compare with"
            : found.isEmpty
                ? "ledger and venue agree"
                : "\(count) discrepanc\(count == 1 ? "y" : "ies"), first \(found[0].kind)"
        try step.emit(
            ReconciliationEnded(
                status, discrepancies: count, snapshot: snapshot, reason: reason))
        switch status {
        case .skipped: return
        case .pass:
            try tellPass(reason, &step)
            try clear(
                LatchCleared(.reconciliation, actor: "engine", reason: reason), &step)
        case .fail:
            let value = Measure.count(count)
            if !rulesVersion.tellEpisodes
                || safeguards.alerts.note(.reconciliationFailed, level: 1)
            {
                try step.emit(
                    AlertRaised(.critical, .reconciliationFailed, value: value, text: reason))
            }
            try clear(
                LatchCleared(.reconciliation, actor: "engine", reason: "compared anew"), &step)
            try engage(
                LatchEngaged(
                    .reconciliation, clears: .automatic, value: value, actor: "engine",
                    reason: reason), &step)
        }
    }

    /// Raises one alert that ledger and venue agree, after they differed or were not compared.
    private mutating func tellPass(
        _ reason: String, _ step: inout Step
    ) throws(EngineError) {
        if rulesVersion.tellEpisodes {
            let hadFailed = safeguards.alerts.end(.reconciliationFailed)
            guard hadFailed || safeguards.gate.latch(.reconciliation) != nil else { return }
        }
        try step.emit(AlertRaised(.info, .reconciliationPassed, text: reason))
    }

    /// Blocks the entries of a paper or live account until a reconciliation passes in its run (R01).
    mutating func awaitReconciliation(
        _ step: inout Step
    ) throws(EngineError) {
        guard safeguards.rules.reconciliation.isEnabled, let kind = configuration?.accountKind,
            kind != .simulated
        else { return }
        try engage(
            LatchEngaged(
                .reconciliation, clears: .automatic, actor: "engine",
                reason: "no reconciliation has passed since the run began"), &step)
    }

    // MARK: Synchronisation

    /// Sets the books to the venue's last snapshot (R05). The history stays, because the differences are
    /// booked as events.
    mutating func synchronise(
        _ command: OperatorCommanded, _ step: inout Step
    ) throws(EngineError) {
        guard let snapshot = snapshots.last, snapshot.began.isReachable else { return }
        let found = standing.compare(with: snapshot, reconciliationRules)
        activities.lift()
        var settled: [InstrumentID] = []
        for discrepancy in found {
            switch discrepancy.kind {
            case .quantity, .averagePrice, .positionOnlyInLedger, .positionOnlyAtVenue:
                guard discrepancy.instrument != .none, !settled.contains(discrepancy.instrument)
                else { continue }
                settled.append(discrepancy.instrument)
                try settle(discrepancy.instrument, snapshot, command, &step)
            case .cash:
                guard let amount = discrepancy.missingCash,
                    amount.raw.magnitude <= Money.limit.raw.magnitude
                else { continue }
                guard discrepancy.symbol.isEmpty else {
                    try adjust(discrepancy.symbol, by: amount, &step)
                    continue
                }
                let event = CashAdjusted(
                    amount: amount, snapshot: snapshot.began.snapshot, actor: command.actor,
                    reason: command.reason)
                try step.emit(event)
                try accounts.adjust(event, as: step.sequence, step)
            case .orderOnlyInLedger, .unrecordedFill:
                // Its fills are already in the position. If the venue still has the order, the next
                // comparison finds it only at the venue, where it must be cancelled.
                guard let order = desk.register.order(discrepancy.order),
                    let removed = desk.venue.remove(order.id, order.intended.instrument)
                else { continue }
                try end(removed, .reconciled, expired: false, &step)
                guard desk.isRemote else { continue }
                desk.remote.forget(order.id)
                try afterEnd(removed, .reconciled, &step)
            case .orderOnlyAtVenue, .unreachable, .incomplete, .unreadable: continue
            }
        }
    }

    /// Sets one instrument to the venue's quantity. The difference goes to the strategy with the largest
    /// position, among equals to the lowest number; if no strategy holds it, to none. If the average price
    /// still differs, the position is closed and opened again at the venue's price.
    private mutating func settle(
        _ instrument: InstrumentID, _ snapshot: VenueSnapshot, _ command: OperatorCommanded,
        _ step: inout Step
    ) throws(EngineError) {
        let reported = snapshot.positions.filter { $0.instrument == instrument }
        let wanted = reported.reduce(Int128(0)) { $0 + $1.quantity.raw }
        let average = reported.first?.averagePrice ?? .zero
        let price = average.raw > 0 ? average : profit.equity.mark(instrument)
        let held = profit.positions.positions(in: instrument).filter { $0.account == account }
        let sum = held.reduce(Int128(0)) { $0 + $1.quantity.raw }
        let most = held.filter { $0.quantity.raw != 0 }.sorted {
            ($0.quantity.magnitude.raw, $1.strategy.number)
                > ($1.quantity.magnitude.raw, $0.strategy.number)
        }.first
        if wanted == 0 {
            for position in held where position.quantity.raw != 0 {
                try adjust(
                    instrument, position.strategy, Quantity(raw: -position.quantity.raw), price,
                    snapshot, command, &step)
            }
        } else if wanted != sum {
            try adjust(
                instrument, most?.strategy ?? .none, Quantity(raw: wanted - sum), price, snapshot,
                command, &step)
        }
        let left = standing.compare(with: snapshot, reconciliationRules).contains {
            $0.kind == .averagePrice && $0.instrument == instrument
        }
        guard left, average.raw > 0 else { return }
        for position in profit.positions.positions(in: instrument)
        where position.account == account && position.quantity.raw != 0 {
            for quantity in [Quantity(raw: -position.quantity.raw), position.quantity] {
                try adjust(
                    instrument, position.strategy, quantity, average, snapshot, command, &step)
            }
        }
    }

    private mutating func adjust(
        _ instrument: InstrumentID, _ strategy: StrategyID, _ quantity: Quantity, _ price: Price,
        _ snapshot: VenueSnapshot, _ command: OperatorCommanded, _ step: inout Step
    ) throws(EngineError) {
        // Rounded to what a record can hold; the remainder is below any venue's step.
        let written = quantity.written
        guard written.raw != 0 else { return }
        let event = PositionAdjusted(
            instrument: instrument, strategy: strategy, quantity: written, price: price,
            snapshot: snapshot.began.snapshot, actor: command.actor, reason: command.reason)
        let sequence = try step.emit(event)
        try accounts.adjust(event, as: sequence, step)
        try follow(strategy, in: instrument, &step)
    }

    /// Brings a strategy's exits to what it holds after something other than its orders changed that.
    mutating func follow(
        _ strategy: StrategyID, in instrument: InstrumentID, _ step: inout Step
    ) throws(EngineError) {
        for slot in desk.slots.indices
        where desk.slots[slot].instrument == instrument && desk.slots[slot].id == strategy {
            desk.slots[slot].hold(held(by: slot))
            trimTargets(slot)
            try trimExits(slot, &step)
        }
    }
}
