import AlpacaExchange
import Foundation
import LedgerDomain
import LedgerEvents
import Testing
import VenueNetwork

@testable import LedgerExchange

/// An instrument whose definition changes between two starts of the exchange.
@Suite(.serialized) struct DefinitionTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "definitions-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try "time,open,high,low,close,volume\n2024-03-05T14:30:00Z,10,10,10,10,100\n".write(
            to: folder.appendingPathComponent("a.csv"), atomically: true, encoding: .utf8)
    }

    private func ledger(tick: String, lot: String) throws -> ExchangeLedger {
        let options = try ExchangeOptions(
            journal: folder.path + "/journal", known: ConnectedVenues.dialects,
            [
                ("exchange.dialects", "alpaca"), ("exchange.durable", "false"),
                ("exchange.feed", "files"), ("data.0.path", folder.path + "/a.csv"),
                ("data.0.symbol", "A"), ("data.0.tick", tick), ("data.0.lot", lot),
                ("data.0.interval", "60"),
            ])
        let setting = try ExchangeSetting(options, AlpacaDialect())
        return try ExchangeLedger(
            options, AlpacaDialect(), setting.instruments, start: setting.start)
    }

    private func place(_ ledger: ExchangeLedger, _ quantity: String) throws -> Bool {
        let outcome = try ledger.place(
            OrderRequested(
                instrument: InstrumentID(1), side: .buy, orderType: .limit,
                quantity: Quantity(quantity), limitPrice: Price("5"),
                timeInForce: .goodTillCancelled, clientOrder: "order of \(quantity)",
                actor: "test"))
        if case .taken = outcome { return true }
        return false
    }

    /// In a function of its own, so that the journal is free afterwards.
    private func holdToNewDefinition() throws {
        let ledger = try ledger(tick: "0.5", lot: "0.1")
        #expect(try ledger.instrument(symbol: "A")?.lot == Quantity("0.1"))
        #expect(try !place(ledger, "0.01"))
        #expect(try place(ledger, "0.1"))
        try ledger.close()
    }

    @Test func `orders are held to the new definition, and an open order keeps the old one`() throws
    {
        defer { try? FileManager.default.removeItem(at: folder) }
        try ledger(tick: "0.01", lot: "0.01").close()
        try holdToNewDefinition()
        #expect {
            _ = try ledger(tick: "0.5", lot: "1")
        } throws: { error in
            "\(error)".hasPrefix("option: data.0.lot '1' cannot follow '0.1': order ")
        }
        try ledger(tick: "0.5", lot: "0.1").close()
    }
}
