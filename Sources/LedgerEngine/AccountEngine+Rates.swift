import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSettings

/// Rates between currencies: what equity, limits and sizes need to be in the account's currency.
extension AccountEngine {
    /// Says by which rates the account converts, where the settings have any.
    mutating func defineRates(
        _ configuration: EngineSettings, _ step: inout Step
    ) throws(EngineError) {
        guard !configuration.rates.isEmpty || !profit.equity.currencies.converts(account) else {
            throw .settings(
                SettingsError(
                    key: SettingsList.rates.rawValue,
                    "cannot be removed: the account has balances in other currencies"))
        }
        for (place, rate) in configuration.rates.enumerated() {
            let sequence = try step.emit(rate.event(place))
            guard let record = step.batch.record(sequence) else { return }
            try accounts.apply(record)
        }
    }

    /// The settings of rates, as text.
    static func rates(_ settings: Settings) -> [String] {
        settings.pairs.filter { $0.key.hasPrefix("\(SettingsList.rates.rawValue).") }
            .map { "\($0.key) \($0.value)" }
    }

    /// Blocks entries while equity is unknown, and lets them go when the rate arrives.
    @inline(never)
    mutating func watchRates(_ step: inout Step) throws(EngineError) {
        guard profit.converts else { return }
        let gap = profit.equity.gap(account, at: step.time)
        let standing = safeguards.gate.latch(.rates)
        guard let gap else {
            guard standing != nil else { return }
            try clear(
                LatchCleared(.rates, actor: "engine", reason: "every rate is known"), &step)
            return safeguards.monitors.equity.lookAgain()
        }
        let reason = "equity is unknown: \(gap)"
        guard standing?.reason != reason else { return }
        if standing != nil {
            try clear(LatchCleared(.rates, actor: "engine", reason: "another rate"), &step)
        }
        try engage(
            LatchEngaged(.rates, clears: .automatic, actor: "engine", reason: reason), &step)
    }

    /// The account's worth; nil where it is unknown.
    var knownWorth: AccountEquity? { isEquityKnown ? profit.equity[account] : nil }

    /// The balance that pays for an instrument.
    func balance(payingFor instrument: InstrumentID) -> Money {
        guard profit.converts, let currency = names[instrument]?.currency else {
            return profit.equity[account]?.cash ?? .zero
        }
        return profit.equity.balance(account, in: currency)
    }

    /// What open buy orders wait to spend of the balance that pays for an instrument.
    func reserved(for instrument: InstrumentID) throws(NumberError) -> Money {
        guard profit.converts, let currency = names[instrument]?.currency else {
            return try desk.register.reservedCash(account)
        }
        let names = names
        return try desk.register.reservedCash(account) { names[$0]?.currency == currency }
    }

    /// How an instrument's currency converts into the account's; nil where it is the same.
    func conversion(of instrument: InstrumentID) -> Conversion? {
        guard profit.converts, let currency = names[instrument]?.currency else { return nil }
        return profit.equity.conversion(account, from: currency)
    }

    /// An amount in an instrument's currency, in the account's.
    func worth(
        of amount: Money, in instrument: InstrumentID
    ) throws(NumberError) -> Money {
        guard let conversion = conversion(of: instrument) else { return amount }
        return try conversion.worth(of: amount)
    }

    /// Why an instrument's currency cannot be traded; nil where it can.
    ///
    /// - Parameter isExit: what closes a position needs no rate.
    func currencyRefusal(_ instrument: Instrument, isExit: Bool) -> Refusal? {
        guard instrument.currency != configuration?.currency else { return nil }
        guard profit.converts else { return Refusal(.currencyMismatch) }
        switch profit.equity.gap(account, from: instrument.currency, at: accounts.lastTime) {
        case nil: return nil
        case .noPath: return isExit ? nil : Refusal(.currencyMismatch)
        case .missing, .stale: return isExit ? nil : Refusal(.rateUnknown)
        }
    }

    /// Whether the account's equity can be told at the last input.
    public var isEquityKnown: Bool {
        !profit.converts || profit.equity.gap(account, at: accounts.lastTime) == nil
    }

    /// The account's equity for a person; `unknown` where a rate is missing.
    public var equityText: String {
        isEquityKnown ? "\(profit.equity[account]?.equity ?? .zero)" : "unknown"
    }

    // MARK: Balances

    /// The currency in which an instrument's fills are paid.
    func currency(of instrument: InstrumentID) -> String {
        let own = configuration?.currency ?? ""
        return profit.converts ? names[instrument]?.currency ?? own : own
    }

    /// Whether the account has a balance of a currency or a coin, or a rate for one.
    func keepsBalance(of currency: String) -> Bool {
        guard profit.converts else { return false }
        if currency == configuration?.currency { return true }
        if case .noPath = profit.equity.gap(account, from: currency, at: accounts.lastTime) {
            return profit.equity.currencies.balances(account).contains { $0.currency == currency }
        }
        return true
    }

    /// Gives or takes money without profit, of the balance that pays for an instrument.
    mutating func adjustCash(
        _ amount: Money, of instrument: InstrumentID, actor: String, reason: String,
        chain: SequenceNumber = .none, _ step: inout Step
    ) throws(EngineError) {
        let currency = currency(of: instrument)
        if currency == configuration?.currency ?? "" {
            let event = CashAdjusted(amount: amount, snapshot: 0, actor: actor, reason: reason)
            let sequence = try step.emit(event, correlation: chain)
            return try accounts.adjust(event, as: sequence, step)
        }
        try adjust(currency, by: amount, chain: chain, &step)
    }

    /// Gives or takes money of another currency than the account's, without profit.
    mutating func adjust(
        _ currency: String, by amount: Money, chain: SequenceNumber = .none, _ step: inout Step
    ) throws(EngineError) {
        let sequence =
            amount.raw < 0
            ? try step.emit(
                BalanceWithdrawn(amount: -amount, currency: currency), correlation: chain)
            : try step.emit(
                BalanceDeposited(amount: amount, currency: currency), correlation: chain)
        guard let record = step.batch.record(sequence) else { return }
        try accounts.apply(record)
    }

    /// What the account has of each other currency that it converts.
    public var balances: [LedgerBalance] {
        guard profit.converts, let configuration else { return [] }
        var known = profit.equity.currencies.balances(account).map(\.currency)
        for rate in configuration.rates {
            for currency in [rate.base, rate.quote]
            where currency != configuration.currency && !known.contains(currency)
                && RateSettings.leads(
                    configuration.rates, from: currency, to: configuration.currency)
            {
                known.append(currency)
            }
        }
        return known.map {
            LedgerBalance(currency: $0, amount: profit.equity.balance(account, in: $0))
        }
    }

    mutating func bookInChain(_ event: some Event, _ step: inout Step) throws(EngineError) {
        let sequence = try step.emitInChain(event)
        guard let record = step.batch.record(sequence) else { return }
        try accounts.apply(record)
    }
}

extension Engine {
    /// See `AccountEngine.isEquityKnown`; of the account whose turn it is.
    public var isEquityKnown: Bool { parts[turn].isEquityKnown }

    /// See `AccountEngine.equityText`.
    public var equityText: String { parts[turn].equityText }
}
