import LedgerEngine
import LedgerSettings
import LedgerVenues
import VenueRegister

/// The register of all settings. Each group is declared where it is read.
public enum SettingsSchema {
    public static let all: [Setting] = [
        engine, VenueFileKeys.all, ExecutionKeys.all, LiveKeys.all, FeedKeys.all,
        UniverseKeys.all, DailyKeys.all, venues, venueEntries, NetworkKeys.all, LatencyKeys.all,
        EmailKeys.all,
        AlertKeys.all, FeatureKeys.all, TrainingKeys.all, ExchangeKeys.all, DataKeys.all,
        EngineSchema.strategies,
    ].flatMap { $0 }

    /// The engine's settings. It knows no venue's name, so their choice is added here.
    private static let engine: [Setting] = EngineSchema.core.map {
        $0.key == ModeKeys.venue.name || $0.key == DeskKeys.venueKind
            ? $0.choosing(from: [ModeKeys.simulated] + KnownVenues.names) : $0
    }

    /// What each venue declares.
    private static let venues: [Setting] = KnownVenues.all.flatMap { venue in
        let keys = [venue.credentials.key.setting, venue.credentials.secret.setting]
        return [venue.credentials.file.setting]
            + (venue.settings + keys).map { $0.read(by: "the trading daemon") }
            + venue.exchangeSettings
    }

    /// What an entry of `venues` may have instead of the venue's section: keys and addresses of its own, and
    /// its own files.
    private static let venueEntries: [Setting] =
        KnownVenues.all.flatMap { venue in
            ([venue.credentials.file.setting] + venue.settings).map {
                $0.listed(as: "venues.*.\($0.key)")
            }
        } + VenueFileKeys.all.map { $0.listed(as: "venues.*.\($0.key.dropFirst("venue.".count))") }

    /// The setting for a key; nil if the key is unknown.
    public static func setting(_ key: String) -> Setting? { all.setting(key) }

    /// Nil if all values are valid and none contradict each other; otherwise the first problem.
    public static func problem(with settings: Settings) -> SettingsError? {
        for (key, value) in settings.pairs {
            let setting = setting(key)
            if let problem = setting?.problem(with: value) {
                return SettingsError(key: key, "'\(value)' \(problem)")
            }
            if setting?.isRefused(value) == true {
                return SettingsError(key: key, "is not in this version; remove it")
            }
        }
        do throws(SettingsError) { try SettingsContradictions.check(settings) } catch {
            return error
        }
        return nil
    }
}
