import LedgerDomain
import LedgerSettings
import VenueRegister

/// Whether and how orders leave for a venue.
public enum ExecutionKeys {
    public static let paper = SettingKey.flag(
        "paper", default: true, help: "whether a gateway uses its venue's paper side")
    public static let mode = SettingKey<Mode>.choice(
        "execution.mode", default: .bar, help: "orders are decided at the close of a bar")
    public static let enabled = SettingKey.flag(
        "execution.enabled", default: true, help: "whether intents leave for a venue at all")

    public static let all = [paper.setting, mode.setting, enabled.setting].map {
        $0.read(by: "the trading daemon")
    }

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
        help: "everything runs and nothing is sent; only an explicit false sends orders",
        variables: ["DRY_RUN"])
    public static let execMode = SettingKey<Execution>.choice(
        "live.exec_mode", default: .paper, help: "live is one of the conditions for real orders",
        variables: ["EXEC_MODE"])
    public static let autoTrade = SettingKey.flag(
        "live.auto_trade", default: false, help: "whether a scheduled run may trade",
        variables: ["AUTO_TRADE"])
    public static let goLive = SettingKey.flag(
        "live.go_live", default: false, help: "whether a policy may leave its shadow",
        variables: ["GO_LIVE"])
    public static let signalInjection = SettingKey.flag(
        "live.signal_injection", default: false, help: "whether test signals are made",
        variables: ["SIGNAL_INJECTION"])
    public static let durability = SettingKey<Durability>.choice(
        "live.durability", default: .durable,
        help: "whether a commit is on the disk before what it decided leaves; bulk for measurements"
    )
    public static let acknowledgement = SettingKey.duration(
        "live.acknowledgement_ms", .milliseconds, 0...86_400_000, default: 2000,
        help: "milliseconds after which an order of which nothing is heard is asked for")
    public static let maxEntryAge = SettingKey.duration(
        "live.max_entry_age_s", .seconds, 1...86_400, default: 60,
        help: "seconds after which an entry that never reached the venue is not sent any more")
    public static let poll = SettingKey.duration(
        "live.poll_s", .seconds, 1...86_400, default: 30,
        help: "seconds between two questions for an open order, whatever the stream said")
    public static let reconcile = SettingKey.duration(
        "live.reconcile_s", .seconds, 0...86_400, default: 300,
        help: "seconds between two comparisons with the venue; 0 at starts and after gaps alone")
    public static let tick = SettingKey.duration(
        "live.tick_ms", .milliseconds, 10...1000, default: 500,
        help: "milliseconds between clock ticks")
    public static let queueCapacity = SettingKey<Int>.integer(
        "live.queue_capacity", 16...10_000_000, default: 65_536,
        help: "messages that may wait for the sequencer; then the socket is not read")

    public static let all = [
        dryRun.setting, execMode.setting, autoTrade.setting, goLive.setting,
        signalInjection.setting, durability.setting, acknowledgement.setting,
        maxEntryAge.setting, poll.setting, reconcile.setting, tick.setting,
        queueCapacity.setting,
    ].map { $0.read(by: "the trading daemon") }

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

/// Where market data come from when orders stay here.
public enum FeedKeys {
    public static let venue = SettingKey.choice(
        "feed.venue", of: ["none"] + KnownVenues.names, default: "none",
        help: "whose market data come where data.*.path is venue and venue.kind is simulated")

    public static let all = [venue.setting].map { $0.read(by: "the trading daemon") }
}

/// Where symbols come from.
public enum UniverseKeys {
    public static let mode = SettingKey<Mode>.choice(
        "universe.mode", default: .fixed, help: "where symbols come from",
        variables: ["UNIVERSE_MODE"])
    public static let csvPath = SettingKey.text(
        "universe.csv_path", default: "", help: "file of symbols, with universe.mode csv",
        variables: ["UNIVERSE_CSV_PATH"])

    public static let all = [mode.setting, csvPath.setting].map {
        $0.read(by: "the trading daemon")
    }

    /// The source of symbols.
    public enum Mode: String, Worded {
        case fixed = "static"
        case csv = "csv"

        public var word: String { rawValue }
    }
}

/// What a scheduled daily run looks at.
public enum DailyKeys {
    public static let autoUpdate = SettingKey.flag(
        "quality.auto_update", default: false, help: "whether stale data are fetched anew",
        variables: ["AUTO_UPDATE_DATA"])
    public static let validatorMaxAgeHours = SettingKey<Int>.integer(
        "quality.validator_max_age_hours", 1...100_000, default: 288,
        help: "age by the clock at which a daily run warns of its data",
        variables: ["DATA_VALIDATOR_MAX_AGE_HOURS"])
    public static let drawdownThreshold = SettingKey<Price>.share(
        "alerts.drawdown_threshold", default: "0.15",
        help: "share below the peak that the daily digest warns of",
        variables: ["ALERT_DRAWDOWN_THRESHOLD"])

    public static let all = [
        autoUpdate.setting, validatorMaxAgeHours.setting, drawdownThreshold.setting,
    ].map { $0.read(by: "the trading daemon") }
}
