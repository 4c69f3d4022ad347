import Foundation
import LedgerBooks
import LedgerDomain
import LedgerEvents
import LedgerProjections
import TestSupport
import Testing

/// What other programs make of the exports is what the projections are.
@Suite struct BooksToolTests {
    private func accepted(_ result: BooksTool.Result) {
        #expect(result.code == 0, "\(result.errors.suffix(2000))\(result.output.suffix(2000))")
    }

    @Test(
        .enabled(if: BooksTool.hledger.mustRun, "hledger is not installed: run tools/install"),
        arguments: ExportedBooks.Source.allCases)
    func `hledger accepts the books strictly and computes the same`(
        source: ExportedBooks.Source
    ) throws {
        let books = try ExportedBooks(source)
        let file = try BooksFile(books.text(.hledger), "journal")
        let tool = BooksTool.hledger
        accepted(
            try tool.run([
                "-f", file.path, "check", "--strict", "ordereddates", "balancednoautoconversion",
            ]))
        let report = ["-f", file.path, "balance", "-N", "--flat", "-O", "csv"]
        #expect(try differences(balances(tool.run(report + ["-B"])).amounts, books.amounts()) == [])
        let units = try balances(tool.run(report + ["Positions", "not:Rounding"]))
        #expect(try differences(units.amounts, books.units()) == [])
    }

    /// Rows of `"account","12.5 ""BRK.B"""`.
    private func balances(_ result: BooksTool.Result) throws -> ToolBalances {
        accepted(result)
        var found = ToolBalances()
        for line in result.output.split(separator: "\n").dropFirst() {
            let fields = line.split(separator: "\",\"")
            let number = fields[1].prefix { !" \"".contains($0) }
            try found.add(fields[0].dropFirst(), number)
        }
        return found
    }

    @Test(
        .enabled(
            if: BooksTool.ledger.mustRun, "/usr/bin/ledger is not installed: run tools/install"),
        arguments: ExportedBooks.Source.allCases)
    func `Ledger accepts the books pedantically and computes the same`(
        source: ExportedBooks.Source
    ) throws {
        let books = try ExportedBooks(source)
        let file = try BooksFile(books.text(.hledger), "journal")
        let options = ["--args-only", "--pedantic", "-f", file.path]
        accepted(try BooksTool.ledger.run(options + ["balance"]))
        let format = ["--csv-format", "%(account)\t%(quantity(scrub(display_amount)))\n"]
        let costs = try BooksTool.ledger.run(options + ["csv", "-B", "--unround"] + format)
        #expect(try differences(rows(costs).amounts, books.amounts()) == [])
        let lots = options + ["csv", "--lots", "Positions", "and", "not", "Rounding"]
        let units = try rows(BooksTool.ledger.run(lots + format))
        #expect(try differences(units.amounts, books.units()) == [])
    }

    private func rows(_ result: BooksTool.Result) throws -> ToolBalances {
        accepted(result)
        var found = ToolBalances()
        for line in result.output.split(separator: "\n") {
            let fields = line.split(separator: "\t")
            try found.add(fields[0], fields[1])
        }
        return found
    }

    @Test(
        .enabled(
            if: BooksTool.beancount.mustRun,
            "Beancount is not installed: run tools/python -c 'import beancount'"),
        arguments: ExportedBooks.Source.allCases.filter { $0 != .large })
    func `Beancount books every lot and computes the same`(source: ExportedBooks.Source) throws {
        let books = try ExportedBooks(source)
        let file = try BooksFile(books.text(.beancount), "beancount")
        accepted(try BooksTool.beancount.run(["-m", "beancount.scripts.check", file.path]))
        let read = try BooksTool.beancount.run(["tools/read_books.py", file.path].inRoot)
        accepted(read)
        let rows = read.output.split(separator: "\n").map { $0.split(separator: "\t") }
        var (balances, units, gains) = (ToolBalances(), ToolBalances(), ToolBalances())
        var fills = 0
        for row in rows {
            switch row[0] {
            case "balance": try balances.add(row[1], row[2])
            case "gain":
                try gains.add(row[1], row[2])
                fills += Int(row[3]) ?? 0
            default:
                try units.add(row[1], row[3])
                let cost = try product(row[3], row[4])
                try balances.add(row[1], cost)
            }
        }
        #expect(try differences(balances.amounts, books.amounts()) == [])
        #expect(try differences(units.amounts, books.units()) == [])
        try compareLots(rows.filter { $0[0] == "lot" }, books)
        // From the prices alone: half of 10^-9 a fill is what paying rounded.
        let booked = try books.amounts()
        #expect(fills > 10)
        for (account, gain) in gains.sums {
            let difference = gain + (booked[account] ?? 0)
            #expect(difference.magnitude <= UInt128(fills) * 500_000_000, "\(account)")
        }
    }

