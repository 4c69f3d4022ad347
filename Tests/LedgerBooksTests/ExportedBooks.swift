import Foundation
import LedgerBooks
import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading
import LedgerRunning
import TestSupport
import Testing

/// A journal, its export, and what the projections make of it.
struct ExportedBooks {
    enum Source: String, CaseIterable {
        case backtest, threshold
        /// The first example with shorts, partial fills, slippage, stops and fees in basis points.
        case busy
        /// All that can happen, at random.
        case random1, random2, random3
        /// The same up to the largest amounts, which Beancount would round.
        case large
    }

    let journal: MemoryJournal
    let profit: ProfitAndLoss

    init(_ source: Source) throws {
        switch source {
        case .backtest: journal = try Self.example("backtest")
        case .threshold: journal = try Self.example("threshold")
        case .busy:
            journal = try Self.example(
                "backtest",
                [
                    ("account.allow_short", "true"), ("venue.slippage_basis_points", "7"),
                    ("venue.fee_basis_points", "3.3"), ("venue.participation_basis_points", "1"),
                    ("strategies.0.fast", "3"), ("strategies.0.slow", "9"),
                    ("strategies.0.stop_loss", "2.5"), ("strategies.0.take_profit", "5"),
                    ("strategies.1.symbols", "AAPL, MSFT"), ("drawdown.enabled", "false"),
                ])
        case .random1: journal = try Self.random(7)
        case .random2: journal = try Self.random(8)
        case .random3: journal = try Self.random(9)
        case .large: journal = try RandomBooks(seed: 10, count: 400, isWild: true).log.journal()
        }
        profit = try ProjectionReader.fold(of: journal)
    }

    private static func random(_ seed: UInt64) throws -> MemoryJournal {
        try RandomBooks(seed: seed, count: 400, isWild: false).log.journal()
    }

    private static func example(
        _ name: String, _ overrides: [(key: String, value: String)] = []
    ) throws -> MemoryJournal {
        let root = Checkout.root.path
        let text = try String(contentsOfFile: "\(root)/configs/\(name).yaml", encoding: .utf8)
            .replacingOccurrences(of: "path: configs/", with: "path: \(root)/configs/")
        let configuration = try Configuration(
            path: "example.yaml", text: text, environment: [:], overrides: overrides)
        let journal = MemoryJournal()
        _ = try Backtest(configuration).run(into: journal, named: name)
        return journal
    }

    func text(
        _ format: BooksText.Format, from first: SequenceNumber = .first,
        through: SequenceNumber? = nil
    ) throws -> String {
        let last = try through ?? journal.head.lastSequence
        var bytes: [UInt8] = []
        try BooksExport(journal, from: first, through: last).write(format, "Test") { bytes += $0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: What the accounts must come to, by name, in 10^-18

    /// Names as `BooksText` gives them; every account and strategy of these journals is here.
    private func owner(_ account: AccountID) -> String {
        account == BooksLog.other ? "2nd---odd-" : "Main"
    }

    private func parts(_ position: Position) throws -> String {
        let names: NameBook = try ProjectionReader.fold(of: journal)
        let symbol = names.symbol(position.instrument)
        let strategy = names.name(position.strategy)
        let special = [
            "sma fast": "Sma-fast", "sma-fast": "Sma-fast", "\"x\": [y]": "X-x----y-",
            "btc/usd": "Btc-usd", "#0": "Unassigned",
        ]
        func legal(_ text: String) -> String {
            special[text] ?? text.prefix(1).uppercased()
                + text.dropFirst().replacing(".", with: "-")
        }
        return "\(owner(position.account)):\(legal(symbol)):\(legal(strategy))"
    }

    /// Without the numbers that keep equal names apart: sums over them.
    static func key(_ account: String) -> String {
        account.replacing(/-[0-9]+(?=:|$)/, with: "").replacing(":Rounding", with: "")
    }

    /// Cost, gain, dividends, fees, receivable and cash by the names that the tools know them by, without zeros.
    func amounts() throws -> [String: Int128] {
        var sums: [String: Int128] = [:]
        func add(_ name: String, _ amount: Money) {
            sums[Self.key(name), default: 0] += amount.raw * 1_000_000_000
        }
        for position in profit.positions.positions {
            let parts = try parts(position).split(separator: ":")
            let (owner, holding) = (parts[0], "\(parts[1]):\(parts[2])")
            add("Assets:\(owner):Positions:\(holding)", position.cost)
            add("Income:\(owner):Realised:\(holding)", -position.realised)
            add("Income:\(owner):Dividends:\(holding)", -position.dividends)
            add("Expenses:\(owner):Fees:\(holding)", position.fees)
        }
        for worth in profit.equity.accounts.compactMap({ $0 }) {
            let owner = owner(worth.account)
            add("Assets:\(owner):Cash", worth.cash)
            add("Assets:\(owner):Receivable", worth.receivable)
            add("Equity:\(owner)", -worth.netDeposits)
            let ofFills = profit.positions.positions.reduce(Money.zero) {
                $1.account == worth.account ? $0 + $1.fees : $0
            }
            add("Expenses:\(owner):Charges", worth.fees - ofFills)
        }
        return sums.filter { $0.value != 0 }
    }

    /// Units by account, in 10^-18, without zeros.
    func units() throws -> [String: Int128] {
        var sums: [String: Int128] = [:]
        for position in profit.positions.positions {
            let parts = try parts(position).split(separator: ":")
            let name = Self.key("Assets:\(parts[0]):Positions:\(parts[1]):\(parts[2])")
            sums[name, default: 0] += position.quantity.raw * 1_000_000_000
        }
        return sums.filter { $0.value != 0 }
    }
}

/// A tool's balances, summed as `ExportedBooks.amounts` is.
struct ToolBalances {
    private(set) var sums: [String: Int128] = [:]

    mutating func add(_ account: Substring, _ number: Substring) throws {
        var name = ExportedBooks.key(String(account))
        // Deposits, withdrawals and adjustments are one sum in the projection.
        if name.hasPrefix("Equity:") {
            name = name.split(separator: ":")[..<2].joined(separator: ":")
        }
        sums[name, default: 0] += try Self.fine(number)
    }

    var amounts: [String: Int128] { sums.filter { $0.value != 0 } }

    /// A plain decimal in 10^-18, exactly.
    static func fine(_ text: Substring) throws -> Int128 {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let decimals = parts.count > 1 ? parts[1] : ""
        let digits =
            parts[0] + decimals + String(repeating: "0", count: max(0, 18 - decimals.count))
        return try #require(decimals.count <= 18 ? Int128(digits) : nil, "\(text)")
    }
}

/// Each account where two sums differ, with both: what a failure says.
func differences(_ found: [String: Int128], _ expected: [String: Int128]) -> [String] {
    let names = (found.keys + expected.keys.filter { found[$0] == nil }).sorted()
    return names.filter { found[$0] != expected[$0] }.map {
        "\($0) is \(found[$0] ?? 0), expected \(expected[$0] ?? 0) (in 10^-18)"
    }
}
