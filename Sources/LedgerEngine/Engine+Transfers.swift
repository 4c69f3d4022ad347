import LedgerDomain
import LedgerEvents
import LedgerProjections

/// Money and positions that go from one account of the journal to another, on an operator's command.
extension Engine {
    /// The two accounts of a transfer, by their places.
    private struct Ends {
        var from: Int
        var to: Int
    }

    /// The lots that a transfer would move.
    private struct Units {
        var position: Position
        var instrument: Instrument
        var toStrategy: StrategyID
        /// With the sign of the position.
        var quantity: Quantity
    }

    private enum Found<Value> {
        case found(Value)
        case problem(String)
    }

    // MARK: What speaks against it

    /// Why a transfer cannot be booked now; nil where it can, and for other commands.
    func problem(transferring command: OperatorCommand, from account: AccountID) -> String? {
        switch command {
        case .transfer(let transfer):
            switch ends(from: account, to: transfer.to) {
            case .problem(let why): return why
            case .found(let ends): return problem(moving: transfer.amount, ends)
            }
        case .positionTransfer(let transfer):
            switch units(transfer, from: account) {
            case .problem(let why): return why
            case .found(let (units, ends)): return problem(moving: units, ends)
            }
        default: return nil
        }
    }

    private func ends(from account: AccountID, to name: String) -> Found<Ends> {
        let known = names.accounts.map(\.name).joined(separator: ", ")
        guard parts.count > 1 else {
            return .problem("a transfer needs two accounts; the journal has only \(known)")
        }
        guard let from = place(of: account) else {
            return .problem(
                account == .none
                    ? "a transfer leaves one account; name it with --from: \(known)"
                    : "the journal has no account \(account.index); it has \(known)")
        }
        let own = names.name(account)
        guard let to = parts.indices.first(where: { names.name(parts[$0].id) == name }) else {
            return .problem("there is no account '\(name)'; the journal has \(known)")
        }
        guard to != from else {
            return .problem("a transfer needs two accounts, and both are '\(own)'")
        }
        let kinds = [account.kind, parts[to].id.kind].map { $0.map { "\($0)" } ?? "undefined" }
        guard kinds[0] == kinds[1] else {
            return .problem(
                "\(own) is \(kinds[0]) and \(name) is \(kinds[1]); money of different kinds never "
                    + "mixes")
        }
        return .found(Ends(from: from, to: to))
    }

    private func problem(moving amount: OperatorAmount, _ ends: Ends) -> String? {
        let all = accounts
        let currency = amount.currency.isEmpty ? all[ends.from].currency : amount.currency
        for place in [ends.from, ends.to] {
            guard let why = all[place].problem(holding: currency) else { continue }
            return "\(names.name(parts[place].id)): \(why)"
        }
        return all[ends.from].shortage(of: amount.money, currency)
    }

    private func units(
        _ transfer: OperatorPositionTransfer, from account: AccountID
    ) -> Found<(Units, Ends)> {
        let ends: Ends
        switch self.ends(from: account, to: transfer.to) {
        case .problem(let why): return .problem(why)
        case .found(let found): ends = found
        }
        guard let instrument = names.instrument(symbol: transfer.symbol) else {
            return .problem("there is no instrument '\(transfer.symbol)'")
        }
        let held = profit.positions.positions(in: instrument.id).filter {
            $0.account == account && $0.quantity.raw != 0
        }
        let own = names.name(account)
        let named = held.filter {
            transfer.strategy.isEmpty || holder($0) == transfer.strategy.lowercased()
        }
        guard let position = named.first else {
            let holders = held.map(holder).sorted().joined(separator: ", ")
            return .problem(
                held.isEmpty
                    ? "\(own) holds no \(transfer.symbol)"
                    : "\(transfer.strategy) holds no \(transfer.symbol) in \(own); there it belongs to \(holders)"
            )
        }
        guard named.count == 1 else {
            return .problem(
                "several strategies hold \(transfer.symbol) in \(own); name one with --strategy: "
                    + held.map(holder).sorted().joined(separator: ", "))
        }
        let trades = parts[ends.to].desk.slots.contains {
            $0.id == position.strategy && $0.instrument == instrument.id
        }
        return .found(
            (
                Units(
                    position: position, instrument: instrument,
                    toStrategy: trades ? position.strategy : .none,
                    quantity: Quantity(
                        raw: transfer.quantity.raw * position.quantity.raw.signum())),
                ends
            ))
    }

