import AlpacaWire
import LedgerConfiguration
import LedgerEngine
import LedgerSafety
import LedgerVenues
import Testing

/// The variables and keys that the runbooks name, with the defaults that they state (B20, B21, C2, C17).
@Suite struct RunbookVariableTests {
    private func load(
        _ environment: [String: String] = [:], text: String? = nil,
        _ overrides: [(key: String, value: String)] = []
    ) throws(ConfigurationError) -> Configuration {
        try Configuration(
            path: "test.yaml", text: text, environment: environment, overrides: overrides)
    }

    private func origin(_ configuration: Configuration, _ key: String) -> String? {
        configuration.entries.first { $0.key == key }.map { "\($0.origin)" }
    }

    struct Row: Sendable {
        var variable: String
        var key: String
        /// As `config show` prints it where nothing is set.
        var standard: String
        /// A good value that is another one.
        var other: String
        /// A value that is none; nil for texts, which take everything.
        var bad: String?
        /// What else must be set for it to be good.
        var with: [String: String] = [:]
    }

    private static func row(
        _ variable: String, _ key: String, _ standard: String, _ other: String,
        bad: String? = nil, with: [String: String] = [:]
    ) -> Row {
        Row(variable: variable, key: key, standard: standard, other: other, bad: bad, with: with)
    }

    static let rows: [Row] = [
        row("TRADING_DISABLED", "gate.trading_disabled", "false", "true", bad: "on"),
        row("STRATEGY_DISABLED_LIST", "gate.strategy_disabled_list", "", "ML Momentum,X"),
        // C2: unset is dry.
        row("DRY_RUN", "live.dry_run", "true", "false", bad: "off"),
        row("DRAWDOWN_HALT_THRESHOLD", "drawdown.halt_threshold", "0.08", "0.07", bad: "0"),
        row("DRAWDOWN_PANIC_THRESHOLD", "drawdown.panic_threshold", "0.10", "0.2", bad: "1"),
        row("HALT_COOLDOWN_DAYS", "drawdown.halt_cooldown_days", "10", "11", bad: "-1"),
        row("PANIC_COOLDOWN_DAYS", "drawdown.panic_cooldown_days", "20", "21", bad: "1.5"),
        row("RAMPUP_SIZING_PCT", "drawdown.rampup_sizing", "0.50", "1", bad: "0"),
        row("RAMPUP_DAYS", "drawdown.rampup_days", "5", "6", bad: "five"),
        row("FLATTEN_ON_PANIC", "drawdown.flatten_on_panic", "true", "false", bad: ""),
        row("DATA_STALENESS_HOURS", "quality.staleness_hours", "72", "24", bad: "0"),
        row("MAX_NAN_PCT", "quality.max_nan_pct", "0.10", "0.2", bad: "10"),
        row("MIN_HISTORY_DAYS", "quality.min_history_days", "250", "0", bad: "x"),
        row("AUTO_UPDATE_DATA", "quality.auto_update", "false", "true", bad: "2"),
        row("MAX_PORTFOLIO_HEAT", "risk.max_portfolio_heat", "0.30", "0.4", bad: "-0.1"),
        row("MAX_DAILY_LOSS_PCT", "risk.max_daily_loss_pct", "0.02", "0.03", bad: "2"),
        row("MAX_CORRELATION", "risk.max_correlation", "0.7", "0.6", bad: "1.1"),
        row(
            "ENABLE_BROKER_RECONCILIATION", "reconciliation.enabled", "true", "false", bad: "n"),
        row("RECONCILIATION_TOLERANCE_PCT", "reconciliation.tolerance", "0.01", "0", bad: "1e-2"),
        row("HEALTH_SHORT_WINDOW", "health.short_window", "7", "5", bad: "0"),
        row("HEALTH_LONG_WINDOW", "health.long_window", "30", "60", bad: "366"),
        row("MIN_TRADES_FOR_HEALTH", "health.min_trades", "5", "6", bad: "-5"),
        row("MAX_REJECTION_RATE", "health.max_rejection_rate", "0.80", "0.5", bad: "80"),
        row("MIN_EXPECTANCY", "health.min_expectancy", "0", "-1.5", bad: "none"),
        row(
            "ALPACA_PAPER", "alpaca.paper", "true", "false", bad: "paper",
            with: ["ALPACA_LIVE_ENABLED": "true"]),
        row("ALPACA_LIVE_ENABLED", "alpaca.live_enabled", "false", "true", bad: "live"),
        row("AUTO_TRADE", "live.auto_trade", "false", "true", bad: "-"),
        row("EMAIL_SMTP_HOST", "email.smtp_host", "", "mail.example"),
        row("EMAIL_SMTP_PORT", "email.smtp_port", "587", "25", bad: "65536"),
        row("EMAIL_USER", "email.user", "", "ann"),
        row("EMAIL_FROM", "email.from", "", "ann@example"),
        row("EMAIL_TO", "email.to", "", "bob@example"),
        row("UNIVERSE_MODE", "universe.mode", "static", "csv", bad: "dynamic"),
        row("UNIVERSE_CSV_PATH", "universe.csv_path", "", "symbols.csv"),
        row("DATA_VALIDATOR_MAX_AGE_HOURS", "quality.validator_max_age_hours", "288", "1", bad: ""),
        row("ALERT_DRAWDOWN_THRESHOLD", "alerts.drawdown_threshold", "0.15", "0.2", bad: "15"),
        row("SIGNAL_INJECTION", "live.signal_injection", "false", "true", bad: "si"),
        row("EXEC_MODE", "live.exec_mode", "paper", "live", bad: "LIVE"),
        row("USE_NOWNODES", "features.nownodes", "false", "true", bad: "01"),
        row("OPENAI_MOCK", "features.openai_mock", "true", "false", bad: "mock"),
        row("REDIS_MOCK", "features.redis_mock", "false", "true", bad: "mock"),
        row("RUN_ML_TESTS", "features.ml_tests", "false", "true", bad: "all"),
        row("RUN_ONNX_TESTS", "features.onnx_tests", "false", "true", bad: "all"),
        row("GO_LIVE", "live.go_live", "false", "true", bad: "now"),
        row("INCIDENT_BUCKET", "incident.bucket", "", "bundles"),
    ]

