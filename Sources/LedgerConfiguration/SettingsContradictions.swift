import LedgerEngine
import LedgerSettings
import LedgerVenues
import VenueRegister

/// Settings that are valid by themselves but contradict each other (C18): those of the engine and
/// all others.
enum SettingsContradictions {
    static func check(_ settings: Settings) throws(SettingsError) {
        try SettingsCheck.run(settings)
        try SettingsOrder(NetworkKeys.backoffBase, atMost: NetworkKeys.maxBackoff).check(settings)
        try live(settings)
        try symbols(settings)
        try currencies(settings)
        // A default value of `paper` contradicts nothing.
        if try settings[ModeKeys.mode] == .live,
            settings.text(of: ExecutionKeys.paper.name) == "true",
            try settings[LiveKeys.execMode] == .live
        {
            throw SettingsError(
                ExecutionKeys.paper, "true contradicts live.exec_mode live (EXEC_MODE)")
        }
    }

    /// A symbol without its venue means one instrument.
    private static func symbols(_ settings: Settings) throws(SettingsError) {
        var known: [String] = []
        for entry in settings.entries(.data) {
            if let symbol = try entry.given(DataKeys.symbol) { known.append(symbol) }
        }
        for entry in settings.entries(.strategies) {
            for part in try entry[StrategyKeys.symbols].split(separator: ",") {
                let symbol = String(part.trimmed)
                let meant = known.filter { $0.hasPrefix("\(symbol)@") }
                guard !known.contains(symbol), meant.count > 1 else { continue }
                throw entry.error(
                    StrategyKeys.symbols,
                    "'\(symbol)' is the symbol of several instruments; name one of "
                        + meant.joined(separator: ", "))
            }
        }
    }

    /// An instrument that gives a rate has the currency of the rate.
    private static func currencies(_ settings: Settings) throws(SettingsError) {
        var listings: [(symbol: String, currency: String, name: String)] = []
        for entry in settings.entries(.data) {
            let symbol = try entry.given(DataKeys.symbol) ?? ""
            let currency = try entry[DataKeys.currency]
            listings.append((symbol, currency, entry.name(of: DataKeys.currency)))
        }
        for entry in settings.entries(.rates) {
            let rate = try RateSettings(entry)
            guard !rate.instrument.isEmpty else { continue }
            guard let source = listings.first(where: { $0.symbol == rate.instrument }) else {
                guard listings.allSatisfy({ !$0.symbol.isEmpty }) else { continue }
                throw entry.error(
                    RateKeys.instrument, "'\(rate.instrument)' is not a symbol in the data")
            }
            let quoted = rate.isInverse ? rate.base : rate.quote
            guard source.currency == quoted else {
                throw entry.error(
                    RateKeys.instrument,
                    "'\(rate.instrument)' has prices in \(source.currency) (\(source.name)); the "
                        + "rate \(rate.name) needs \(quoted)"
                        + (rate.isInverse ? "" : ", or inverse: true"))
            }
        }
    }

    /// A venue with live trading requires two settings.
    private static func live(_ settings: Settings) throws(SettingsError) {
        for own in (try? Engine.settingsByAccount(of: settings)) ?? [] { try liveSwitch(own) }
        try liveSwitch(settings)
    }

    private static func liveSwitch(_ settings: Settings) throws(SettingsError) {
        for own in KnownVenues.all.compactMap(\.liveSwitch) {
            guard try !settings[own.paper], try !settings[own.enabled] else { continue }
            let variable = own.enabled.setting.variables.first
            throw SettingsError(
                own.paper,
                "false requires \(own.enabled.name)=true" + (variable.map { " (\($0))" } ?? ""))
        }
    }
}
