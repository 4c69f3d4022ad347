import LedgerDomain
import LedgerSettings
import VenueRegister

/// Whether and how orders are sent to a venue.
public enum ExecutionKeys {
    public static let paper = SettingKey.flag(
        "paper", default: true, help: "use the venue's paper account")
    public static let mode = SettingKey<Mode>.choice(
        "execution.mode", default: .bar, help: "when orders are decided: at the close of a bar")
    public static let enabled = SettingKey.flag(
        "execution.enabled", default: true, help: "send orders to a venue")

    public static let all =
        [paper.setting, enabled.setting].map { $0.read(by: "the trading daemon") }
        + [mode.setting.notInThisVersion]

    /// When orders are decided.
    public enum Mode: String, Worded {
        case bar = "bar"

        public var word: String { rawValue }
    }
}

/// How a live run trades.
public enum LiveKeys {
    public static let dryRun = SettingKey.flag(
        "live.dry_run", default: true,
        help: "run without sending orders; only an explicit false sends them",
        variables: ["DRY_RUN"])
    public static let execMode = SettingKey<Execution>.choice(
        "live.exec_mode", default: .paper,
        help: "must be live for real orders, among other conditions",
        variables: ["EXEC_MODE"])
    public static let autoTrade = SettingKey.flag(
        "live.auto_trade", default: false, help: "allow scheduled runs to trade",
        variables: ["AUTO_TRADE"])
    public static let goLive = SettingKey.flag(
        "live.go_live", default: false, help: "allow a policy to leave shadow mode",
        variables: ["GO_LIVE"])
    public static let signalInjection = SettingKey.flag(
        "live.signal_injection", default: false, help: "generate test signals",
        variables: ["SIGNAL_INJECTION"])
    public static let durability = SettingKey<Durability>.choice(
        "live.durability", default: .durable,
        help: "wait for the disk before sending orders; bulk is only for measurements"
    )
    public static let acknowledgement = SettingKey.duration(
        "live.acknowledgement_ms", .milliseconds, 0...86_400_000, default: 2000,
        help: "query an order after this many milliseconds without an answer")
    public static let maxEntryAge = SettingKey.duration(
        "live.max_entry_age_s", .seconds, 1...86_400, default: 60,
        help: "give up an entry that has not reached the venue after this many seconds")
    public static let poll = SettingKey.duration(
        "live.poll_s", .seconds, 1...86_400, default: 30,
        help: "seconds between two queries of an open order")
    public static let reconcile = SettingKey.duration(
        "live.reconcile_s", .seconds, 0...86_400, default: 300,
        help: "seconds between two reconciliations; 0 for only at starts and after gaps")
    public static let tick = SettingKey.duration(
        "live.tick_ms", .milliseconds, 10...1000, default: 500,
        help: "milliseconds between clock ticks")
    public static let artifacts = SettingKey.text(
        "live.artifacts", default: ".",
        help: "directory that gets artifacts/ and logs/ while the daemon runs; empty for none")
    public static let queueCapacity = SettingKey<Int>.integer(
        "live.queue_capacity", 16...10_000_000, default: 65_536,
        help: "maximum messages waiting for the sequencer; reading pauses beyond")

    public static let all =
        [
            dryRun.setting, execMode.setting, durability.setting, acknowledgement.setting,
            maxEntryAge.setting, poll.setting, reconcile.setting, tick.setting,
            queueCapacity.setting, artifacts.setting,
        ].map { $0.read(by: "the trading daemon") }
        + [autoTrade.setting, goLive.setting, signalInjection.setting].map(\.notInThisVersion)

    /// Whether orders may be real.
    public enum Execution: String, Worded {
        case paper = "paper"
        case live = "live"

        public var word: String { rawValue }
    }

    /// Whether a commit waits for the disk.
    public enum Durability: String, Worded {
        case durable = "durable"
        case bulk = "bulk"

        public var word: String { rawValue }
    }
}

/// Where market data come from when the engine fills orders itself.
public enum FeedKeys {
    public static let none = "none"
    public static let venue = SettingKey.choice(
        "feed.venue", of: [none] + KnownVenues.names, default: none,
        help: "venue of the market data if data.*.path is venue and venue.kind is simulated")
    /// The same of an entry of `venues`.
    static let ofVenue = SettingKey.choice(
        "venues.*.feed.venue", of: [none] + KnownVenues.names, default: nil,
        help: "venue of the market data of this simulated venue")

    public static let all = [venue.setting, ofVenue.setting].map {
        $0.read(by: "the trading daemon")
    }
}

/// Where symbols come from.
public enum UniverseKeys {
    public static let mode = SettingKey<Mode>.choice(
        "universe.mode", default: .fixed, help: "source of the symbols",
        variables: ["UNIVERSE_MODE"])
    public static let csvPath = SettingKey.text(
        "universe.csv_path", default: "", help: "file of symbols, for universe.mode csv",
        variables: ["UNIVERSE_CSV_PATH"])

    public static let all = [mode.setting, csvPath.setting].map(\.notInThisVersion)

    /// The source of symbols.
    public enum Mode: String, Worded {
        case fixed = "static"
        case csv = "csv"

        public var word: String { rawValue }
    }
}

/// What a scheduled daily run checks.
public enum DailyKeys {
    public static let autoUpdate = SettingKey.flag(
        "quality.auto_update", default: false, help: "fetch stale data again",
        variables: ["AUTO_UPDATE_DATA"])

    public static let all = [autoUpdate.setting.notInThisVersion]
}
