import Glibc
import LedgerCommands
import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerReading

/// The keys of `ledger replay --step`, from a terminal a key at a time, from a pipe a line at a time.
struct StepSession {
    private let journal: LMDBJournal
    private var walk: StateWalk
    private var target: StateWalk.Target?
    private let keys = StepKeys()

    static let help = """
        Enter, n  the next event        n 5   five events on
        b         the event before      b 5   five events back
        g PLACE   go to an event by its number or a UTC time
        f WHAT    find the next event of a type (OrderFilled) or a symbol (AAPL); f alone again
        s         show this one again   q     quit            ?  these keys
        """

    init(_ journal: LMDBJournal, from first: SequenceNumber, through last: SequenceNumber) throws {
        self.journal = journal
        walk = try StateWalk(journal, from: first, through: last)
    }

    /// Until `q`, the end of the input, or Ctrl-C.
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
            case let key: Terminal.print("'\(key)' is no key; ? lists them")
            }
        }
    }

    private func show() throws {
        for line in try walk.lines() { Terminal.print(Table.shown(line)) }
    }

    private mutating func move(_ count: String, forward: Bool) throws {
        guard let steps = count.isEmpty ? 1 : UInt64(count), steps > 0 else {
            return Terminal.print("'\(count)' is no number of events")
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
            return Terminal.print("'\(place)' is no place: g takes \(Moment.help)")
        }
        let wanted = try moment.first(in: journal)
        guard wanted >= walk.first, wanted <= walk.last else {
            return Terminal.print(
                "the walk has the events \(walk.first) to \(walk.last), not \(wanted)")
        }
        try walk.go(to: wanted)
        try show()
    }

    private mutating func find(_ what: String) throws {
        if !what.isEmpty {
            guard let found = walk.target(what) else {
                return Terminal.print("'\(what)' is neither a type of event nor a symbol")
            }
            target = found
        }
        guard let target else {
            return Terminal.print("f takes a type such as OrderFilled, or a symbol")
        }
        guard let next = try walk.next(target) else {
            return Terminal.print("none between here and event \(walk.last)")
        }
        try walk.go(to: next)
        try show()
    }
}

/// Where the keys come from.
struct StepKeys {
    static let isTerminal = isatty(0) == 1

    /// A command with what belongs to it; nil at the end.
    ///
    /// At a terminal `g` and `f` ask for the rest, every other key acts at once.
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

    /// One key, without waiting for Enter. Ctrl-C and Ctrl-D are the end: nothing is left in a mode that
    /// a shell would not know.
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