    /// Shown as fingerprints; SecretTests holds what becomes of them.
    static let secrets: [(variable: String, key: String)] = [
        ("ALPACA_API_KEY", "alpaca.api_key"), ("ALPACA_API_SECRET", "alpaca.api_secret"),
        ("ALPACA_SECRET_KEY", "alpaca.api_secret"), ("BINANCE_API_KEY", "binance.api_key"),
        ("BINANCE_API_SECRET", "binance.api_secret"), ("EMAIL_PASSWORD", "email.password"),
        ("SLACK_WEBHOOK", "alerts.slack_webhook"), ("SLACK_WEBHOOK_URL", "alerts.slack_webhook"),
        ("REDIS_URL", "alerts.redis_url"),
    ]

    @Test func `the tables have every variable, and every one once`() {
        let known = SettingsSchema.all.flatMap { setting in
            setting.variables.map { "\($0) \(setting.key)" }
        }
        let listed =
            Self.rows.map { "\($0.variable) \($0.key)" }
            + Self.secrets.map { "\($0.variable) \($0.key)" }
        #expect(known.sorted() == listed.sorted())
        #expect(Set(known.map { $0.prefix { $0 != " " } }).count == known.count)
    }

    @Test(arguments: rows.indices)
    func `a variable that is not set leaves the default`(index: Int) throws {
        let row = Self.rows[index]
        let configuration = try load()
        #expect(configuration.text(of: row.key) == row.standard)
        #expect(origin(configuration, row.key) == "default")
    }

