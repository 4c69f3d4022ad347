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
        // A default value of `paper` contradicts nothing.
        if try settings[ModeKeys.mode] == .live,
            settings.text(of: ExecutionKeys.paper.name) == "true",
            try settings[LiveKeys.execMode] == .live
        {
            throw SettingsError(
                ExecutionKeys.paper, "true contradicts live.exec_mode live (EXEC_MODE)")
        }
    }

    /// A venue with live trading requires two settings.
    private static func live(_ settings: Settings) throws(SettingsError) {
        for own in KnownVenues.all.compactMap(\.liveSwitch) {
            guard try !settings[own.paper], try !settings[own.enabled] else { continue }
            let variable = own.enabled.setting.variables.first
            throw SettingsError(
                own.paper,
                "false requires \(own.enabled.name)=true" + (variable.map { " (\($0))" } ?? ""))
        }
    }
}
