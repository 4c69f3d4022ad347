import Glibc
import LedgerCommands
import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerReading

/// The keys of `ledger replay --step`: from a terminal key by key, from a pipe line by line.
struct StepSession {
    private let journal: LMDBJournal
    private var walk: StateWalk
    private var target: StateWalk.Target?
    private let keys = StepKeys()

    static let help = """
        Enter, n  next event              n 5   five events forward
        b         previous event          b 5   five events back
        g PLACE   go to an event number or a UTC time
        f WHAT    find the next event of a type (OrderFilled) or symbol (AAPL); f repeats
        s         show this event again   q     quit              ?  this list
        """

    init(_ journal: LMDBJournal, from first: SequenceNumber, through last: SequenceNumber) throws {
        self.journal = journal
        walk = try StateWalk(journal, from: first, through: last)
    }

    /// Runs until `q`, the end of the input or Ctrl-C.
    mutating func run() throws {
        if StepKeys.isTerminal { Terminal.print("Enter steps, ? lists the keys, q quits") }
        try show()
        while let line = keys.next() {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            let rest = words.count > 1 ? words[1] : ""
            switch words.first ?? "n" {
            case "n": try move(rest, forward: true)
            case "b": try move(rest, forward: false)
            case "g": try go(rest)
            case "f": try find(rest)
            case "s": try show()
            case "?", "h": Terminal.print(Self.help)
            case "q": return
            case let key: Terminal.print("unknown key '\(key)'; press ? for the list")
            }
        }
    }

    private func show() throws {
        for line in try walk.lines() { Terminal.print(PlainText.line(line)) }
    }

    private mutating func move(_ count: String, forward: Bool) throws {
        guard let steps = count.isEmpty ? 1 : UInt64(count), steps > 0 else {
            return Terminal.print("'\(count)' is not a number of events")
        }
        let here = walk.current.number
        let (sum, overflow) = here.addingReportingOverflow(steps)
        let wanted = forward ? (overflow ? .max : sum) : here > steps ? here - steps : 0
        try walk.go(to: SequenceNumber(wanted))
        if walk.current.number == here {
            return Terminal.print(forward ? "this is the last event" : "this is the first event")
        }
        try show()
    }

    private mutating func go(_ place: String) throws {
        guard let moment = Moment(argument: place) else {
            return Terminal.print("'\(place)' is not a place; g takes \(Moment.help)")
        }
        let wanted = try moment.first(in: journal)
        guard wanted >= walk.first, wanted <= walk.last else {
            return Terminal.print(
                "event \(wanted) is outside \(walk.first) to \(walk.last)")
        }
        try walk.go(to: wanted)
        try show()
    }

    private mutating func find(_ what: String) throws {
        if !what.isEmpty {
            guard let found = walk.target(what) else {
                return Terminal.print("'\(what)' is neither an event type nor a symbol")
            }
            target = found
        }
        guard let target else {
            return Terminal.print("f takes a type such as OrderFilled, or a symbol")
        }
        guard let next = try walk.next(target) else {
            return Terminal.print("none from here to event \(walk.last)")
        }
        try walk.go(to: next)
        try show()
    }
}

/// The source of the keys.
struct StepKeys {
    static let isTerminal = isatty(0) == 1

    /// A command with its argument; nil at the end.
    ///
    /// At a terminal, `g` and `f` ask for their argument; every other key acts at once.
    func next() -> String? {
        guard Self.isTerminal else { return readLine() }
        guard let key = Self.key() else { return nil }
        switch key {
        case "\n", "\r": return "n"
        case "g", "f":
            Terminal.show("\(key) ")
            guard let rest = readLine() else { return nil }
            return "\(key) \(rest)"
        default: return String(key)
        }
    }

    /// Reads one key without waiting for Enter. Ctrl-C and Ctrl-D end the session and restore the
    /// terminal.
    private static func key() -> Character? {
        var before = termios()
        tcgetattr(0, &before)
        var raw = before
        raw.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
        tcsetattr(0, TCSANOW, &raw)
        defer { tcsetattr(0, TCSANOW, &before) }
        let byte = getchar()
        guard byte > 4, let scalar = Unicode.Scalar(UInt32(byte)) else { return nil }
        return Character(scalar)
    }
}
