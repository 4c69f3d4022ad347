import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerSafety

/// A walk through a journal, event by event, with the state after each.
public struct StateWalk {
    /// What to look for: an event type or an instrument.
    public enum Target: Hashable, Sendable {
        case type(EventType)
        case instrument(InstrumentID)
    }

    /// The state is the one after this event.
    public private(set) var current: SequenceNumber
    public let first: SequenceNumber
    public let last: SequenceNumber
    private let journal: any Journal
    private var names = NameBook()
    private var profit = ProfitAndLoss()
    private var orders = OrderRegister()
    private var gates = ByAccount<TradingGate>()
    private var stops = ByAccount<DrawdownStop>()

    /// If there are more orders and positions, they are counted instead of listed.
    public static let mostListed = 10
    /// Up to this distance, continuing is cheaper than restarting from a checkpoint.
    private static let shortWay: UInt64 = 100_000

    /// Starts at `first`.
    public init(
        _ journal: any Journal, from first: SequenceNumber, through last: SequenceNumber
    ) throws {
        (self.journal, self.first, self.last) = (journal, first, last)
        current = first
        try restore()
    }

    private mutating func restore() throws {
        names = try ProjectionReader.fold(of: journal, through: current)
        profit = try ProjectionReader.fold(of: journal, through: current)
        orders = try ProjectionReader.fold(of: journal, through: current)
        gates = try ProjectionReader.fold(of: journal, through: current)
        stops = try ProjectionReader.fold(of: journal, through: current)
    }

    /// Goes to an event of the walk, forward or back; stops at the ends of the walk.
    public mutating func go(to wanted: SequenceNumber) throws {
        let target = min(max(wanted, first), last)
        guard target > current, target.number - current.number <= Self.shortWay else {
            guard target != current else { return }
            current = target
            return try restore()
        }
        try journal.forEachRecord(from: current.next, through: target) { record in
            try names.apply(record)
            try profit.apply(record)
            try orders.apply(record)
            try gates.apply(record)
            try stops.apply(record)
            return true
        }
        current = target
    }

    /// Parses an event type or a symbol; nil if it is neither.
    public func target(_ text: String) -> Target? {
        if let type = EventType(name: text) { return .type(type) }
        return names.instrument(symbol: text).map { .instrument($0.id) }
    }

    /// The next event of this kind after the current one.
    public func next(_ target: Target) throws -> SequenceNumber? {
        guard current < last else { return nil }
        var filter: EventFilter
        switch target {
        case .type(let type): filter = EventFilter([type])
        case .instrument(let instrument): filter = EventFilter(instrument: instrument)
        }
        var found: SequenceNumber?
        try journal.forEachRecord(from: current.next, through: last, filter: filter) { record in
            found = record.sequence
            return false
        }
        return found
    }

    // MARK: What is shown

    /// The event and the state after it, one line each.
    public func lines() throws -> [String] {
        var lines: [String] = []
        try journal.forEachRecord(from: current, through: current) { record in
            let name = record.type?.name ?? "Unknown\(record.rawType)"
            let cause = record.isInput ? "input" : "of \(record.cause)"
            let text = try EventText(names).describe(record)
            lines.append(
                "\(current) of \(last)  \(record.time)  \(name) (\(cause))"
                    + (text.isEmpty ? "" : ": \(text)"))
            return false
        }
        return lines + worth + [
            list("positions", positions), list("orders", open), list("latches", latches),
        ]
    }

    private var worth: [String] {
        profit.equity.accounts.compactMap { $0 }.map { account in
            let fall = ProjectionTables.share(account.drawdown)
            return "  \(names.name(account.account))  cash \(account.cash)  equity "
                + "\(account.equity)  peak \(account.peak)  drawdown \(fall)  "
                + "\("\(stops[account.account].phase)".uppercased())  mode "
                + "\(gates[account.account].mode)"
        }
    }

    private func list(_ title: String, _ items: [String]) -> String {
        let shown = items.prefix(Self.mostListed).joined(separator: "; ")
        let more =
            items.count > Self.mostListed ? "; and \(items.count - Self.mostListed) more" : ""
        return "  \(title): " + (items.isEmpty ? "none" : shown + more)
    }

    /// The account's name where there are several.
    private func of(_ account: AccountID) -> String {
        names.accounts.count > 1 ? "\(names.name(account)) " : ""
    }

    private var positions: [String] {
        profit.positions.positions.filter { $0.quantity.raw != 0 }.map { position in
            let average = position.averageCost.map { "\($0)" } ?? "-"
            return of(position.account) + "\(names.name(position.strategy)) \(position.quantity) "
                + "\(names.symbol(position.instrument)) at \(average), mark "
                + "\(profit.equity.mark(position.instrument))"
        }
    }

    private var open: [String] {
        orders.open.map { order in
            let terms = order.intended
            var text =
                of(order.account) + "\(order.id) \(terms.purpose) \(terms.side) \(order.remaining) "
            text += "\(names.symbol(terms.instrument)) \(terms.orderType)"
            if terms.limitPrice.raw > 0 { text += " limit \(terms.limitPrice)" }
            if terms.stopPrice.raw > 0 { text += " stop \(terms.stopPrice)" }
            return text + " \(order.state)"
        }
    }

    private var latches: [String] {
        names.accounts.flatMap { account in
            gates[account.id].latches.map {
                of(account.id)
                    + "\($0.source) \($0.scope(names)) \($0.effect) since event \($0.sequence)"
            }
        }
    }
}
