import LedgerConfiguration
import LedgerDomain
import LedgerEngine
import LedgerReading
import LedgerSettings

/// Settings with which every order of a strategy would be refused or come to nothing.
struct OrderContradictions {
    private let settings: Settings
    private let instruments: [Instrument]

    init(_ settings: Settings, _ instruments: [Instrument]) {
        (self.settings, self.instruments) = (settings, instruments)
    }

    /// - Throws: `SettingsError` at the setting that is to be changed.
    func check() throws {
        for entry in settings.entries(.strategies) {
            let symbols = try entry[StrategyKeys.symbols].split(separator: ",")
            for symbol in symbols.map({ $0.drop { $0 == " " } }) {
                guard let instrument = instruments.first(where: { $0.isNamed(String(symbol)) })
                else {
                    continue
                }
                try checkCurrency(entry, instrument)
                try checkLot(entry, instrument)
            }
        }
    }

    private func checkCurrency(_ strategy: SettingsEntry, _ instrument: Instrument) throws {
        let named = try strategy.given(StrategyKeys.accounts) ?? []
        let rates = try RateSettings.all(settings)
        let account = try Engine.accounts(of: settings).first {
            (named.isEmpty || named.contains($0.name))
                && !RateSettings.leads(rates, from: instrument.currency, to: $0.currency)
        }
        guard let account else { return }
        let mend = rates.isEmpty ? "make them the same, or add rates" : "add an entry to rates"
        let consequence =
            "but \(account.currencyKey) is \(account.currency), so every order would be refused; \(mend)"
        guard let data = try data(of: instrument) else {
            throw strategy.error(
                StrategyKeys.symbols,
                "'\(instrument.symbol)' trades in \(instrument.currency), \(consequence)")
        }
        throw data.error(DataKeys.currency, "is \(instrument.currency), \(consequence)")
    }

    private func checkLot(_ strategy: SettingsEntry, _ instrument: Instrument) throws {
        guard let quantity = try fixedQuantity(strategy), quantity < instrument.lot else { return }
        let place = try data(of: instrument).map { " (\($0.name(of: DataKeys.lot)))" } ?? ""
        throw strategy.error(
            StrategyKeys.quantity,
            "is \(quantity), less than the lot of \(instrument.symbol), \(instrument.lot)\(place), so "
                + "every order would be nothing; order at least a lot, or lower the lot")
    }

    /// Nil for a strategy that computes its quantities.
    private func fixedQuantity(_ strategy: SettingsEntry) throws -> Quantity? {
        let kind = try strategy[StrategyKeys.kind]
        guard StrategyKeys.quantity.setting.strategies.contains(kind) else { return nil }
        let spendsCash =
            try HoldKeys.cashFraction.setting.strategies.contains(kind)
            && strategy[HoldKeys.cashFraction] > 0
        return spendsCash ? nil : try strategy[StrategyKeys.quantity]
    }

    /// The entry that defines an instrument; nil where a tape does.
    private func data(of instrument: Instrument) throws -> SettingsEntry? {
        try settings.entries(.data).first { entry in
            try entry.given(DataKeys.symbol) == instrument.symbol
                && !JournalHome.isJournal(try entry[DataKeys.path])
        }
    }
}