    @Test(arguments: rows.indices)
    func `one that is set is taken, under either name, and shown with its origin`(index: Int)
        throws
    {
        let row = Self.rows[index]
        for name in [row.variable, Configuration.variable(row.key)] {
            guard SettingsSchema.setting(row.key)?.isInThisVersion == true else {
                #expect {
                    try load([name: row.other])
                } throws: { error in
                    "\(error)".hasPrefix(
                        "environment \(name): \(row.key) is not in this version; remove it")
                }
                // What it is anyway asks for nothing.
                let configuration = try load([name: row.standard])
                #expect(configuration.text(of: row.key) == row.standard)
                continue
            }
            let configuration = try load(row.with.merging([name: row.other]) { $1 })
            #expect(configuration.text(of: row.key) == row.other)
            #expect(origin(configuration, row.key) == "environment \(name)")
        }
    }

    @Test(arguments: rows.indices.filter { rows[$0].bad != nil })
    func `one that is bad is refused by its name`(index: Int) throws {
        let row = Self.rows[index]
        let bad = try #require(row.bad)
        #expect {
            try load([row.variable: bad])
        } throws: { error in
            "\(error)".hasPrefix("environment \(row.variable): \(row.key) '\(bad)' is n")
        }
    }

    @Test(arguments: ["true", "TRUE", "1", "yes", "Yes"])
    func `yes is said in several ways and journaled in one`(word: String) throws {
        #expect(try load(["TRADING_DISABLED": word])[GateKeys.tradingDisabled])
    }

    @Test(arguments: ["false", "False", "0", "no", "NO"])
    func `so is no`(word: String) throws {
        #expect(try load(["DRY_RUN": word])[LiveKeys.dryRun] == false)
    }

    @Test(arguments: ["", " ", "on", "off", "y", "n", "2", "true ", "truefalse", "нет"])
    func `what is neither yes nor no is refused`(word: String) {
        #expect {
            try load(["DRY_RUN": word])
        } throws: { error in
            "\(error)" == "environment DRY_RUN: live.dry_run '\(word)' is not one of true, 1, yes, "
                + "false, 0, no"
        }
    }

    @Test func `files and options say yes and no in one way`() {
        #expect(throws: ConfigurationError.self) { try load(text: "live:\n  dry_run: 0\n") }
        #expect(throws: ConfigurationError.self) { try load([:], [("live.dry_run", "no")]) }
    }

    @Test func `two names of one setting agree or are refused together`() throws {
        let both = try load(["ALPACA_API_SECRET": "s", "ALPACA_SECRET_KEY": "s"])
        #expect(both.secret(VenueDescriptor.alpaca.credentials.secret) == "s")
        // Said in two ways, meant in one.
        let names = ["LEDGER_GATE_TRADING_DISABLED": "yes", "TRADING_DISABLED": "1"]
        #expect(try load(names).text(of: "gate.trading_disabled") == "true")
        #expect {
            try load(["MAX_CORRELATION": "0.6", "LEDGER_RISK_MAX_CORRELATION": "0.5"])
        } throws: { error in
            "\(error)"
                == "environment LEDGER_RISK_MAX_CORRELATION and environment MAX_CORRELATION: "
                + "risk.max_correlation has two values; unset one of them"
        }
    }

    @Test func `an option wins over a runbook's variable, it over the file`() throws {
        let file = "risk:\n  max_correlation: 0.5\n"
        let variable = ["MAX_CORRELATION": "0.6"]
        let key = "risk.max_correlation"
        #expect(try load(text: file).text(of: key) == "0.5")
        #expect(try load(variable, text: file).text(of: key) == "0.6")
        #expect(try load(variable, text: file, [(key, "0.65")]).text(of: key) == "0.65")
    }

    /// Keys of B21 and their defaults; arrows of the runbook are remedies and no defaults.
    static let keys: [(key: String, standard: String)] = [
        ("mode", "sim"), ("execution.mode", "bar"), ("execution.enabled", "true"),
        ("use_seasonality", "false"), ("latency.use_seasonality", "false"),
        ("latency.base_ms", "250"), ("latency.timeout_ms", "2500"), ("latency.retries", "1"),
        ("risk.enabled", "auto"), ("risk.max_abs_position_notional", "1000"),
        ("risk.max_order_notional", "500"), ("risk.daily_loss_limit", "100"),
        ("risk.max_orders_per_min", "10"), ("clock_sync.refresh_sec", "300"),
        ("clock_sync.warn_threshold_ms", "500"), ("clock_sync.kill_threshold_ms", "2000"),
        ("max_signals_per_sec", "5"), ("backoff_base_s", "2"), ("max_backoff_s", "60"),
        ("paper", "true"), ("training.n_steps", "2048"), ("training.batch_size", "64"),
        ("training.learning_rate", "0.0001"), ("training.gamma", "0.99"),
        ("training.total_timesteps", "1000000"),
    ]

    @Test(arguments: keys.indices)
    func `a key of the platform has its default and can be set in a file`(index: Int) throws {
        let (key, standard) = Self.keys[index]
        #expect(try load().text(of: key) == standard)
        let configuration = try load(text: "\(key): \(standard)\n")
        #expect(origin(configuration, key) == "test.yaml:1")
    }

    @Test func `clocks must agree better where capital is real`() throws {
        func limits(_ configuration: Configuration) -> [String] {
            ["refresh_sec", "warn_threshold_ms", "kill_threshold_ms"].map {
                configuration.text(of: "clock_sync.\($0)")
            }
        }
        for mode in ["sim", "paper"] {
            #expect(limits(try load([:], [("mode", mode)])) == ["300", "500", "2000"])
        }
        let live = try load([:], [("mode", "live")])
        #expect(limits(live) == ["60", "200", "1000"])
        #expect(origin(live, "clock_sync.kill_threshold_ms") == "default")
        let own = try load([:], [("mode", "live"), ("clock_sync.kill_threshold_ms", "1500")])
        #expect(limits(own) == ["60", "200", "1500"])
    }
}
