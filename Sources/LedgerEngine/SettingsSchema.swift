import LedgerSettings
import VenueRegister

/// Every setting, in the order in which a person reads them.
public enum SettingsSchema {
    static let trillion = "1000000000000"

    public static let all: [Setting] =
        [
            Setting("run.name", .text, "backtest", "name of the run, in RunStarted"),
            Setting("seed", .integer(0...Int64.max), "0", "seed of every random draw"),
            Setting(
                "engine.digest_every", .integer(1...1_000_000_000), "65536",
                "inputs between two digests of the engine's state"),
            Setting("account.name", .text, "main", "account that trades"),
            Setting(
                "account.kind", .choice(["simulated", "paper", "live"]), "simulated",
                "whose money it is; live trades at a venue outside alone"),
            Setting("account.currency", .text, "USD", "currency of cash, fees and profit"),
            Setting(
                "account.cash", .decimal(from: "0", through: trillion), "100000",
                "first deposit, in the account's currency"),
            Setting("account.allow_short", .flag, "false", "whether sells may exceed the position"),
        ] + venue + venueFiles + safety + operations + exchange + data + strategies

    static let venue: [Setting] = [
        Setting(
            "venue.kind", .choice(["simulated"] + KnownVenues.names), "simulated",
            "where orders go: the engine's own venue, or one outside by the trading daemon"),
        Setting(
            "venue.fee_fixed", .decimal(from: "-1000000", through: "1000000"), "0",
            "currency an order"),
        Setting(
            "venue.fee_per_unit", .decimal(from: "-1000000", through: "1000000"), "0",
            "currency a unit"),
        Setting(
            "venue.fee_basis_points", .decimal(from: "-10000", through: "10000"), "0",
            "basis points of the notional"),
        Setting(
            "venue.fee_minimum", .decimal(from: "-1000000", through: "1000000"), "0",
            "currency a fill, at least"),
        Setting(
            "venue.slippage_basis_points", .decimal(from: "0", through: "10000"), "0",
            "basis points against market and stop fills"),
        Setting(
            "venue.participation_basis_points", .decimal(from: "0", through: "10000"), "0",
            "share of a bar's volume or a quote's size that we may take; 0 for no limit"),
        Setting(
            "venue.latency_ms", .integer(0...86_400_000), "0",
            "milliseconds from a decision until the order can fill"),
        Setting(
            "venue.latency_jitter_ms", .integer(0...86_400_000), "0",
            "up to this much more, drawn from the seed"),
    ]

    static let data: [Setting] = [
        Setting(
            "data.*.path", .text, nil,
            "a tape's directory, a CSV file, - for standard input, or venue for a live feed; at equal times the entry named "
                + "first goes first: name splits and dividends behind their bars"),
        Setting(
            "data.*.symbol", .text, nil,
            "instrument of a CSV file; actions and predictions of others are passed over"),
        Setting("data.*.venue", .text, "", "exchange of the instrument"),
        Setting("data.*.currency", .text, "USD", "what its prices are counted in"),
        Setting("data.*.kind", .choice(["equity", "crypto"]), "equity", "kind of the instrument"),
        Setting(
            "data.*.tick", .decimal(from: "0.000000001", through: "1000000"), "0.01",
            "smallest price step"),
        Setting(
            "data.*.lot", .decimal(from: "0.000000001", through: "1000000"), "1",
            "smallest quantity step"),
        Setting(
            "data.*.format", .text, "csv",
            "csv or a preset such as lean-daily, actions or lean-factors"),
        Setting("data.*.columns", .text, "", "column map: time=Date,open=1,…"),
        Setting(
            "data.*.rows", .text, "",
            "bar, quote, trade, prediction, action or factor; empty to tell by columns"),
        Setting("data.*.zone", .text, "UTC", "time zone of local times"),
        Setting("data.*.time", .text, "", "time format; empty to tell by the first row"),
        Setting("data.*.date", .text, "", "day of files that count from midnight"),
        Setting(
            "data.*.label", .choice(["start", "end"]), "start", "which end a bar's time names"),
        Setting("data.*.interval", .integer(0...31_622_400), "0", "length of a bar in seconds"),
        Setting(
            "data.*.price_divisor", .integer(1...1_000_000_000), "1", "prices are divided by it"),
        Setting(
            "data.*.round_to", .integer(-1...9), "-1", "decimals to round to; -1 to refuse more"),
        Setting("data.*.skip_bad", .flag, "false", "count and list bad rows instead of stopping"),
    ]

    private static let crossover = [SMACrossover.kind]
    private static let holding = [BuyAndHold.kind]
    private static let thresholds = [Threshold.kind]

    static let strategies: [Setting] = [
        Setting("strategies.*.kind", .choice(StrategyCatalog.kinds), nil, "which strategy"),
        Setting("strategies.*.name", .text, nil, "its name; the kind where none is given"),
        Setting("strategies.*.symbols", .text, nil, "instruments, separated by commas"),
        Setting(
            "strategies.*.quantity", .decimal(from: "0.000000001", through: trillion), "1",
            "units an order", strategies: crossover + holding),
        Setting(
            "strategies.*.fast", .integer(1...100_000), "10", "prices in the fast average",
            strategies: crossover),
        Setting(
            "strategies.*.slow", .integer(2...100_000), "30", "prices in the slow average",
            strategies: crossover),
        Setting(
            "strategies.*.arithmetic", .choice(["double", "exact"]), "exact",
            "whether averages are running doubles or exact sums", strategies: crossover),
        Setting(
            "strategies.*.stop_loss", .decimal(from: "0", through: "1000000000"), "0",
            "distance of a stop from the fill; 0 for none", strategies: crossover),
        Setting(
            "strategies.*.take_profit", .decimal(from: "0", through: "1000000000"), "0",
            "distance of a limit from the fill; 0 for none", strategies: crossover),
        Setting(
            "strategies.*.cash_fraction", .decimal(from: "0", through: "1"), "0",
            "share of the cash to spend instead of a quantity; 0 to use the quantity",
            strategies: holding),
        Setting(
            "strategies.*.k_sigma", .decimal(from: "0", through: "1000"), "1",
            "standard deviations taken off the predicted move", strategies: thresholds),
        Setting(
            "strategies.*.k_atr", .decimal(from: "0", through: "1000"), "0.5",
            "smallest usable move in average true ranges", strategies: thresholds),
        Setting(
            "strategies.*.atr_period", .integer(1...10_000), "14",
            "bars in the average true range", strategies: thresholds),
        Setting(
            "strategies.*.reward_risk", .decimal(from: "0.001", through: "1000"), "2",
            "take-profit distance over stop-loss distance", strategies: thresholds),
        Setting(
            "strategies.*.risk_per_trade", .decimal(from: "0.000001", through: "1"), "0.01",
            "share of equity lost when the stop is hit", strategies: thresholds),
    ]

    /// The setting that a key names; nil for one that the program does not know.
    public static func setting(_ key: String) -> Setting? {
        let pattern = pattern(of: key)
        return all.first { $0.key == pattern }
    }

    /// `data.0.path` is an instance of `data.*.path`.
    public static func pattern(of key: String) -> String {
        let parts = key.split(separator: ".", omittingEmptySubsequences: false)
        return parts.map { $0.allSatisfy(\.isNumber) && !$0.isEmpty ? "*" : String($0) }
            .joined(separator: ".")
    }
}
