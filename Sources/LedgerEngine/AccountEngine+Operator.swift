import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety

extension AccountEngine {
    /// Nil when the command may be stepped in this state, else why not and what to do instead.
    public func problem(with event: OperatorCommanded) -> String? {
        do { return problem(with: try OperatorCommand(event)) } catch { return "\(error)" }
    }

    /// Nil when the command may be stepped in this state, else why not and what to do instead.
    public func problem(with command: OperatorCommand) -> String? {
        guard configuration != nil else {
            return "the journal has no configuration yet; create it with `ledger init`"
        }
        switch command {
        case .engage(_, let scope), .flatten(let scope): return problem(with: scope)
        case .clear(let source, let scope): return problem(clearing: source, scope)
        case .mode(let mode, _): return problem(changingTo: mode)
        case .override:
            return safeguards.stop.phase == .normal
                ? "the drawdown stop is in NORMAL; there is nothing to override" : unknownEquity
        case .sync(let snapshot):
            guard let last = snapshots.last, last.began.snapshot == snapshot else {
                return "this is not the venue's last snapshot; run `ledger reconcile` first"
            }
            return last.began.isReachable
                ? nil : "the venue did not answer; run `ledger reconcile` again"
        case .adopt(let symbol, let price): return problem(adopting: symbol, price)
        case .deposit(let amount), .withdrawal(let amount), .fee(let amount):
            return amount.currency.isEmpty ? nil : problem(holding: amount.currency)
        case .conversion(let conversion): return problem(with: conversion)
        case .rate(let rate): return problem(with: rate)
        case .action(let action): return problem(with: action)
        case .correction(let correction): return problem(with: correction)
        case .healthCheck: return safeguards.stop.allowsEntries ? nil : unknownEquity
        case .note, .hold, .releaseHold, .prune, .doctor: return nil
        // They concern two accounts; see `Engine.transfer`.
        case .transfer, .positionTransfer: return nil
        case .borrow(let charge), .interest(let charge), .funding(let charge):
            return problem(charging: charge)
        }
    }

    /// Why no peak can be set now; nil where equity is known.
    private var unknownEquity: String? {
        guard profit.converts, let gap = profit.equity.gap(account, at: accounts.lastTime) else {
            return nil
        }
        return "equity is unknown: \(gap); give the rate first, for example with ledger record rate"
    }

    private func problem(changingTo mode: TradingMode) -> String? {
        if safeguards.gate.mode.mayBecome(mode) { return nil }
        return safeguards.gate.mode == mode
            ? "the mode is already \(mode.word)"
            : "after a halt trading resumes through paper; run `ledger mode paper`, then "
                + "`ledger mode \(mode.word)`"
    }

    func problem(with scope: GateScope) -> String? {
        switch scope {
        case .strategy(let name) where strategy(named: name) == nil:
            return "there is no strategy '\(name)'; " + Self.known(names.strategies.map(\.name))
        case .symbol(let symbol) where instrument(of: symbol) == nil:
            guard !names.instruments.contains(where: { $0.isNamed(symbol) }) else {
                return names.problem(withSymbol: symbol)
            }
            return "there is no instrument '\(symbol)'; "
                + Self.known(names.instruments.map(\.symbol))
        default: return nil
        }
    }

    private static func known(_ names: [String]) -> String {
        names.isEmpty
            ? "the journal has none" : "the journal has \(names.prefix(20).joined(separator: ", "))"
    }

    private func problem(clearing source: LatchSource, _ scope: GateScope) -> String? {
        if let problem = problem(with: scope) { return problem }
        guard let key = key(scope) else { return nil }
        let latch = safeguards.gate.latch(
            source, key.scope, strategy: key.strategy, instrument: key.instrument)
        guard let latch else {
            return "no latch \(source.word) is engaged for \(scope.text); "
                + "`ledger gate status` lists those that are"
        }
        return latch.clears == .operator && source != .mode
            ? nil : "an operator cannot clear \(source.word); it ends with: \(source.mend)"
    }

