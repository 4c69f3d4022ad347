import ArgumentParser
import LedgerConfiguration
import LedgerImport
import LedgerSettings

/// What the rows of a file of market data mean.
struct FileOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Format: \(ImportFormat.presetNames.joined(separator: ", "))."))
    var preset = "csv"
    @Option(help: "Column map: time=Date,open=1,… by header name or number from 1.")
    var columns: String?
    @Option(
        help: ArgumentHelp(
            "What rows are: \(ImportFormat.Kind.allCases.map(\.rawValue).joined(separator: ", ")); "
                + "told by the columns unless given."))
    var rows: String?
    @Option(help: "Time format; told by the first row unless given.")
    var time: String?
    @Option(help: "Day of files that count from midnight, YYYY-MM-DD.")
    var date: String?
    @Option(help: "Time zone of local times, such as America/New_York.")
    var zone: String?
    @Option(help: "Which end of a bar its time names: start or end.")
    var label: String?
    @Option(help: "Length of a bar in seconds; 86400 ends at local midnight.")
    var interval: Int?
    @Option(help: "What prices are divided by: a power of ten.")
    var priceDivisor: Int64?
    @Option(
        help: "Round prices and sizes to this many decimals instead of refusing more than nine.")
    var roundTo: Int?
    @Option(help: "Smallest price step.")
    var tick = "0.01"
    @Option(help: "Smallest quantity step.")
    var lot = "1"
    @Option(help: "Currency of the prices.")
    var currency = "USD"
    @Option(help: "Exchange.")
    var venue = ""
    @Option(help: "equity or crypto.")
    var kind = "equity"

    /// - Throws: `ConfigurationError` that names the option.
    func settings(_ path: String, symbol: String, skipBad: Bool) throws -> DataSettings {
        do {
            return try placedSettings(path, symbol: symbol, skipBad: skipBad)
        } catch let error as SettingsError {
            throw Self.named(error.key, saying: error.problem) ?? error
        } catch let error as ConfigurationError {
            throw Self.named(error.key, saying: error.problem) ?? error
        }
    }

    /// `data.0.round_to` is set by `--round-to`.
    private static func named(_ key: String, saying problem: String) -> (any Error)? {
        guard key.hasPrefix("data.0.") else { return nil }
        let name = key.dropFirst(7).map { $0 == "_" ? "-" : String($0) }.joined()
        return ConfigurationError(place: "--" + (name == "format" ? "preset" : name), problem)
    }

    private func placedSettings(
        _ path: String, symbol: String, skipBad: Bool
    ) throws -> DataSettings {
        var pairs: [(key: String, value: String)] = [
            ("data.0.path", path), ("data.0.symbol", symbol), ("data.0.format", preset),
            ("data.0.tick", tick), ("data.0.lot", lot), ("data.0.currency", currency),
            ("data.0.venue", venue), ("data.0.kind", kind),
            ("data.0.skip_bad", skipBad ? "true" : "false"),
        ]
        func add(_ name: String, _ value: String?) {
            if let value { pairs.append(("data.0.\(name)", value)) }
        }
        add("columns", columns)
        add("rows", rows)
        add("time", time)
        add("date", date)
        add("zone", zone)
        add("label", label)
        add("interval", interval.map { "\($0)" })
        add("price_divisor", priceDivisor.map { "\($0)" })
        add("round_to", roundTo.map { "\($0)" })
        let configuration = try Configuration(
            path: nil, text: nil, environment: [:], overrides: pairs)
        return try DataSettings(configuration.settings.entry(.data, 0))
    }
}
