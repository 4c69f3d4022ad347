import ArgumentParser
import LedgerCommands
import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading

struct TailCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Print a journal's last events, and follow new ones.",
        discussion: """
            Prints the last ten events unless another selection is given.

              ledger tail --journal demo --count 20
              ledger tail --journal demo --type OrderFilled --symbol AAPL \\
                --since 2008-01-01
              ledger tail --journal demo --all --format jsonl | jq .type
              ledger tail --follow
            """.paragraphs)

    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: EventFormatOptions
    @Option(
        name: .long, parsing: .singleValue,
        help: "Only events of this type, such as OrderFilled; may be repeated.")
    var type: [String] = []
    @Option(help: "Only events of this instrument.")
    var symbol: String?
    @Option(help: "Only events of this account.")
    var account: String?
    @Option(help: "Only the chain of events that this event starts.")
    var correlation: UInt64?
    @Option(help: ArgumentHelp("Start here: \(Moment.help)."))
    var since: Moment?
    @Option(help: ArgumentHelp("End here: \(Moment.help)."))
    var until: Moment?
    @Option(name: .shortAndLong, help: "Number of events, counted from the end.")
    var count: Int?
    @Flag(help: "All events, from the first.")
    var all = false
    @Flag(name: .shortAndLong, help: "Keep printing new events until Ctrl-C.")
    var follow = false

    func validate() throws {
        if let count, count < 0 { throw ValidationError("--count must be 0 or more") }
    }

    func run() throws {
        let journal = try journals.openForReading()
        let names: NameBook = try ProjectionReader.fold(of: journal)
        let filter = try filter(names)
        let through = try until?.last(in: journal)
        let start = try start(journal, filter, through)
        // An event is shown with the names that were defined when it was written.
        var printer = EventPrinter(
            output.format, try Self.names(journal, before: start), types: type)
        printer.begin()
        var next = start
        if follow { Interrupt.catchSignals() }
        repeat {
            next = try print(journal, from: next, through: through, filter, &printer)
            try printer.flush()
            guard follow, !Interrupt.wasAsked else { break }
            _ = try journal.waitForEvents(
                after: SequenceNumber(next.number - 1), timeout: .milliseconds(500))
        } while !Interrupt.wasAsked
        try printer.end()
    }

    private func filter(_ names: NameBook) throws -> EventFilter {
        var filter = EventFilter.all
        if !type.isEmpty {
            filter.types = try type.map { name in
                if let known = EventType(name: name) { return known.rawValue }
                if let number = UInt16(name.lowercased().drop { $0.isLetter }) { return number }
                let all = EventType.allCases.map(\.name).joined(separator: ", ")
                throw CommandError("--type \(name) is not one of \(all)")
            }
        }
        if let symbol {
            guard let instrument = names.instrument(symbol: symbol) else {
                throw CommandError("--symbol \(names.problem(withSymbol: symbol))")
            }
            filter.instrument = instrument.id
        }
        if let account {
            guard let known = names.account(name: account) else {
                throw CommandError("--account \(account) is not in the journal")
            }
            filter.account = known.id
        }
        filter.correlation = correlation.map { SequenceNumber($0) }
        return filter
    }

    /// The first event to print. Reads backwards if the last events are asked for.
    private func start(
        _ journal: LMDBJournal, _ filter: EventFilter, _ through: SequenceNumber?
    ) throws -> SequenceNumber {
        if let since, count == nil { return try since.first(in: journal) }
        if all { return try journal.beginning }
        let head = try through ?? journal.head.lastSequence
        let earliest = try since?.first(in: journal) ?? journal.beginning
        var left = count ?? 10
        guard left > 0, head != .none else { return head.next }
        let reader = try journal.reader(
            from: head, through: earliest, filter: filter, direction: .backward)
        var start = head.next
        while left > 0, let block = try reader.next() {
            for record in try block.reversedRecords()
            where record.sequence <= head && record.sequence >= earliest && filter.matches(record) {
                start = record.sequence
                left -= 1
                if left == 0 { break }
            }
        }
        return start
    }

    private func print(
        _ journal: LMDBJournal, from: SequenceNumber, through: SequenceNumber?,
        _ filter: EventFilter, _ printer: inout EventPrinter
    ) throws -> SequenceNumber {
        let end = try min(journal.head.lastSequence, through ?? SequenceNumber(.max))
        guard from <= end else { return from }
        // Unprinted definitions provide the names in printed events.
        let read =
            try filter == .all || !hasDefinitions(journal, from: from, through: end) ? filter : .all
        try journal.forEachRecord(from: from, through: end, filter: read) { record in
            if filter.matches(record) { try printer.add(record) } else { try printer.skip(record) }
            return !(follow && Interrupt.wasAsked)
        }
        return end.next
    }

    private func hasDefinitions(
        _ journal: LMDBJournal, from: SequenceNumber, through end: SequenceNumber
    ) throws -> Bool {
        var found = false
        try journal.forEachRecord(
            from: from, through: end, filter: EventFilter(NameBook.types)
        ) { _ in
            found = true
            return false
        }
        return found
    }

    static func names(_ journal: LMDBJournal, before start: SequenceNumber) throws -> NameBook {
        try ProjectionReader.fold(of: journal, through: SequenceNumber(max(start.number, 1) - 1))
    }
}

struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print one event with its cause and its effects.",
        discussion: "  ledger show 2041 --journal demo")

    @Argument(help: "Sequence number of the event.")
    var sequence: UInt64
    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: EventFormatOptions

    func run() throws {
        let journal = try journals.openForReading()
        let head = try journal.head.lastSequence
        guard sequence > 0, sequence <= head.number else {
            throw CommandError("the journal has events 1 to \(head), not \(sequence)")
        }
        let wanted = SequenceNumber(sequence)
        var cause = SequenceNumber.none
        try journal.forEachRecord(from: wanted, through: wanted) { record in
            cause = record.cause
            return false
        }
        var printer = EventPrinter(
            output.format,
            try TailCommand.names(journal, before: cause == .none ? wanted : cause))
        printer.begin()
        if cause != .none {
            try journal.forEachRecord(from: cause, through: cause) { record in
                try printer.add(record)
                return false
            }
        }
        // The effects of an input directly follow it.
        try journal.forEachRecord(from: wanted) { record in
            guard record.sequence == wanted || (cause == .none && record.cause == wanted) else {
                return false
            }
            try printer.add(record)
            return true
        }
        try printer.flush()
        try printer.end()
    }
}
