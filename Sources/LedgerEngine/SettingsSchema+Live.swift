import LedgerSettings
import VenueRegister

/// The settings that the runbooks name for trading on real venues, for training and for delivery. They
/// are checked, shown and journaled with all others; the trading daemon is what reads most of them.
extension SettingsSchema {
    private static let milliseconds = Setting.Kind.integer(0...86_400_000)

    static let operations: [Setting] =
        [mode]
        + (live + daemon + venues + addresses + network + delivery + features).map {
            $0.read(by: "the trading daemon")
        }
        + training.map { $0.read(by: "training") }

    private static let mode = Setting(
        "mode", .choice(["sim", "paper", "live"]), "sim",
        "which driver may run this configuration; in live no safety can be off")

    private static let live: [Setting] = [
        Setting("paper", .flag, "true", "whether a gateway uses its venue's paper side"),
        Setting(
            "execution.mode", .choice(["bar"]), "bar", "orders are decided at the close of a bar"),
        Setting("execution.enabled", .flag, "true", "whether intents leave for a venue at all"),
        Setting(
            "live.dry_run", .flag, "true",
            "everything runs and nothing is sent; only an explicit false sends orders",
            variables: ["DRY_RUN"]),
        Setting(
            "live.exec_mode", .choice(["paper", "live"]), "paper",
            "live is one of the conditions for real orders", variables: ["EXEC_MODE"]),
        Setting(
            "live.auto_trade", .flag, "false", "whether a scheduled run may trade",
            variables: ["AUTO_TRADE"]),
        Setting(
            "live.go_live", .flag, "false", "whether a policy may leave its shadow",
            variables: ["GO_LIVE"]),
        Setting(
            "live.signal_injection", .flag, "false", "whether test signals are made",
            variables: ["SIGNAL_INJECTION"]),
        Setting(
            "universe.mode", .choice(["static", "csv"]), "static", "where symbols come from",
            variables: ["UNIVERSE_MODE"]),
        Setting(
            "universe.csv_path", .text, "", "file of symbols, with universe.mode csv",
            variables: ["UNIVERSE_CSV_PATH"]),
        Setting(
            "quality.auto_update", .flag, "false", "whether stale data are fetched anew",
            variables: ["AUTO_UPDATE_DATA"]),
        Setting(
            "quality.validator_max_age_hours", .integer(1...100_000), "288",
            "age by the clock at which a daily run warns of its data",
            variables: ["DATA_VALIDATOR_MAX_AGE_HOURS"]),
        Setting(
            "alerts.drawdown_threshold", .decimal(from: "0", through: "1"), "0.15",
            "share below the peak that the daily digest warns of",
            variables: ["ALERT_DRAWDOWN_THRESHOLD"]),
    ]

    private static let venues = KnownVenues.all.flatMap { $0.settings + $0.keySettings }

    private static let daemon: [Setting] = [
        Setting(
            "feed.venue", .choice(["none"] + KnownVenues.names), "none",
            "whose market data come where data.*.path is venue and venue.kind is simulated"),
        Setting(
            "live.durability", .choice(["durable", "bulk"]), "durable",
            "whether a commit is on the disk before what it decided leaves; bulk for measurements"),
        Setting(
            "live.acknowledgement_ms", milliseconds, "2000",
            "milliseconds after which an order of which nothing is heard is asked for"),
        Setting(
            "live.max_entry_age_s", .integer(1...86_400), "60",
            "seconds after which an entry that never reached the venue is not sent any more"),
        Setting(
            "live.poll_s", .integer(1...86_400), "30",
            "seconds between two questions for an open order, whatever the stream said"),
        Setting(
            "live.reconcile_s", .integer(0...86_400), "300",
            "seconds between two comparisons with the venue; 0 at starts and after gaps alone"),
        Setting("live.tick_ms", .integer(10...1000), "500", "milliseconds between clock ticks"),
        Setting(
            "live.queue_capacity", .integer(16...10_000_000), "65536",
            "messages that may wait for the sequencer; then the socket is not read"),
    ]

