import ArgumentParser
import Glibc
import LedgerCommands
import LedgerDomain
import LedgerEvents
import LedgerReading
import LedgerRunning
import LedgerTransport
import LedgerVenues
import VenueNetwork
import VenueRegister

struct UpdateBarsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Add the bars that files and tapes of history lack at their ends.",
        discussion: """
              ledgerd data update data/bars/BTCUSDT-86400.csv --symbol BTCUSDT
              ledgerd data update coins --venue \(KnownVenues.names.first ?? "")

            A file is one of `ledgerd data bars`; a tape is updated in all its instruments. The
            last four bars are compared with the venue's. If one differs, nothing is added and
            the exit code is 1. Bars that are not closed are left out. A second call adds
            nothing.
            """.paragraphs)

    @Argument(help: "Files, or tapes: names under journal/, or directories.")
    var targets: [String]
    @OptionGroup var name: VenueNameOptions
    @OptionGroup var venue: VenueOptions
    @Option(help: "Symbol of a file, as the venue writes it.")
    var symbol: String?
    @Option(help: "Length of a file's bars in seconds (default: the distance of its last bars).")
    var interval: UInt32?

    func run() throws {
        let connection = try name.connection(ConnectedVenues.fetching(by: "fetch-filters"))
        let client = try venue.client(connection)
        defer { client.stop() }
        do {
            for target in targets { try update(target, client) }
        } catch let fault as VenueFault {
            throw CommandError("\(VenueTrouble(connection, fault))")
        } catch let difference as BarDifference {
            throw CommandError("\(difference)", code: 1)
        }
    }

    private func update(_ target: String, _ client: VenueClient) throws {
        let directory = JournalHome.directory(target)
        let count =
            JournalHome.isJournal(directory)
            ? try updateTape(target, in: directory, client) : try updateFile(target, client)
        Terminal.print("\(target): \(count) bars added")
    }

    private func updateFile(_ path: String, _ client: VenueClient) throws -> Int {
        guard access(path, F_OK) == 0 else {
            throw CommandError(
                "\(path) is no file and no tape; begin a file with `ledgerd data bars`")
        }
        guard let symbol else {
            throw CommandError("\(path) is a file, which does not name its symbol; give --symbol")
        }
        var file = try BarFile(path)
        defer { file.close() }
        guard let first = file.newest.first?.start else {
            throw CommandError(
                "\(path) has no bars; begin with `ledgerd data bars \(symbol) --from`")
        }
        let starts = file.newest.map(\.start)
        let distance = zip(starts, starts.dropFirst()).map { $1.nanoseconds(since: $0) }.min()
        guard let interval = interval ?? distance.map({ UInt32(clamping: $0 / 1_000_000_000) })
        else { throw CommandError("\(path) has one bar, which has no length; give --interval") }
        let bars = try bars(client, symbol, interval, from: first)
        let new = try BarDifference.new(
            bars.map { recalled($0, .none, interval) },
            after: file.newest.map { recalled($0, .none, interval) }, in: path, symbol: symbol,
            client.connection.name)
        try file.append(Array(bars.suffix(new.count)))
        return new.count
    }

    private func updateTape(
        _ name: String, in directory: String, _ client: VenueClient
    ) throws -> Int {
        let tape = try JournalHome.openOrCreate(directory)
        let lease = try tape.acquireLease(holder: Operator.holder)
        let update = try TapeUpdate(tape, name: name)
        var bars: [BarRecalled] = []
        for series in update.series {
            guard let first = series.newest.first else { continue }
            let length = Nanoseconds(-Int64(first.interval) * 1_000_000_000)
            bars += try self.bars(
                client, series.instrument.symbol, first.interval,
                from: first.ended.advanced(by: length)
            ).map { recalled($0, series.instrument.id, first.interval) }
        }
        let count = try update.append(bars, from: client.connection.name)
        try tape.release(lease)
        return count
    }

    private func bars(
        _ client: VenueClient, _ symbol: String, _ interval: UInt32, from start: Timestamp
    ) throws -> [VenueBar] {
        guard let history = BarHistory(client, symbol: symbol, interval: interval) else {
            let known = client.connection.questions.bars.intervals.map { "\($0.seconds)" }
            throw CommandError(
                "\(client.connection.name) has no bars of \(interval) seconds, only of "
                    + known.joined(separator: ", "))
        }
        var bars: [VenueBar] = []
        let now = Operator.now
        try history.read(from: start, to: now, now: now) { page in
            bars += page
            return true
        }
        return bars
    }

    private func recalled(
        _ bar: VenueBar, _ instrument: InstrumentID, _ interval: UInt32
    ) -> BarRecalled {
        BarRecalled(
            instrument: instrument, interval: interval, open: bar.open, high: bar.high,
            low: bar.low, close: bar.close, volume: bar.volume,
            ended: bar.start.advanced(by: Nanoseconds(Int64(interval) * 1_000_000_000)))
    }
}
