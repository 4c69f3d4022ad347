import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerSafety
import LedgerVenues

/// A venue's account at one moment, from a gateway or from a file, and the records that it becomes.
///
/// Positions and orders within `reconcile.scope` are compared. The account's other holdings are
/// reported beside them where they changed, and other orders are left out.
public struct AccountStatement: Sendable {
    public var account: VenueAccount
    public var kind: SnapshotKind
    public var snapshot: UInt64
    /// A file or a gateway.
    public var origin: String
    /// Whether to report holdings again that are as they were.
    public var repeatsHoldings = false
    /// What a file states of its origin.
    public var venue: String?
    public var takenAt: Timestamp?

    public init(
        _ account: VenueAccount, kind: SnapshotKind, snapshot: UInt64, origin: String
    ) {
        (self.account, self.kind, self.snapshot) = (account, kind, snapshot)
        self.origin = origin
    }

    public init(_ file: VenueSnapshotFile, kind: SnapshotKind, origin: String) {
        self.init(file.account, kind: kind, snapshot: file.number, origin: origin)
        (venue, takenAt) = (file.venue, file.takenAt)
    }

    public func snapshot(knowing engine: AccountEngine) -> VenueSnapshot {
        snapshot(knowing: engine) { engine.instrument(venueSymbol: $0)?.id }
    }

    /// - Parameters:
    ///   - engine: its settings say what is compared.
    ///   - instrument: the journal's instrument for a venue's symbol; nil for an unknown symbol.
    public func snapshot(
        knowing engine: AccountEngine, instrument: @escaping (String) -> InstrumentID?
    ) -> VenueSnapshot {
        let scope = Scope(engine, instrument)
        var result = VenueSnapshot(
            VenueSnapshotBegan(
                kind: kind, snapshot: snapshot, cash: account.cash,
                portfolioValue: account.portfolioValue, buyingPower: account.buyingPower,
                origin: origin),
            positions: account.positions.filter {
                $0.quantity.raw != 0 && scope.reason(toLeaveOut: $0.symbol) == nil
            }.map { position in
                VenuePositionReported(
                    instrument: instrument(position.symbol) ?? .none, snapshot: snapshot,
                    quantity: position.quantity, averagePrice: position.averagePrice,
                    symbol: position.symbol)
            },
            orders: account.openOrders.filter { scope.reason(toLeaveOut: $0.symbol) == nil }.map {
                let order = Self.whole($0, engine)
                return VenueOrderReported(
                    instrument: instrument(order.symbol) ?? .none, side: order.side,
                    snapshot: snapshot, quantity: order.quantity, filled: order.filled,
                    limitPrice: order.limitPrice,
                    intent: ClientOrderID(order.clientOrder)?.intent ?? IntentID(high: 0, low: 0),
                    symbol: order.symbol, venueOrder: order.venueOrder)
            })
        result.holdings = holdings(scope, engine.holdings)
        result.unread = account.unread.filter(scope.includes).map { item in
            VenueItemUnread(
                item: item.item, snapshot: snapshot,
                symbol: item.symbols.joined(separator: " "), id: item.id,
                detail: item.detail)
        }
        return result
    }

    /// An order as the ledger counts it: a replacement's quantities at the venue do not include what
    /// had filled before it.
    private static func whole(_ reported: VenueOrder, _ engine: AccountEngine) -> VenueOrder {
        guard let client = ClientOrderID(reported.clientOrder), client.generation > 0,
            let ours = engine.orders.open.first(where: { $0.intended.intent == client.intent })
        else { return reported }
        let replaced = engine.awaited(ours.id).replace
        let isReplaced = replaced.map { $0.generation == UInt32(client.generation) } ?? false
        return reported.whole(
            of: isReplaced ? replaced?.quantity ?? .zero : ours.intended.quantity)
    }

    /// What is left out and differs from what was reported before, and what is no longer left out.
    private func holdings(
        _ scope: Scope, _ known: ForeignHoldings
    ) -> [VenueHoldingReported] {
        var found: [VenueHoldingReported] = []
        for position in account.positions where position.quantity.raw != 0 {
            guard let reason = scope.reason(toLeaveOut: position.symbol) else { continue }
            found.append(
                VenueHoldingReported(
                    reason: reason, kind: position.kind, snapshot: snapshot,
                    quantity: position.quantity, averagePrice: position.averagePrice,
                    mark: position.mark, symbol: position.symbol))
        }
        for holding in known.holdings
        where !found.contains(where: { $0.symbol == holding.symbol })
            && !account.unread.contains(where: { $0.symbols.contains(holding.symbol) })
        {
            found.append(
                VenueHoldingReported(
                    reason: holding.reason, kind: holding.kind, snapshot: snapshot,
                    quantity: .zero, symbol: holding.symbol))
        }
        guard !repeatsHoldings else { return found }
        return found.filter { holding in
            guard let before = known[holding.symbol] else { return true }
            return before.quantity != holding.quantity || before.reason != holding.reason
                || before.averagePrice != holding.averagePrice
        }
    }
}

/// What a comparison is about, by the engine's settings.
private struct Scope {
    private let rules: ReconciliationScope
    private let currency: String
    /// The other currencies of which the account keeps a balance.
    private let balances: [String]
    private let instrument: (String) -> InstrumentID?

    init(_ engine: AccountEngine, _ instrument: @escaping (String) -> InstrumentID?) {
        rules = engine.rules.reconciliation.scope
        currency = engine.currency
        balances = engine.balances.map(\.currency)
        self.instrument = instrument
    }

    /// Nil for a symbol that is compared.
    func reason(toLeaveOut symbol: String) -> HoldingReason? {
        if rules.ignores(symbol, currency: currency) { return .ignored }
        if balances.contains(where: {
            ReconciliationScope.isName($0, of: symbol, currency: currency)
        }) {
            return nil
        }
        return rules.extent == .configured && instrument(symbol) == nil ? .foreign : nil
    }

    /// Whether something that cannot be read may concern what is compared.
    func includes(_ item: VenueUnread) -> Bool {
        if rules.ignored.contains(item.id) { return false }
        if !item.symbols.isEmpty {
            return item.symbols.contains { reason(toLeaveOut: $0) == nil }
        }
        return !(item.isOfOtherKind && rules.extent == .configured)
    }
}