    /// The strategy of a position as a command names it.
    private func holder(_ position: Position) -> String {
        position.strategy == .none ? "none" : names.name(position.strategy).lowercased()
    }

    private func problem(moving units: Units, _ ends: Ends) -> String? {
        let symbol = units.instrument.symbol
        let (held, wanted) = (units.position.quantity.magnitude, units.quantity.magnitude)
        let all = accounts
        guard wanted <= held else {
            return "\(wanted) \(symbol) is more than the position of \(held)"
        }
        guard wanted.written == wanted else { return "\(wanted) has too many digits" }
        for place in [ends.from, ends.to] {
            let name = names.name(parts[place].id)
            if let why = all[place].problem(holding: units.instrument.currency) {
                return "\(name): \(why)"
            }
            guard
                let gap = profit.equity.gap(
                    parts[place].id, from: units.instrument.currency, at: lastTime)
            else { continue }
            return "\(name): \(gap); give the rate first, for example with ledger record rate"
        }
        let target = profit.positions.position(
            parts[ends.to].id, units.toStrategy, units.instrument.id)
        guard let target, target.quantity.raw.signum() == -units.quantity.raw.signum() else {
            return event(units, to: parts[ends.to].id) == nil
                ? "the worth of \(wanted) \(symbol) does not fit" : nil
        }
        return "\(names.name(parts[ends.to].id)) holds \(target.quantity) \(symbol); a transfer of "
            + "\(units.quantity) would close it at no price"
    }

    // MARK: Booking

    private func event(_ units: Units, to account: AccountID) -> PositionTransferred? {
        let mark = profit.equity.mark(units.instrument.id)
        guard let value = try? Money.notional(mark, units.quantity),
            let cost = try? units.position.cost(ofOldest: units.quantity),
            cost.raw.magnitude <= Money.limit.raw.magnitude
        else { return nil }
        return PositionTransferred(
            instrument: units.instrument.id, strategy: units.position.strategy,
            toStrategy: units.toStrategy, quantity: units.quantity, cost: cost, value: value,
            to: account)
    }

    /// Books a transfer. A command that no longer applies is recorded and ignored.
    mutating func transfer(_ record: Record, _ step: inout Step) throws(EngineError) {
        guard let command = try? OperatorCommand(decode(record) as OperatorCommanded),
            problem(transferring: command, from: record.account) == nil
        else { return }
        switch command {
        case .transfer(let transfer):
            guard case .found(let ends) = ends(from: record.account, to: transfer.to) else {
                return
            }
            give(to: ends.from, &step)
            let currency = transfer.amount.currency
            let event = CashTransferred(
                to: parts[ends.to].id, amount: transfer.amount.money,
                currency: currency.isEmpty ? parts[ends.from].currency : currency)
            try parts[ends.from].book(event, &step)
        case .positionTransfer(let transfer):
            guard case .found(let (units, ends)) = units(transfer, from: record.account),
                let event = event(units, to: parts[ends.to].id)
            else { return }
            give(to: ends.from, &step)
            try parts[ends.from].book(event, &step)
            try parts[ends.from].follow(event.strategy, in: event.instrument, &step)
            give(to: ends.to, &step)
            try parts[ends.to].follow(event.toStrategy, in: event.instrument, &step)
        default: return
        }
    }

    /// The places of the accounts that a transfer concerns; nil for another input.
    func ends(of record: Record) -> [Int]? {
        guard record.type == .operatorCommanded,
            let event = try? OperatorCommanded(record),
            let command = try? OperatorCommand(event),
            let name = command.receiver, let from = place(of: record.account)
        else { return nil }
        let to = parts.indices.filter { names.name(parts[$0].id) == name && $0 != from }
        return ([from] + to).sorted()
    }
}

extension OperatorCommand {
    /// The account that receives a transfer; nil for other commands.
    fileprivate var receiver: String? {
        switch self {
        case .transfer(let transfer): transfer.to
        case .positionTransfer(let transfer): transfer.to
        default: nil
        }
    }
}