    private func strategy(named name: String) -> StrategyID? {
        names.strategies.first { $0.name.lowercased() == name.lowercased() }?.strategy
    }

    private func instrument(of symbol: String) -> InstrumentID? {
        names.instrument(symbol: symbol)?.id
    }

    /// The scope in the form that latches use; nil for an unknown name.
    private func key(
        _ scope: GateScope
    ) -> (scope: LatchScope, strategy: StrategyID, instrument: InstrumentID)? {
        switch scope {
        case .global: return (.global, .none, .none)
        case .strategy(let name): return strategy(named: name).map { (.strategy, $0, .none) }
        case .symbol(let symbol): return instrument(of: symbol).map { (.symbol, .none, $0) }
        }
    }

    /// Carries out a command. A command that no longer applies is recorded and ignored.
    mutating func obey(
        _ event: OperatorCommanded, _ step: inout Step
    ) throws(EngineError) {
        guard let command = try? OperatorCommand(event), problem(with: command) == nil else {
            return
        }
        let (actor, reason) = (event.actor, event.reason)
        switch command {
        case .note, .hold, .releaseHold, .prune, .doctor, .transfer, .positionTransfer: return
        // The engine booked it for all accounts.
        case .action: return
        case .correction(let correction): try correct(correction, event, &step)
        case .borrow(let charge): try finance(BorrowCharged.self, charge, reason, &step)
        case .interest(let charge): try finance(InterestCharged.self, charge, reason, &step)
        case .funding(let charge): try finance(FundingCharged.self, charge, reason, &step)
        case .deposit(let amount): try deposit(amount, &step)
        case .withdrawal(let amount): try withdraw(amount, &step)
        case .fee(let amount): try charge(amount, reason.isEmpty ? "fee" : reason, &step)
        case .conversion(let conversion): try convert(conversion, &step)
        case .rate(let rate):
            try book(
                RateObserved(
                    rate: rate.rate, since: step.time, base: rate.base, quote: rate.quote,
                    source: "operator"), &step)
        case .engage(let effect, let scope):
            try engage(effect, scope, event, &step)
        case .clear(let source, let scope):
            guard let key = key(scope) else { return }
            try clear(
                LatchCleared(
                    source, scope: key.scope, instrument: key.instrument, strategy: key.strategy,
                    actor: actor, reason: reason), &step)
        case .mode(let mode, let isHard):
            try change(
                to: mode, isHard: isHard, actor: actor, reason: reason, &step)
        case .override:
            try overrideDrawdown(actor: actor, reason: reason, &step)
        case .healthCheck:
            try checkHealth(actor: actor, reason: reason, &step)
        case .sync: try synchronise(event, &step)
        case .adopt(let symbol, let price): try adopt(symbol, price, event, &step)
        case .flatten(let scope): try flatten(scope, &step)
        }
    }

    private mutating func engage(
        _ effect: LatchEffect, _ scope: GateScope, _ event: OperatorCommanded,
        _ step: inout Step
    ) throws(EngineError) {
        guard let key = key(scope) else { return }
        try engage(
            LatchEngaged(
                .killSwitch, scope: key.scope, instrument: key.instrument, strategy: key.strategy,
                effect: effect, clears: .operator, actor: event.actor, reason: event.reason),
            &step)
        if effect == .flatten { try flatten(scope, &step) }
    }

    private mutating func flatten(
        _ scope: GateScope, _ step: inout Step
    ) throws(EngineError) {
        guard let key = key(scope) else { return }
        try flatten(
            key.scope == .strategy ? key.strategy : nil,
            key.scope == .symbol ? key.instrument : nil, because: step.sequence, &step)
        // The operator wants it now, not after a back-off.
        desk.deferred.expedite(
            key.scope == .strategy ? key.strategy : nil,
            key.scope == .symbol ? key.instrument : nil, at: step.time)
    }

    /// Derives an event of cash and books it.
    mutating func book(
        _ event: some Event, _ step: inout Step
    ) throws(EngineError) {
        let sequence = try step.emit(event)
        guard let record = step.batch.record(sequence) else { return }
        try accounts.apply(record)
    }
}
