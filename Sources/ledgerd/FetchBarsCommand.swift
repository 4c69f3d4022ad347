import ArgumentParser
import LedgerCommands
import LedgerDomain
import LedgerTransport
import LedgerVenues
import VenueNetwork

struct FetchBarsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bars",
        abstract: "Fetch a symbol's price history into a CSV file.",
        discussion: """
            If the file exists, the command adds what is missing at its end. It leaves out bars
            that are not closed. Each page is saved before the next is requested, so an
            interrupted run can be continued. Import the file with `ledger data import`:

              ledgerd data bars BTCUSDT --interval 60 --from 2026-06-01
              ledger data import data/bars/BTCUSDT-60.csv --symbol BTCUSDT \\
                --interval 60 --kind crypto --tick 0.01 --lot 0.00001 --currency USDT \\
                --journal btc
            """.paragraphs)

    private static let intervals = ConnectedVenues.all.flatMap(\.questions.bars.intervals).map(
        \.seconds
    ).reduce(into: [UInt32]()) { if !$0.contains($1) { $0.append($1) } }

    @Argument(help: "Symbol, as the venue writes it.")
    var symbol: String
    @OptionGroup var name: VenueNameOptions
    @OptionGroup var venue: VenueOptions
    @Option(
        help: ArgumentHelp(
            "Length of a bar in seconds: "
                + "\(Self.intervals.map(String.init).joined(separator: ", "))."
        ))
    var interval: UInt32 = 60
    @Option(help: "Fetch from this UTC time; required for a new file.")
    var from: String?
    @Option(help: "Fetch bars that start before this UTC time (default: now).")
    var to: String?
    @Option(help: "File to write (default: data/bars/SYMBOL-INTERVAL.csv).")
    var out: String?

    func run() throws {
        let path =
            out
            ?? "data/bars/\(symbol.map { $0 == "/" ? "-" : String($0) }.joined())-\(interval).csv"
        let now = Operator.now
        let end = try time(to, "--to") ?? now
        var file = try BarFile(path)
        defer { file.close() }
        guard
            let first = try file.last.map({ $0.advanced(by: Nanoseconds(1)) })
                ?? time(from, "--from")
        else {
            throw CommandError("\(path) is a new file; give its start with --from")
        }
        let connection = try name.connection(ConnectedVenues.fetching(by: "fetch-filters"))
        let client = try venue.client(connection)
        defer { client.stop() }
        guard let history = BarHistory(client, symbol: symbol, interval: interval) else {
            throw CommandError("--interval must be one of \(Self.intervals)", code: 64)
        }
        Interrupt.catchSignals()
        var (count, last) = (0, file.last)
        do {
            // Venues accept milliseconds at most.
            let start = Timestamp(
                nanoseconds: first.advanced(by: Nanoseconds(999_999)).nanoseconds / 1_000_000
                    * 1_000_000)
            try history.read(from: start, to: end, now: now) { bars in
                try file.append(bars)
                count += bars.count
                last = bars.last?.start
                return !Interrupt.wasAsked
            }
        } catch let fault as VenueFault {
            throw CommandError(
                "\(VenueTrouble(connection, fault)); \(count) bars were added to \(path)")
        } catch let fault as JSONFault {
            throw CommandError("\(connection.name): cannot read the answer: \(fault)")
        }
        guard last != nil || Interrupt.wasAsked else {
            throw CommandError(
                "\(connection.name) has no bars of \(symbol) from \(first) to \(end); check the symbol and "
                    + "the times")
        }
        Terminal.print(
            "\(path): \(count) bars of \(symbol) added" + (last.map { ", to \($0)" } ?? ""))
        if Interrupt.wasAsked { throw CommandError("interrupted", code: 130) }
    }

    private func time(_ text: String?, _ option: String) throws -> Timestamp? {
        guard let text else { return nil }
        guard let time = Timestamp(text) else {
            throw CommandError("\(option) \(text): not a UTC time such as 2026-06-15")
        }
        return time
    }
}
