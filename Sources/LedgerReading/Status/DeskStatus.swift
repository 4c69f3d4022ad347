import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerSafety
import LedgerSettings

/// What a person must know about an account of a journal that trades: who runs it, whether entries pass, what
/// is held, and what protects it.
public struct DeskStatus: Sendable {
    public let name: String
    public let kind: String
    public let head: SequenceNumber
    public let engine: AccountEngine
    /// Whether the journal has several accounts.
    public let isOfDesk: Bool
    public let activity: JournalActivity
    private let journal: any Journal

    /// The accounts of a journal, in order.
    public static func all(_ journal: any Journal) throws -> [DeskStatus] {
        let identity = try JournalIdentity(journal)
        let activity = try JournalActivity(journal)
        let head = try journal.head.lastSequence
        let accounts = try EngineRestorer.engine(of: journal, through: head).accounts
        return accounts.map {
            DeskStatus(
                name: identity?.name ?? "", kind: identity?.kind ?? "unknown", head: head,
                engine: $0,
                isOfDesk: accounts.count > 1, activity: activity, journal: journal)
        }
    }

    /// The open orders, as `ledger project orders` prints them.
    public func orders() throws -> Table {
        var tables = try ProjectionTables(journal, through: head)
        return try tables.orders(of: isOfDesk ? engine.account : nil)
    }

    /// The venue where orders go.
    public var venue: String { engine.venue }

    /// The program that trades the journal.
    public var program: String {
        "ledgerd \((try? engine.settings[ModeKeys.mode]) == .live ? "live" : "paper")"
    }

    public var account: String { engine.names.name(engine.account) }

    /// Whether anything that must reach the venue waits for somebody to start a process.
    public var isUnattended: Bool { engine.isRemote && activity.runner == nil }

    /// Whether the account has an open order or a position that a command can concern.
    public var isExposed: Bool { engine.orders.openCount > 0 || !held.isEmpty }

    private var held: [Position] {
        engine.profit.positions.positions.filter {
            $0.account == engine.account && $0.quantity.raw != 0
        }
    }

    /// How much of a position nothing protects at the moment. What the engine watches itself is
    /// protected only while a process runs.
    public func unprotected(_ position: Position) -> Quantity {
        let protection = engine.protection(of: position)
        var covered = protection.resting.raw
        if !isUnattended { covered += protection.watched.raw + protection.closing.raw }
        return Quantity(raw: max(0, position.quantity.magnitude.raw - covered))
    }

    /// Each position with what protects it.
    public var positions: Table {
        var table = Table([
            .init("strategy"), .init("symbol"), .init("quantity", .decimal),
            .init("mark", .decimal), .init("held_price", .decimal),
            .init("stop_at_venue", .decimal), .init("watched", .decimal),
            .init("closing", .decimal), .init("unprotected", .decimal),
        ])
        for position in held {
            let protection = engine.protection(of: position)
            table.add([
                engine.names.name(position.strategy), engine.names.symbol(position.instrument),
                "\(position.quantity)", "\(engine.profit.equity.mark(position.instrument))",
                engine.profit.equity.heldPrice(position.instrument).map { "\($0)" },
                "\(protection.resting)", "\(protection.watched)", "\(protection.closing)",
                "\(unprotected(position))",
            ])
        }
        return table
    }

    public var unprotectedPositions: Table {
        var table = Table([
            .init("strategy"), .init("symbol"), .init("quantity", .decimal),
            .init("unprotected", .decimal),
        ])
        for position in held where unprotected(position).raw > 0 {
            table.add([
                engine.names.name(position.strategy), engine.names.symbol(position.instrument),
                "\(position.quantity)", "\(unprotected(position))",
            ])
        }
        return table
    }

    /// How many days of data each instrument of the strategies has, and how many an entry asks for.
    public var history: Table {
        var table = Table([
            .init("symbol"), .init("days_known", .number), .init("days_needed", .number),
        ])
        for entry in engine.daysKnown {
            table.add([engine.names.symbol(entry.instrument), "\(entry.days)", "\(entry.needed)"])
        }
        return table
    }

    /// The same in words, one line for each symbol.
    public var historyText: String {
        engine.daysKnown.map { entry in
            let missing = entry.needed - entry.days
            let symbol = engine.names.symbol(entry.instrument)
            let wait = missing > 0 ? ": entries wait for \(missing) more" : ""
            return "\(symbol) has \(entry.days) of \(entry.needed) days\(wait)"
        }.joined(separator: "\n")
    }

    /// Prices that are held back until the next one.
    public var heldPrices: Table {
        var table = Table([
            .init("symbol"), .init("held_price", .decimal), .init("valued_at", .decimal),
        ])
        for held in engine.profit.equity.held {
            table.add([
                engine.names.symbol(held.instrument), "\(held.price)",
                "\(engine.profit.equity.mark(held.instrument))",
            ])
        }
        return table
    }

    /// The state of each link. Nobody knows it unless a process runs the journal.
    public func links() throws -> Table {
        var table = Table([
            .init("link"), .init("state"), .init("since"), .init("reason"),
        ])
        for link in try LinkBook(of: journal, through: head).links {
            let state = isUnattended ? "unknown" : link.isUp ? "up" : "down"
            table.add(["\(link.link)", state, "\(link.since)", link.reason])
        }
        return table
    }

    /// What still has to reach the venue, or to be answered by it; nil if there is nothing.
    public var waiting: String? {
        let (orders, cancels) = engine.unanswered
        guard orders + cancels > 0 else { return nil }
        return [Self.count(orders, "order"), Self.count(cancels, "cancel")].compactMap { $0 }
            .joined(separator: " and ")
    }

    private static func count(_ count: Int, _ what: String) -> String? {
        count == 0 ? nil : "\(count) \(what)\(count == 1 ? "" : "s")"
    }
}

extension TradingGate {
    /// The mode, and what passes, in one line.
    public var summary: String {
        let all = latches.contains { $0.effect == .blockAll && $0.scope == .global }
        let global = latches.contains { $0.scope == .global }
        let state =
            all
            ? "everything is blocked, including exits"
            : global
                ? "entries are blocked; exits and stops continue"
                : isOpen ? "nothing is blocked" : "some entries are blocked"
        return "mode \(mode): \(state)"
    }
}
