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
    /// Without its number, which the run assigns.
    public var instrument: Instrument

    /// The instruments whose data come from a venue's stream.
    public static func fromVenue(_ settings: Settings) throws -> [Instrument] {
        var instruments: [Instrument] = []
        for entry in settings.entries(.data)
        where try entry[DataKeys.path] == DataKeys.venuePath {
            let data = try DataSettings(entry)
            guard !data.symbol.isEmpty else {
                throw entry.error(DataKeys.symbol, "is missing; a venue has many symbols")
            }
            instruments.append(data.instrument)
        }
        return instruments
    }

    public init(_ settings: SettingsEntry) throws {
        path = try settings[DataKeys.path]
        symbol = try settings.given(DataKeys.symbol) ?? ""
        let tick = try settings[DataKeys.tick]
        let lot = try settings[DataKeys.lot]
        instrument = Instrument(
            id: .none, symbol: symbol, venue: try settings[DataKeys.venue],
            currency: try settings[DataKeys.currency],
            kind: try settings[DataKeys.kind] == .crypto ? .crypto : .equity, tick: tick, lot: lot,
            priceScale: Self.decimals(Int128(tick.raw)), quantityScale: Self.decimals(lot.raw))
        format = try Self.format(settings, symbol: symbol)
    }

    private static func format(_ settings: SettingsEntry, symbol: String) throws -> ImportFormat {
        let preset = try settings[DataKeys.format]
        var format = try ImportFormat(preset: preset)
        format.symbol = symbol
        let rows = try settings[DataKeys.rows]
        if !rows.isEmpty {
            guard let kind = ImportFormat.Kind(rawValue: rows) else {
                throw settings.error(DataKeys.rows, "'\(rows)' is not a kind of row")
            }
            format.kind = kind
        }
        let columns = try settings[DataKeys.columns]
        if !columns.isEmpty { try format.setColumns(columns) }
        try readTimes(settings, into: &format)
        let zone = try settings[DataKeys.zone]
        let label = try settings[DataKeys.label]
        let isPlain = preset == DataKeys.format.setting.defaultValue
        if isPlain || zone != DataKeys.zone.standard { format.zone = zone }
        if isPlain || label != DataKeys.label.standard {
            format.label = label == .end ? .end : .start
        }
        let interval = try settings[DataKeys.interval]
        if interval > 0 { format.interval = interval }
        let divisor = try settings[DataKeys.priceDivisor]
        if divisor > 1 { try format.setPriceDivisor(divisor) }
        let decimals = try settings[DataKeys.roundTo]
        if decimals >= 0 { format.roundTo = decimals }
        format.badRows = try settings[DataKeys.skipBad] ? .skip : .stop
        return format
    }

    private static func readTimes(
        _ settings: SettingsEntry, into format: inout ImportFormat
    ) throws {
        let name = try settings[DataKeys.time]
        if !name.isEmpty {
            guard let time = TimeFormat(rawValue: name) else {
                let names = TimeFormat.allCases.map(\.rawValue).joined(separator: ", ")
                throw settings.error(DataKeys.time, "'\(name)' is not one of \(names)")
            }
            format.timeFormat = time
        }
        let day = try settings[DataKeys.date]
        if !day.isEmpty {
            guard let date = Timestamp(day) else {
                throw settings.error(DataKeys.date, "'\(day)' is not a date such as 2024-03-05")
            }
            format.baseDate = CivilDate(daysSinceEpoch: date.utcDay)
        }
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

extension ImportFormat {
    /// The format of a file of rates: its rows are read as forecasts, which are a time and a number above 0.
    public init(ratesOf entry: SettingsEntry) throws {
        self.init(kind: .prediction)
        zone = try entry[RateKeys.zone]
        let columns = try entry[RateKeys.columns].split(separator: ",").map { part in
            part.hasPrefix("rate=") ? "predicted" + part.dropFirst("rate".count) : String(part)
        }
        try setColumns(columns.joined(separator: ","))
    }
}