    private static let addresses: [Setting] = [
        Setting(
            "network.processing_limit_ms", .integer(0...600_000), "10000",
            "milliseconds for which a venue may still place an order that it took up"),
        Setting(
            "network.ca_file", .text, "", "certificates to trust beside the system's own, PEM"),
    ]

    private static let network: [Setting] = [
        Setting("use_seasonality", .flag, "false", "whether the hour of the week scales latency"),
        Setting(
            "latency.use_seasonality", .flag, "false", "the same, under the section's own name"),
        Setting("latency.base_ms", milliseconds, "250", "milliseconds that a request takes"),
        Setting("latency.timeout_ms", milliseconds, "2500", "milliseconds until it is given up"),
        Setting(
            "latency.retries", .integer(0...100), "1", "tries more of a request that is no order"),
        Setting(
            "backoff_base_s", .decimal(from: "0.001", through: "3600"), "2",
            "seconds before the second try, at most; doubled for each more"),
        Setting(
            "max_backoff_s", .decimal(from: "0.001", through: "86400"), "60",
            "seconds before a try, at most"),
    ]

    private static let delivery: [Setting] = [
        Setting("email.smtp_host", .text, "", "mail server", variables: ["EMAIL_SMTP_HOST"]),
        Setting(
            "email.smtp_port", .integer(1...65_535), "587", "port of the mail server",
            variables: ["EMAIL_SMTP_PORT"]),
        Setting("email.user", .text, "", "user at the mail server", variables: ["EMAIL_USER"]),
        Setting(
            "email.password", .secret, "", "password of that user", variables: ["EMAIL_PASSWORD"]),
        Setting("email.from", .text, "", "sender of alerts", variables: ["EMAIL_FROM"]),
        Setting("email.to", .text, "", "receivers, separated by commas", variables: ["EMAIL_TO"]),
        Setting(
            "alerts.slack_webhook", .secret, "", "address that alerts are posted to",
            variables: ["SLACK_WEBHOOK", "SLACK_WEBHOOK_URL"]),
        Setting(
            "alerts.redis_url", .secret, "", "store that alerts are published in",
            variables: ["REDIS_URL"]),
        Setting(
            "incident.bucket", .text, "", "where incident bundles are copied to",
            variables: ["INCIDENT_BUCKET"]),
    ]

    private static let features: [Setting] = [
        Setting(
            "features.nownodes", .flag, "false", "an outside feed of chain data",
            variables: ["USE_NOWNODES"]),
        Setting(
            "features.openai_mock", .flag, "true", "a stand-in for a language model",
            variables: ["OPENAI_MOCK"]),
        Setting(
            "features.redis_mock", .flag, "false", "a stand-in for the store",
            variables: ["REDIS_MOCK"]),
        Setting(
            "features.ml_tests", .flag, "false", "tests that need a trained model",
            variables: ["RUN_ML_TESTS"]),
        Setting(
            "features.onnx_tests", .flag, "false", "tests that need an exported model",
            variables: ["RUN_ONNX_TESTS"]),
    ]

    private static let training: [Setting] = [
        Setting("training.n_steps", .integer(1...10_000_000), "2048", "steps a roll-out"),
        Setting("training.batch_size", .integer(1...10_000_000), "64", "samples a batch"),
        Setting(
            "training.learning_rate", .decimal(from: "0.000000001", through: "1"), "0.0001",
            "of the optimiser"),
        Setting("training.gamma", .decimal(from: "0", through: "1"), "0.99", "discount"),
        Setting(
            "training.total_timesteps", .integer(1...1_000_000_000_000), "1000000",
            "steps in all"),
    ]
}

extension Setting {
    /// The same, and whom it is for while nothing else reads it.
    fileprivate func read(by reader: String) -> Setting {
        Setting(
            key, kind, defaultValue, "\(help); for \(reader)", strategies: strategies,
            variables: variables)
    }
}
