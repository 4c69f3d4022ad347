import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerReading

/// How the exchange runs: what the settings `exchange.*` say, read once.
public struct ExchangeOptions: Sendable {
    public enum Feed: String, Sendable, CaseIterable {
        case random, files, recording, none
    }

    public var configuration: Configuration
    /// A name under `journal/`, or a directory; with several dialects `-` and the dialect's name follow it.
    public var journal: String
    public var dialects: [any ExchangeDialect] = []
    public var host: String
    public var port: Int
    public var key: String
    public var secret: String
    public var feed: Feed
    /// Times as fast as it happened; nil for as fast as it goes.
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
        func text(_ name: String) -> String { configuration["exchange.\(name)"] }
        for name in text("dialects").split(separator: ",").map(\.spaceless) {
            guard let dialect = known.first(where: { $0.name == name }),
                !dialects.contains(where: { $0.name == name })
            else {
                let names = known.map(\.name).joined(separator: ", ")
                throw InputError("exchange.dialects: '\(name)' is none of \(names)")
            }
            dialects.append(dialect)
        }
        guard !dialects.isEmpty else { throw InputError("exchange.dialects names none") }
        host = text("host")
        port = Int(text("port")) ?? 0
        key = configuration.secret("exchange.key").flatMap { $0.isEmpty ? nil : $0 } ?? "local-key"
        secret =
            configuration.secret("exchange.secret").flatMap { $0.isEmpty ? nil : $0 }
            ?? "local-secret"
        feed = Feed(rawValue: text("feed")) ?? .random
        switch text("speed") {
        case "max": speed = nil
        case let number:
            let factor = number.hasSuffix("x") ? String(number.dropLast()) : number
            guard let value = Double(factor), value.isFinite, value > 0 else {
                throw InputError("exchange.speed: '\(number)' is neither a number above 0 nor max")
            }
            speed = value
        }
        waitsForSubscriber = text("wait_for_subscriber") == "true"
        exitsAtEnd = text("exit_at_end") == "true"
        keepsFeedTime = text("clock") == "feed"
        faults = try FaultPlan(text("faults"))
        guard text("certificate").isEmpty == text("private_key").isEmpty else {
            throw InputError("exchange.certificate and exchange.private_key go together")
        }
    }

    /// Of defaults and the settings named: what tests make.
    public init(
        journal: String, known: [any ExchangeDialect], _ settings: [(key: String, value: String)]
    ) throws {
        try self.init(
            Configuration(path: nil, text: nil, environment: [:], overrides: settings),
            known: known, journal: journal)
    }

    public func journal(of dialect: any ExchangeDialect) -> String {
        dialects.count == 1 ? journal : "\(journal)-\(dialect.name)"
    }

    /// The settings of a dialect's own engine: an account in its currency and none of the protection that
    /// is the business of clients.
    public func settings(of dialect: any ExchangeDialect) throws -> Configuration {
        var pairs = configuration.entries.filter { entry in
            entry.origin != .standard && !entry.key.hasPrefix("exchange.")
                && !entry.key.hasPrefix("data.") && !entry.key.hasPrefix("strategies.")
        }.map { (key: $0.key, value: $0.value) }
        let forced = [
            ("account.name", dialect.name), ("account.kind", "simulated"),
            ("account.currency", currency(of: dialect)), ("mode", "sim"),
            ("run.name", "exchange \(dialect.name)"), ("drawdown.enabled", "false"),
            ("risk.enabled", "false"), ("reconciliation.enabled", "false"),
            ("quality.enabled", "false"), ("gate.flag_path", ""), ("gate.max_run_failures", "0"),
            ("gate.min_rejections", "0"), ("faults.rest_limit", "0"),
            ("faults.websocket_limit", "0"), ("faults.duplicate_limit", "0"),
            ("faults.stale_limit", "0"),
        ]
        pairs.removeAll { pair in forced.contains { $0.0 == pair.key } }
        for (key, value) in forced where SettingsSchema.setting(key) != nil {
            pairs.append((key, value))
        }
        return try Configuration(path: nil, text: nil, environment: [:], overrides: pairs)
    }

    public func currency(of dialect: any ExchangeDialect) -> String {
        dialect.currency(configuration)
    }
}

extension Substring {
    public var spaceless: String { String(filter { $0 != " " }) }
}
