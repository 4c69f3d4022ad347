import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents
import LedgerReading
import LedgerRunning
import LedgerSafety
import LedgerVenues

/// How the exchange runs: the settings `exchange.*`, read once.
public struct ExchangeOptions: Sendable {
    public var configuration: Configuration
    /// A name under `journal/`, or a directory; with several dialects, `-` and the dialect's name
    /// follow.
    public var journal: String
    public var dialects: [any ExchangeDialect] = []
    public var host: String
    public var port: Int
    public var key: String
    public var secret: String
    public var feed: ExchangeKeys.Feed
    /// Speed relative to real time; nil for as fast as possible.
    public var speed: Double?
    public var waitsForSubscriber: Bool
    public var exitsAtEnd: Bool
    /// Whether events keep the feed's times.
    public var keepsFeedTime: Bool
    public var faults: FaultPlan

    /// - Parameter known: the dialects that the settings may name.
    /// - Throws: `InputError` for a value that its setting does not allow.
    public init(
        _ configuration: Configuration, known: [any ExchangeDialect], journal: String = "exchange"
    ) throws {
        self.configuration = configuration
        self.journal = journal
        for name in configuration[ExchangeKeys.dialects].split(separator: ",").map(\.spaceless) {
            guard let dialect = known.first(where: { $0.name == name }),
                !dialects.contains(where: { $0.name == name })
            else {
                let names = known.map(\.name).joined(separator: ", ")
                throw InputError("exchange.dialects: '\(name)' is not one of \(names)")
            }
            dialects.append(dialect)
        }
        guard !dialects.isEmpty else { throw InputError("exchange.dialects is empty") }
        host = configuration[ExchangeKeys.host]
        port = configuration[ExchangeKeys.port]
        key =
            configuration.secret(ExchangeKeys.key).flatMap { $0.isEmpty ? nil : $0 } ?? "local-key"
        secret =
            configuration.secret(ExchangeKeys.secret).flatMap { $0.isEmpty ? nil : $0 }
            ?? "local-secret"
        feed = configuration[ExchangeKeys.feed]
        switch configuration[ExchangeKeys.speed] {
        case "max": speed = nil
        case let number:
            let factor = number.hasSuffix("x") ? String(number.dropLast()) : number
            guard let value = Double(factor), value.isFinite, value > 0 else {
                throw InputError("exchange.speed: '\(number)' is neither a number above 0 nor max")
            }
            speed = value
        }
        waitsForSubscriber = configuration[ExchangeKeys.waitForSubscriber]
        exitsAtEnd = configuration[ExchangeKeys.exitAtEnd]
        keepsFeedTime = configuration[ExchangeKeys.clock] == .feed
        faults = try FaultPlan(configuration[ExchangeKeys.faults])
        guard
            configuration[ExchangeKeys.certificate].isEmpty
                == configuration[ExchangeKeys.privateKey].isEmpty
        else {
            throw InputError("set both exchange.certificate and exchange.private_key")
        }
    }

    /// From defaults and the given settings; used by tests.
    public init(
        journal: String, known: [any ExchangeDialect], _ settings: [(key: String, value: String)]
    ) throws {
        try self.init(
            Configuration(path: nil, text: nil, environment: [:], overrides: settings),
            known: known, journal: journal)
    }

    /// What the file of `exchange.account` adds to the account.
    func extras() throws -> AccountExtras {
        let path = configuration[ExchangeKeys.account]
        guard !path.isEmpty else { return AccountExtras() }
        do {
            return try AccountExtras(
                WireJSON.decode(
                    WholeFile.unpacked(path),
                    limits: WireLimits(bytes: 16 << 20, values: 1_000_000)))
        } catch { throw InputError("exchange.account: \(path): \(error)") }
    }

    public func journal(of dialect: any ExchangeDialect) -> String {
        dialects.count == 1 ? journal : "\(journal)-\(dialect.name)"
    }

    /// The settings of a dialect's own engine: an account in its currency and no protection, which
    /// is the clients' business.
    public func settings(of dialect: any ExchangeDialect) throws -> Configuration {
        var pairs = configuration.entries.filter { entry in
            entry.origin != .standard && !entry.key.hasPrefix("exchange.")
                && !entry.key.hasPrefix("data.") && !entry.key.hasPrefix("strategies.")
        }.map { (key: $0.key, value: $0.value) }
        let forced = [
            (AccountKeys.name.name, dialect.name),
            (AccountKeys.kind.name, AccountKind.simulated.word),
            (AccountKeys.currency.name, currency(of: dialect)),
            (ModeKeys.mode.name, DriverMode.sim.word),
            (RunKeys.name.name, "exchange \(dialect.name)"),
            (DrawdownKeys.enabled.name, "false"), (RiskKeys.enabled.name, "false"),
            (ReconciliationKeys.enabled.name, "false"), (QualityKeys.enabled.name, "false"),
            (GateKeys.flagPath.name, ""), (GateKeys.maxRunFailures.name, "0"),
            (GateKeys.minRejections.name, "0"), (FaultKeys.restLimit.name, "0"),
            (FaultKeys.websocketLimit.name, "0"), (FaultKeys.duplicateLimit.name, "0"),
            (FaultKeys.staleLimit.name, "0"),
        ]
        pairs.removeAll { pair in forced.contains { $0.0 == pair.key } }
        pairs += forced.map { (key: $0.0, value: $0.1) }
        return try Configuration(path: nil, text: nil, environment: [:], overrides: pairs)
    }

    public func currency(of dialect: any ExchangeDialect) -> String {
        dialect.currency(configuration)
    }
}

extension Substring {
    public var spaceless: String { String(filter { $0 != " " }) }
}
