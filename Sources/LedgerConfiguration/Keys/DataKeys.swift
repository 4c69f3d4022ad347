import LedgerDomain
import LedgerSettings

/// The files, tapes and feeds of a run.
public enum DataKeys {
    /// The path of data that a venue streams.
    public static let venuePath = "venue"
    public static let path = SettingKey.text(
        "data.*.path", default: nil,
        help:
            "a tape's directory, a CSV file, - for standard input, or venue for a live "
            + "feed; at equal times earlier entries go first, so list splits and dividends after "
            + "their bars"
    )
    public static let symbol = SettingKey.text(
        "data.*.symbol", default: nil,
        help: "instrument of a CSV file; actions and predictions for others are skipped")
    public static let venue = SettingKey.text(
        "data.*.venue", default: "",
        help:
            "exchange of the instrument; where accounts trade at several venues outside, the entry of "
            + "`venues` whose stream brings its data")
    public static let currency = SettingKey.text(
        "data.*.currency", default: "USD", help: "currency of the prices")
    public static let kind = SettingKey<Kind>.choice(
        "data.*.kind", default: .equity, help: "kind of the instrument")
    public static let tick = SettingKey<Price>.decimal(
        "data.*.tick", from: "0.000000001", through: "1000000", default: "0.01",
        help: "smallest price step")
    public static let lot = SettingKey<Quantity>.decimal(
        "data.*.lot", from: "0.000000001", through: "1000000", default: "1",
        help: "smallest quantity step")
    public static let format = SettingKey.text(
        "data.*.format", default: "csv",
        help: "csv or a preset such as lean-daily, actions or lean-factors")
    public static let columns = SettingKey.text(
        "data.*.columns", default: "", help: "column map: time=Date,open=1,…")
    public static let rows = SettingKey.text(
        "data.*.rows", default: "",
        help: "bar, quote, trade, prediction, action or factor; deduced from the columns if empty")
    public static let zone = SettingKey.text(
        "data.*.zone", default: "UTC", help: "time zone of local times")
    public static let time = SettingKey.text(
        "data.*.time", default: "", help: "time format; deduced from the first row if empty")
    public static let date = SettingKey.text(
        "data.*.date", default: "",
        help: "day of a file whose times count from midnight, YYYY-MM-DD")
    public static let label = SettingKey<Label>.choice(
        "data.*.label", default: .start, help: "whether a bar's time is its start or its end")
    public static let interval = SettingKey<UInt32>.integer(
        "data.*.interval", 0...31_622_400, default: 0, help: "length of a bar in seconds")
    public static let priceDivisor = SettingKey<Int64>.integer(
        "data.*.price_divisor", 1...1_000_000_000, default: 1,
        help: "divide prices by this power of ten")
    public static let roundTo = SettingKey<Int>.integer(
        "data.*.round_to", -1...9, default: -1,
        help: "round to this many decimals; -1 refuses more than nine")
    public static let skipBad = SettingKey.flag(
        "data.*.skip_bad", default: false, help: "count and list bad rows instead of stopping")

    public static let all = [
        path.setting, symbol.setting, venue.setting, currency.setting, kind.setting, tick.setting,
        lot.setting, format.setting, columns.setting, rows.setting, zone.setting, time.setting,
        date.setting, label.setting, interval.setting, priceDivisor.setting, roundTo.setting,
        skipBad.setting,
    ]

    /// The kind of an instrument.
    public enum Kind: String, Worded {
        case equity = "equity"
        case crypto = "crypto"

        public var word: String { rawValue }
    }

    /// Whether a bar's time is its start or its end.
    public enum Label: String, Worded {
        case start = "start"
        case end = "end"

        public var word: String { rawValue }
    }
}
