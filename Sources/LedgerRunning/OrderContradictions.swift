import LedgerConfiguration
import LedgerDomain
import LedgerEngine
import LedgerReading
import LedgerSettings

/// Settings with which every order of a strategy would be refused or come to nothing.
struct OrderContradictions {
    private let settings: Settings
    private let instruments: SymbolTable
    private let accounts: [Engine.AccountOutline]
    private let rates: [RateSettings]

    init(_ settings: Settings, _ instruments: SymbolTable) throws {
        (self.settings, self.instruments) = (settings, instruments)
        accounts = try Engine.accounts(of: settings)
        rates = try RateSettings.all(settings)
    }

    /// - Throws: `SettingsError` at the setting that is to be changed.
    func check() throws {
        for entry in settings.entries(.strategies) {
            let named = try entry.accounts
            let quantity = try fixedQuantity(entry)
            for symbol in try entry.listedSymbols {
                guard let instrument = instruments[symbol] else { continue }
                try checkCurrency(entry, instrument, in: named)
                if let quantity { try checkLot(entry, instrument, quantity) }
            }
        }
    }

    private func checkCurrency(
        _ strategy: SettingsEntry, _ instrument: Instrument, in named: [String]
    ) throws {
        let account = accounts.first {
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

    private func checkLot(
        _ strategy: SettingsEntry, _ instrument: Instrument, _ quantity: Quantity
    ) throws {
        guard quantity < instrument.lot else { return }
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

/// Instruments by what a setting may call them: the symbol, with or without the venue.
struct SymbolTable {
    private var named: [String: Instrument] = [:]

    /// - Parameter instruments: of several with one symbol, the first is meant.
    init(_ instruments: [Instrument]) {
        for instrument in instruments.reversed() { named[instrument.venueSymbol] = instrument }
        for instrument in instruments.reversed() { named[instrument.symbol] = instrument }
    }

    subscript(symbol: String) -> Instrument? { named[symbol] }
}

extension SettingsEntry {
    /// The symbols of a strategy's entry.
    var listedSymbols: [String] {
        get throws {
            try self[StrategyKeys.symbols].split(separator: ",").map { part in
                String(part.drop { $0 == " " })
            }
        }
    }
}
