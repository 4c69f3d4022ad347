import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety

extension Engine {
    /// Nil when the command may be stepped in this state, else why not and what to do instead.
    public func problem(with command: OperatorCommanded) -> String? {
        if let problem = OperatorVerb.problem(with: command) { return problem }
        guard configuration != nil else { return "the journal has no configuration yet" }
        switch OperatorVerb(rawValue: command.command) {
        case .engage:
            return scopeProblem(OperatorVerb.halves(command.argument).1)
        case .clear: return clearProblem(command.argument)
        case .mode:
            let (name, _) = OperatorVerb.halves(command.argument)
            guard let mode = TradingMode.allCases.first(where: { "\($0)" == name }) else {
                return nil
            }
            if gate.mode.mayBecome(mode) { return nil }
            return gate.mode == mode
                ? "the mode is \(mode) already"
                : "from halt trading resumes through paper: ledger mode paper, then \(mode)"
        case .override:
            return stop.phase == .normal
                ? "the drawdown stop is in NORMAL: nothing to override" : nil
        case .flatten: return scopeProblem(command.argument)
        case .sync:
            guard let last = snapshots.last, last.began.snapshot.hex == command.argument else {
                return "the venue's last snapshot is another one: reconcile first"
            }
            return last.began.isReachable ? nil : "the venue could not be asked"
        default: return nil
        }
    }

    private func scopeProblem(_ text: String) -> String? {
        switch GateScope(text) {
        case .strategy(let name) where strategy(named: name) == nil:
            return "no strategy is called '\(name)'; " + Self.known(names.strategies.map(\.name))
        case .symbol(let symbol) where instrument(of: symbol) == nil:
            return "no instrument is called '\(symbol)'; "
                + Self.known(names.instruments.map(\.symbol))
        default: return nil
        }
    }

    private static func known(_ names: [String]) -> String {
        names.isEmpty
            ? "the journal knows none" : "there are \(names.prefix(20).joined(separator: ", "))"
    }

    private func clearProblem(_ argument: String) -> String? {
        let (name, scope) = OperatorVerb.halves(argument)
        if let problem = scopeProblem(scope) { return problem }
        guard let source = LatchSource.allCases.first(where: { "\($0)" == name }),
            let key = key(scope)
        else { return nil }
        let latch = gate.latch(
            source, key.scope, strategy: key.strategy, instrument: key.instrument)
        guard let latch else { return "no latch of \(name) stands for \(scope)" }
        return latch.clears == .operator && source != .mode
            ? nil : "\(name) is not cleared by hand; it ends with: \(source.mend)"
    }

    private func strategy(named name: String) -> StrategyID? {
        names.strategies.first { $0.name.lowercased() == name.lowercased() }?.strategy
    }

    private func instrument(of symbol: String) -> InstrumentID? {
        names.instruments.first { $0.symbol == symbol }?.id
    }

    /// A scope as latches know it; nil for a name that is not known.
    private func key(
        _ text: String
    ) -> (scope: LatchScope, strategy: StrategyID, instrument: InstrumentID)? {
        switch GateScope(text) {
        case .global: return (.global, .none, .none)
        case .strategy(let name): return strategy(named: name).map { (.strategy, $0, .none) }
        case .symbol(let symbol): return instrument(of: symbol).map { (.symbol, .none, $0) }
        case nil: return nil
        }
    }

    /// Does what a command says; one that cannot be done is a note of somebody's wish.
    mutating func obey(
        _ command: OperatorCommanded, _ step: inout Step
    ) throws(EngineError) {
        guard problem(with: command) == nil, let verb = OperatorVerb(rawValue: command.command)
        else { return }
        let (actor, reason) = (command.actor, command.reason)
        switch verb {
        case .note, .hold, .releaseHold, .prune, .doctor: return
        case .deposit, .withdrawal, .fee: try book(verb, command, &step)
        case .engage: try engage(command, &step)
        case .clear:
            let (name, scope) = OperatorVerb.halves(command.argument)
            guard let source = LatchSource.allCases.first(where: { "\($0)" == name }),
                let key = key(scope)
            else { return }
            try clear(
                LatchCleared(
                    source, scope: key.scope, instrument: key.instrument, strategy: key.strategy,
                    actor: actor, reason: reason), &step)
        case .mode:
            let (name, hard) = OperatorVerb.halves(command.argument)
            guard let mode = TradingMode.allCases.first(where: { "\($0)" == name }) else { return }
            try change(
                to: mode, isHard: hard == "hard", actor: actor, reason: reason, &step)
        case .override:
            try overrideDrawdown(actor: actor, reason: reason, &step)
        case .healthCheck:
            try checkHealth(actor: actor, reason: reason, &step)
        case .sync: try synchronise(command, &step)
        case .flatten:
            guard let key = key(command.argument) else { return }
            try flatten(
                key.scope == .strategy ? key.strategy : nil,
                key.scope == .symbol ? key.instrument : nil, because: step.sequence, &step)
        }
    }

    private mutating func engage(
        _ command: OperatorCommanded, _ step: inout Step
    ) throws(EngineError) {
        let (name, scope) = OperatorVerb.halves(command.argument)
        guard let effect = LatchEffect.allCases.first(where: { "\($0)" == name }),
            let key = key(scope)
        else { return }
        try engage(
            LatchEngaged(
                .killSwitch, scope: key.scope, instrument: key.instrument, strategy: key.strategy,
                effect: effect, clears: .operator, actor: command.actor, reason: command.reason),
            &step)
        guard effect == .flatten else { return }
        try flatten(
            key.scope == .strategy ? key.strategy : nil,
            key.scope == .symbol ? key.instrument : nil, because: step.sequence, &step)
    }

    private mutating func book(
        _ verb: OperatorVerb, _ command: OperatorCommanded, _ step: inout Step
    ) throws(EngineError) {
        let amount: Money
        do { amount = try Money(command.argument) } catch { throw .number(error) }
        let sequence: SequenceNumber
        switch verb {
        case .deposit: sequence = try step.emit(CashDeposited(amount: amount))
        case .withdrawal: sequence = try step.emit(CashWithdrawn(amount: amount))
        default:
            let kind = command.reason.isEmpty ? "fee" : command.reason
            sequence = try step.emit(
                FeeCharged(instrument: .none, amount: amount, kind: kind))
        }
        guard let record = step.batch.record(sequence) else { return }
        try fold { (engine) throws(FoldError) in try engine.books.apply(record) }
    }
}
