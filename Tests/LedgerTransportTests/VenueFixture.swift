import AlpacaTransport
import BinanceTransport
import Foundation
import LedgerDomain
import LedgerEvents
import LedgerExchange
import LedgerTransport
import LedgerVenues
import Testing
import VenueNetwork

/// A gateway to a local exchange of its own.
final class VenueFixture {
    enum Venue: String, Sendable, CaseIterable, CustomTestStringConvertible {
        case alpaca
        case binance
        case binanceByListenKey

        var testDescription: String { rawValue }
        var connection: VenueConnection { self == .alpaca ? .alpaca : .binance }
        var symbol: String { self == .alpaca ? "AAPL" : "BTCUSDT" }
    }

    let venue: Venue
    let box = ReportBox()
    private var exchange: LocalExchange?
    private let address: LocalExchange.Address
    private(set) var gateway: any VenueGateway
    let settings: GatewaySettings
    private let journal: String
    private let control: HTTPClient

    static let keys = VenueKeys(key: Secret("local-key"), secret: Secret("local-secret"))

    init(
        _ venue: Venue, keys: VenueKeys = VenueFixture.keys, start: Bool = true,
        _ change: (inout GatewaySettings) -> Void = { _ in }
    ) throws {
        self.venue = venue
        journal =
            FileManager.default.temporaryDirectory.path + "/gateway-\(UUID().uuidString)/journal"
        let exchange = try Self.exchange(venue, journal, port: 0)
        (self.exchange, address) = (exchange, exchange.addresses[0])
        var settings = Self.settings(venue, address, keys)
        change(&settings)
        self.settings = settings
        control = HTTPClient(settings.http)
        gateway = try Self.gateway(venue, settings)
        guard start else { return }
        gateway.start(symbols: [venue.symbol], sink: box.sink)
        box.link(.orders, true)
    }

    var port: Int { address.port }

    deinit {
        gateway.stop()
        control.stop()
        try? exchange?.stop()
        try? FileManager.default.removeItem(
            at: URL(fileURLWithPath: journal).deletingLastPathComponent())
    }

    private static func exchange(
        _ venue: Venue, _ journal: String, port: Int
    ) throws -> LocalExchange {
        let settings = [
            ("exchange.alpaca_limit", "0"), ("exchange.binance_limit", "0"),
            ("exchange.dialects", venue.connection.name), ("exchange.durable", "false"),
            ("exchange.feed", "none"), ("exchange.port", "\(port)"),
            ("venue.participation_basis_points", "10000"),
            ("exchange.symbols", venue == .alpaca ? "AAPL=190" : "BTCUSDT=60000"),
        ]
        return try LocalExchange(
            try ExchangeOptions(journal: journal, known: ConnectedVenues.dialects, settings))
    }

    private static func settings(
        _ venue: Venue, _ address: LocalExchange.Address, _ keys: VenueKeys
    ) -> GatewaySettings {
        let budget = RequestBudget.Rules(perMinute: 600_000, burst: 10_000, reserve: 100)
        let paths: (orders: String, market: String)
        switch venue {
        case .alpaca: paths = ("/stream", "/v2/iex")
        case .binance: paths = ("/ws-api/v3", "")
        case .binanceByListenKey: paths = ("", "")
        }
        var settings = GatewaySettings(
            restURL: address.http, orderStreamURL: address.socket + paths.orders,
            marketStreamURL: address.socket + paths.market, keys: keys, isPaper: true,
            budget: budget)
        settings.userStream = venue == .binanceByListenKey ? .listenKey : .subscription
        settings.backoff = Backoff.Rules(
            base: Nanoseconds(2_000_000), cap: Nanoseconds(50_000_000))
        settings.socket.backoff = settings.backoff
        settings.receiveWindow = 1000
        settings.processingLimit = Nanoseconds(100_000_000)
        return settings
    }

    static func gateway(
        _ venue: Venue, _ settings: GatewaySettings
    ) throws -> any VenueGateway {
        try venue.connection.gateway(settings)
    }

    // MARK: The exchange

    private func post(_ path: String, _ body: String) throws {
        let url = "\(address.http)/control/\(path)"
        let result = control.perform(
            HTTPRequest(method: "POST", url: url, body: Array(body.utf8)))
        guard case .answer(let answer) = result.outcome, answer.isSuccess else {
            Issue.record("\(path): \(result.outcome)")
            return
        }
    }

    func quote(_ bid: Int, _ ask: Int, size: String = "1000") throws {
        try post(
            "quote",
            #"{"symbol":"\#(venue.symbol)","bid":"\#(bid)","ask":"\#(ask)","bid_size":"\#(size)","#
                + #""ask_size":"\#(size)"}"#)
    }

    /// Adds to the account what its own ledger does not have; see `AccountExtras`.
    func account(_ text: String) throws { try post("account", text) }
    /// Sends a message on the order stream.
    func message(_ text: String) throws { try post("message", text) }
    func faults(_ text: String) throws { try post("faults", text) }
    func disconnect() throws { try post("disconnect", "{}") }

    /// The exchange goes away and comes back on its port, from its journal.
    func stopExchange() throws {
        try exchange?.stop()
        exchange = nil
    }

    func startExchange() throws {
        exchange = try Self.exchange(venue, journal, port: address.port)
    }

    /// Another gateway, as after a crash of the one before.
    func restart() throws {
        gateway.stop()
        gateway = try Self.gateway(venue, settings)
        gateway.start(symbols: [venue.symbol], sink: box.sink)
        box.link(.orders, true)
    }

    // MARK: Orders

    func order(
        _ client: String, _ type: OrderType = .limit, side: Side = .buy, quantity: Int128 = 2,
        price: Int64 = 150, time: TimeInForce = .goodTillCancelled
    ) -> OrderRequest {
        OrderRequest(
            clientOrder: client, symbol: venue.symbol, side: side, orderType: type,
            timeInForce: time, quantity: Quantity(raw: quantity * 1_000_000_000),
            limitPrice: type == .market ? .zero : Price(raw: price * 1_000_000_000))
    }

    /// Leaves one order filled, `a1` of 2 units, and one open, `a2`.
    func fillOneAndRestOne() throws {
        try quote(99, 101)
        gateway.submit(order("a1", .market, time: .immediateOrCancel))
        _ = box.order("a1", .filled)
        gateway.submit(order("a2", price: 90))
        _ = box.order("a2", .accepted)
    }

    /// Leaves `p1` of 10 units filled to 4.
    ///
    /// - Returns: the fill.
    @discardableResult
    func fillPartly() throws -> VenueFill {
        try quote(99, 101)
        gateway.submit(order("p1", quantity: 10, price: 100))
        _ = box.order("p1", .accepted)
        try quote(99, 100, size: "4")
        return box.fill("p1")
    }

    func reference(_ client: String) -> OrderReference {
        OrderReference(clientOrder: client, symbol: venue.symbol)
    }
}