    /// Each open lot by the event that opened it.
    private func compareLots(_ rows: [[Substring]], _ books: ExportedBooks) throws {
        var found: [String: Int128] = [:]
        for row in rows { found["\(row[7])", default: 0] += try ToolBalances.fine(row[3]) }
        var expected: [String: Int128] = [:]
        for lot in books.profit.positions.positions.flatMap(\.lots) {
            expected["\(lot.fill)", default: 0] += lot.quantity.raw * 1_000_000_000
        }
        #expect(differences(found, expected) == [])
    }

    /// units × unit cost, both of nine decimals.
    private func product(_ units: Substring, _ unitCost: Substring) throws -> Substring {
        let raw =
            try ToolBalances.fine(units) / 1_000_000_000
            * (ToolBalances.fine(unitCost) / 1_000_000_000)
        let digits = String(raw.magnitude)
        let padded = String(repeating: "0", count: max(0, 19 - digits.count)) + digits
        return Substring("\(raw < 0 ? "-" : "")\(padded.dropLast(18)).\(padded.suffix(18))")
    }

    @Test(
        .enabled(
            if: BooksTool.hledger.mustRun && BooksTool.ledger.mustRun
                && BooksTool.beancount.mustRun,
            "hledger, /usr/bin/ledger and Beancount are not all installed: run tools/install"))
    func `no tolerance lets a wrong last digit pass`() throws {
        let books = try ExportedBooks(.random1)
        for (format, check) in [
            (BooksText.Format.hledger, (BooksTool.hledger, ["-f", "FILE", "check", "--strict"])),
            (.hledger, (.ledger, ["--args-only", "--pedantic", "-f", "FILE", "balance"])),
            (.beancount, (.beancount, ["-m", "beancount.scripts.check", "FILE"])),
        ] {
            let text = try books.text(format)
            let wrong = try #require(Self.oneDigitMore(text))
            for (text, isRight) in [(text, true), (wrong, false)] {
                let file = try BooksFile(text, "books")
                let words = check.1.map { $0 == "FILE" ? file.path : $0 }
                #expect((try check.0.run(words).code == 0) == isRight, "\(check.0)")
            }
        }
    }

    /// The first amount of a rounding account with 18 decimals, its last digit changed.
    private static func oneDigitMore(_ text: String) -> String? {
        guard let found = text.firstMatch(of: /Rounding  -?[0-9]+\.[0-9]{17}([0-9])/) else {
            return nil
        }
        let digit = found.output.1 == "9" ? "8" : "9"
        return text.replacingCharacters(
            in: found.output.1.startIndex..<found.output.1.endIndex, with: digit)
    }

    @Test(
        .enabled(
            if: BooksTool.hledger.mustRun && BooksTool.ledger.mustRun
                && BooksTool.beancount.mustRun,
            "hledger, /usr/bin/ledger and Beancount are not all installed: run tools/install"),
        arguments: [ExportedBooks.Source.backtest, .random2])
    func `an extract begins with opening balances and is accepted too`(
        source: ExportedBooks.Source
    ) throws {
        let books = try ExportedBooks(source)
        let last = try books.journal.head.lastSequence.number
        for (from, to) in [(last / 3, last / 2), (last / 2, last), (last, last)] {
            func file(_ format: BooksText.Format) throws -> BooksFile {
                let text = try books.text(
                    format, from: SequenceNumber(from), through: SequenceNumber(to))
                #expect(text.contains("opening balances"))
                return try BooksFile(text, "books")
            }
            let (plain, other) = (try file(.hledger), try file(.beancount))
            accepted(try BooksTool.hledger.run(["-f", plain.path, "check", "--strict"]))
            accepted(
                try BooksTool.ledger.run(["--args-only", "--pedantic", "-f", plain.path, "balance"])
            )
            accepted(try BooksTool.beancount.run(["-m", "beancount.scripts.check", other.path]))
        }
    }
}

extension [String] {
    /// Paths of the package's tools, from its root.
    fileprivate var inRoot: [String] {
        map { $0.hasPrefix("tools/") ? Checkout.root.path + "/" + $0 : $0 }
    }
}
