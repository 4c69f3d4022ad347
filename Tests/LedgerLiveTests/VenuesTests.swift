import Foundation
import TestSupport
import Testing

/// One daemon with two accounts at two venues outside, which both trade an A.
@Suite struct VenuesTests {
    private let first: Desk
    private let second: Desk

    init() throws {
        (first, second) = (try Desk(), try Desk())
        try configure()
    }

    private static let instruments = """
        - {path: venue, symbol: A@north, venue: north, tick: 0.01, lot: 1}
        - {path: venue, symbol: A@south, venue: south, tick: 0.01, lot: 1}
        """

    private static let strategies = """
        - {kind: sma_crossover, name: up, symbols: A@north, fast: 2, slow: 4, quantity: 3, stop_loss: 5, accounts: one}
        - {kind: sma_crossover, name: down, symbols: A@south, fast: 2, slow: 4, quantity: 2, stop_loss: 5, accounts: two}
        """

    private func venue(_ name: String, _ desk: Desk) -> String {
        """
        - name: \(name)
          kind: alpaca
          alpaca: {trading_url: "\(desk.address)", data_url: "\(desk.address)", \
        stream_url: "ws://127.0.0.1:\(desk.port)/v2/iex"}
        """
    }

    private func configure(
        data: String = Self.instruments, strategies: String = Self.strategies
    ) throws {
        try first.programs.write(
            """
            mode: paper
            run: {name: desk}
            accounts:
            - {name: one, kind: paper, venue: north}
            - {name: two, kind: paper, venue: south}
            venues:
            \(venue("north", first))
            \(venue("south", second))
            quality: {min_history_days: 0}
            live: {tick_ms: 50, acknowledgement_ms: 300, poll_s: 1, reconcile_s: 0}
            data:
            \(data)
            strategies:
            \(strategies)

            """, "desk.yaml")
    }

    private func trade() throws -> Running {
        let daemon = try first.start(
            ["ledgerd", "paper", "--config", "desk.yaml", "--journal", "./desk"])
        try daemon.waits(for: "ReconciliationEnded", times: 2)
        return daemon
    }

    /// `account symbol quantity` of each open position.
    private func held() throws -> [String] {
        let (text, code) = try first.ledger(
            "project", "positions", "--journal", "./desk", "--format", "csv")
        try #require(code == 0, "\(text)")
        let rows = text.split(separator: "\n").map { $0.split(separator: ",") }
        return rows.filter { ["one", "two"].contains($0.first) }
            .map { "\($0[0]) \($0[2]) \($0[3])" }.sorted()
    }

    private func refusal() throws -> String {
        let (text, code) = try first.programs.run(
            "ledgerd", "paper", "--config", "desk.yaml", "--journal", "./desk")
        #expect(code == 2, "\(text)")
        return text
    }

    @Test func `each account trades its own instrument at its own venue`() throws {
        let daemon = try trade()
        try first.rise()
        try second.rise()
        let both = ["one A@north 3", "two A@south 2"]
        try daemon.wait("both entries") { try held() == both }
        try daemon.wait("both stops") {
            try first.orders() == ["filled", "new"] && second.orders() == ["filled", "new"]
        }
        #expect(try first.position() == "3" && second.position() == "2")
        daemon.signal(SIGKILL)
        _ = daemon.end()
        let again = try trade()
        #expect(try held() == both)
        #expect(try first.orders().count == 2 && second.orders().count == 2)
        let bare = try first.ledger("tail", "--journal", "./desk", "--symbol", "A")
        #expect(bare.code == 2 && bare.text.contains("name one of A@north, A@south"), "\(bare)")
        let flat = try first.ledger(
            "flatten", "--symbol", "A@south", "--reason", "test", "--journal", "./desk")
        #expect(flat.code == 0, "\(flat.text)")
        try again.wait("the second account to be flat") { try held() == ["one A@north 3"] }
        #expect(try first.position() == "3" && second.position() == "0")
        again.interrupt()
        try first.expectWhole()
    }

    @Test func `a venue that is down stops its own account and no other`() throws {
        let daemon = try trade()
        second.exchange.signal(SIGKILL)
        try daemon.waits(for: "LatchEngaged two: orderStream")
        try first.rise()
        try daemon.wait("the first entry") { try held() == ["one A@north 3"] }
        let gate = try first.ledger("gate", "status", "--journal", "./desk")
        #expect(gate.text.contains("one: mode auto: nothing is blocked"), "\(gate.text)")
        #expect(gate.text.contains("two: mode auto: entries are blocked"), "\(gate.text)")
        daemon.signal(SIGINT)
        #expect(daemon.end() == 0)
        try first.expectWhole()
    }

    @Test func `data and strategies name a venue that has them`() throws {
        try configure(data: "- {path: venue, symbol: A, tick: 0.01, lot: 1}")
        #expect(
            try refusal().contains(
                "name the entry of `venues` whose stream brings them: north, south"))
        let other = Self.strategies.replacingOccurrences(of: "symbols: A@south", with: "symbols: B")
        try configure(strategies: other)
        #expect(try refusal().contains("'B' is not in the data of the venue of account 'two'"))
        let bare = Self.strategies.replacingOccurrences(of: "symbols: A@south", with: "symbols: A")
        try configure(strategies: bare)
        #expect(
            try refusal().contains(
                "'A' is the symbol of several instruments; name one of A@north, A@south"))
    }

    @Test func `a dry run of both sends nothing`() throws {
        let daemon = try first.start(
            ["ledgerd", "paper", "--config", "desk.yaml", "--journal", "./desk", "--dry-run"])
        try daemon.waits(for: "LinkChanged", times: 4)
        try first.rise()
        try second.rise()
        try daemon.waits(for: "OrderFilled", times: 2)
        daemon.interrupt()
        #expect(try first.orders().isEmpty && second.orders().isEmpty)
    }
}
