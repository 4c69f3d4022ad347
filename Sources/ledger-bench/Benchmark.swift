import Glibc
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading

enum Benchmark {
    static let usage = """
        usage: ledger-bench peers bars|quotes CSV DIR [double|exact [guarded]]
               ledger-bench desk ACCOUNTS INSTRUMENTS DAYS DIR   a back-test of a desk over made bars
               ledger-bench journal ROWS DIR          a back-test over made bars, to read
               ledger-bench scan|checksums|chain JOURNAL
               ledger-bench fold positions|all JOURNAL
               ledger-bench tree JOURNAL DIR          the Merkle tree of it
               ledger-bench append durable|bulk EVENTS_A_COMMIT EVENTS DIR
               ledger-bench inbox JOURNAL COUNT       submissions to a run that goes on
        """

    static func run(_ arguments: [String]) throws {
        switch (arguments.first, arguments.count) {
        case ("peers", 4...6):
            try PeersTask(
                input: arguments[1], file: arguments[2], directory: arguments[3],
                arithmetic: arguments.count > 4 ? arguments[4] : "double",
                isGuarded: arguments.count > 5 && arguments[5] == "guarded"
            ).run()
        case ("desk", 5):
            try DeskTask(
                accounts: number(arguments[1]), instruments: number(arguments[2]),
                days: number(arguments[3]), directory: arguments[4]
            ).run()
        case ("journal", 3): try MadeJournal.make(rows: number(arguments[1]), in: arguments[2])
        case ("scan", 2): try Reading.scan(arguments[1])
        case ("checksums", 2): try Reading.checksums(arguments[1])
        case ("chain", 2): try Reading.chain(arguments[1])
        case ("fold", 3) where arguments[1] == "positions":
            try Reading.fold(arguments[2], name: "positions") { PositionFold() }
        case ("fold", 3) where arguments[1] == "all":
            try Reading.fold(arguments[2], name: "all") { EveryFold() }
        case ("tree", 3): try Sealing.run(arguments[1], in: arguments[2])
        case ("append", 5):
            try Appending.run(
                durability: arguments[1] == "durable" ? .durable : .bulk,
                perCommit: number(arguments[2]), events: number(arguments[3]),
                directory: arguments[4])
        case ("inbox", 3): try Submitting.run(arguments[1], count: number(arguments[2]))
        default: throw InputError(usage)
        }
    }

    private static func number(_ text: String) throws -> Int {
        guard let value = Int(text), value > 0 else { throw InputError("\(text) is no count") }
        return value
    }

    static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        try body()
        let spent = (clock.now - start).components
        return Double(spent.seconds) + Double(spent.attoseconds) / 1e18
    }

    static func printResult(_ fields: [(String, String)]) {
        print("RESULT {" + fields.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}")
    }

    /// Private memory in MB: what the process has beside the mapped pages of the journal.
    static func privateMemory() -> Double {
        guard let file = fopen("/proc/self/status", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, 256, file) != nil {
            let text = line.withUnsafeBufferPointer { buffer in
                buffer.baseAddress.map { String(cString: $0) } ?? ""
            }
            guard text.hasPrefix("RssAnon:") else { continue }
            return (Double(text.filter(\.isNumber)) ?? 0) / 1024
        }
        return 0
    }
}

extension Double {
    func rounded(to decimals: Int) -> String {
        var factor = 1.0
        for _ in 0..<decimals { factor *= 10 }
        return "\((self * factor).rounded() / factor)"
    }
}
