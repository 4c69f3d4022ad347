import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerImport
import LedgerSettings

/// One entry of `data`: a tape, or a file with what its rows mean.
public struct DataSettings: Sendable {
    public var path: String
    public var symbol: String
    public var format: ImportFormat
    /// Without its number, which the run gives.
    public var instrument: Instrument

    /// What the configuration says to come from a venue's stream.
    public static func fromVenue(_ settings: Settings) throws -> [Instrument] {
        try (0..<settings.count(of: "data")).compactMap { index in
            guard settings["data.\(index).path"] == "venue" else { return nil }
            let data = try DataSettings(settings, index)
            guard !data.symbol.isEmpty else {
                throw SettingsError("data.\(index).symbol", problem: "is missing; a venue has many")
            }
            return data.instrument
        }
    }

    public init(_ settings: Settings, _ index: Int) throws {
        func value(_ name: String) -> String { settings["data.\(index).\(name)"] ?? "" }
        path = value("path")
        symbol = value("symbol")
        let tick = try Price(value("tick"))
        let lot = try Quantity(value("lot"))
        instrument = Instrument(
            id: .none, symbol: symbol, venue: value("venue"), currency: value("currency"),
            kind: value("kind") == "crypto" ? .crypto : .equity, tick: tick, lot: lot,
            priceScale: Self.decimals(Int128(tick.raw)), quantityScale: Self.decimals(lot.raw))
        format = try Self.format(value, prefix: "data.\(index)")
    }

    private static func format(
        _ value: (String) -> String, prefix: String
    ) throws -> ImportFormat {
        var format = try ImportFormat(preset: value("format"))
        format.symbol = value("symbol")
        if !value("rows").isEmpty {
            guard let kind = ImportFormat.Kind(rawValue: value("rows")) else {
                throw SettingsError(
                    "\(prefix).rows", problem: "'\(value("rows"))' is no kind of row")
            }
            format.kind = kind
        }
        if !value("columns").isEmpty { try format.setColumns(value("columns")) }
        if !value("time").isEmpty {
            guard let time = TimeFormat(rawValue: value("time")) else {
                let names = TimeFormat.allCases.map(\.rawValue).joined(separator: ", ")
                throw SettingsError(
                    "\(prefix).time", problem: "'\(value("time"))' is none of \(names)")
            }
            format.timeFormat = time
        }
        if !value("date").isEmpty {
            guard let date = Timestamp(value("date")) else {
                throw SettingsError(
                    "\(prefix).date", problem: "'\(value("date"))' is no date YYYY-MM-DD")
            }
            format.baseDate = CivilDate(daysSinceEpoch: date.utcDay)
        }
        let isPlain = value("format") == "csv"
        if isPlain || value("zone") != "UTC" { format.zone = value("zone") }
        if isPlain || value("label") != "start" {
            format.label = value("label") == "end" ? .end : .start
        }
        if let interval = UInt32(value("interval")), interval > 0 { format.interval = interval }
        if let divisor = Int64(value("price_divisor")), divisor > 1 {
            try format.setPriceDivisor(divisor)
        }
        if let decimals = Int(value("round_to")), decimals >= 0 { format.roundTo = decimals }
        format.badRows = value("skip_bad") == "true" ? .skip : .stop
        return format
    }

    /// How many decimals a step has: 2 for 0.01.
    static func decimals(_ raw: Int128) -> UInt8 {
        var rest = raw
        var decimals = FixedPoint.decimals
        while decimals > 0, rest % 10 == 0 {
            rest /= 10
            decimals -= 1
        }
        return UInt8(decimals)
    }
}
