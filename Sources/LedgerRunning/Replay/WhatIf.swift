import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading
import LedgerSettings

/// Runs a journal's inputs through an engine with other settings and reports what it decides
/// differently.
///
/// It does not use `RunOpening`. The recorded opening is among the inputs, at its place and time; an opening
/// made now would add definitions, deposits and times that the recorded run never had. Only the first
/// settings are replaced.
///
/// The recorded journal is only read. Inputs and decisions go to a scratch journal, whose events
/// before the first processed one are copies of the recorded ones.
public struct WhatIf {
    /// An input at which the two sides decided differently, with one of the decisions.
    public struct Difference: Hashable, Sendable {
        public struct Decision: Hashable, Sendable {
            /// The number in that side's own journal.
            public var sequence: SequenceNumber
            public var text: String
        }

        /// The recorded event that both sides got; if the other settings themselves caused the
        /// decision, the last event before them.
        public var input: SequenceNumber
        public var time: Timestamp
        public var type: String
        public var symbol: String
        /// Nil if that side made no such decision.
        public var recorded: Decision?
        public var other: Decision?
    }

    /// How many decisions of one type differ.
    public struct Count: Hashable, Sendable {
        public var type: String
        public var recordedAlone: UInt64 = 0
        public var otherAlone: UInt64 = 0
        /// Both made the decision, with different contents.
        public var changed: UInt64 = 0
    }

    /// The final state of one side. It covers the whole journal, not only the processed part.
    public struct Side: Hashable, Sendable {
        /// The worth of one account.
        public struct Worth: Hashable, Sendable {
            /// The account's name; empty where the journal has no other.
            public var account = ""
            public var equity = Money.zero
            public var peak = Money.zero
            /// The largest fall as a share of the preceding peak.
            public var maximumDrawdown = 0.0
        }

        /// By account; at least one.
        public var worths = [Worth()]
        public var orders: UInt64 = 0
        public var fills: UInt64 = 0
        /// Fills that closed units.
        public var trades: UInt64 = 0
        public var events: UInt64 = 0
    }

    /// The equity of both sides at the end of a trading day.
    public struct Day: Hashable, Sendable {
        /// The account's name; empty where the journal has no other.
        public var account = ""
        /// Days since 1970.
        public var day: Int64
        public var recorded: Money?
        public var other: Money?
    }

    public struct Result: Sendable {
        /// The first event that was processed.
        public var start = SequenceNumber.none
        public var inputs: UInt64 = 0
        /// Settings that differ from the recorded ones; nil if that side lacks them.
        public var settings: [(key: String, recorded: String?, other: String?)] = []
        public var first: Difference?
        /// By type, those with most differences first.
        public var counts: [Count] = []
        /// The first differences.
        public var differences: [Difference] = []
        public var recorded = Side()
        public var other = Side()
        public var days: [Day] = []
        public var headBefore = Head.empty
        public var headAfter = Head.empty
        public var engine = Engine()

        public var differing: UInt64 {
            counts.reduce(0) { $0 + $1.recordedAlone + $1.otherAlone + $1.changed }
        }
    }

    private let journal: any Journal
    private let scratch: any Journal

    /// - Parameters:
    ///   - journal: the recorded run; it is only read.
    ///   - scratch: an empty journal for the other run.
    public init(_ journal: any Journal, scratch: any Journal) {
        (self.journal, self.scratch) = (journal, scratch)
    }

    /// The settings in force before an event; before the first event, the initial ones.
    public static func settings(
        of journal: any Journal, before sequence: SequenceNumber
    ) throws -> Settings {
        let start = try StepStart.input(of: sequence, in: journal)
        let engine = try EngineRestorer.engine(
            of: journal, through: SequenceNumber(start.number - 1))
        if !engine.settings.pairs.isEmpty { return engine.settings }
        var found: Settings?
        try journal.forEachRecord(from: start, filter: EventFilter([.configurationLoaded])) {
            found = Settings(text: try ConfigurationLoaded($0).settings)
            return false
        }
        guard let found else {
            throw InputError(
                "the journal has no configuration, so there are no decisions to compare")
        }
        return found
    }

    /// - Parameters:
    ///   - wanted: the other settings. Those in `data.` always stay as recorded.
    ///   - sequence: from this event on, or from its input; the first for the whole journal.
    ///   - limit: how many differences are listed; all are counted.
    ///   - days: how many days of the equity curves are listed, the last included.
    ///   - progress: called now and then with the event at hand; what it throws ends the run.
    /// - Throws: `InputError` for settings that cannot follow the recorded ones, or with which an input
    ///   cannot be stepped; `JournalError`.
    public func run(
        _ wanted: Settings, from sequence: SequenceNumber = .first, limit: Int = 20, days: Int = 20,
        progress: (SequenceNumber) throws -> Void = { _ in }
    ) throws -> Result {
        var result = Result()
        result.headBefore = try journal.head
        let head = result.headBefore.lastSequence
        result.start = try StepStart.input(of: sequence, in: journal)
        let recorded = try Self.settings(of: journal, before: result.start)
        let other = try Self.compatible(wanted, with: recorded)
        result.settings = Self.differences(from: recorded, to: other)
        let before = SequenceNumber(result.start.number - 1)
        var run = WhatIfRun(
            try EngineRestorer.engine(of: journal, through: before), scratch, after: before,
            settings: other, limit: limit, names: try ProjectionReader.fold(of: journal))
        try run.begin(journal)
        try journal.forEachRecord(from: result.start, through: head) { record in
            if record.sequence.number % 65_536 == 0 { try progress(record.sequence) }
            try run.apply(record)
            return true
        }
        try run.finish()
        result.inputs = run.inputs
        result.first = run.comparison.listed.first
        result.counts = run.comparison.counts
        result.differences = Array(run.comparison.listed.prefix(limit))
        result.engine = run.engine
        result.recorded = try Self.side(of: journal, through: head)
        result.other = try Self.side(of: scratch, through: scratch.head.lastSequence)
        result.days = try curve(from: result.start, through: head, atMost: days)
        result.headAfter = try journal.head
        return result
    }

    // MARK: Settings

    /// The inputs are the journal's, and so are the account and its deposits.
    private static func compatible(
        _ wanted: Settings, with recorded: Settings
    ) throws -> Settings {
        for key in [AccountKeys.name.name, AccountKeys.kind.name, AccountKeys.currency.name] {
            let given = recorded.text(of: key)
            guard wanted.text(of: key) == given else {
                throw InputError(
                    "\(key) is \(given ?? "not set") in the journal, whose deposits and "
                        + "orders belong to that account; do not change it")
            }
        }
        func accounts(_ settings: Settings) throws -> [[String]] {
            try Engine.accounts(of: settings).map { ["\($0.id.number)", $0.name, $0.currency] }
        }
        guard try accounts(wanted) == accounts(recorded) else {
            throw InputError(
                "the accounts of the journal have other names, kinds or currencies; its deposits and "
                    + "orders belong to them, so do not change these")
        }
        return Settings(
            wanted.pairs.filter { !$0.key.hasPrefix("data.") }
                + recorded.pairs.filter { $0.key.hasPrefix("data.") })
    }

    private static func differences(
        from recorded: Settings, to other: Settings
    ) -> [(key: String, recorded: String?, other: String?)] {
        let keys = Set(recorded.pairs.map(\.key)).union(other.pairs.map(\.key)).sorted()
        return keys.compactMap { key in
            let (before, after) = (recorded.text(of: key), other.text(of: key))
            return before == after ? nil : (key, before, after)
        }
    }

    // MARK: Both sides

    static func side(of journal: any Journal, through end: SequenceNumber) throws -> Side {
        var side = Side()
        side.events = end.number
        guard end != .none else { return side }
        let equity: EquityBook = try ProjectionReader.fold(of: journal, through: end)
        let names: NameBook = try ProjectionReader.fold(of: journal, through: end)
        let worths = equity.accounts.compactMap { $0 }.map { worth in
            Side.Worth(
                account: names.accounts.count > 1 ? names.name(worth.account) : "",
                equity: worth.equity, peak: worth.highWaterMark,
                maximumDrawdown: worth.maximumDrawdown)
        }
        if !worths.isEmpty { side.worths = worths }
        let register: OrderRegister = try ProjectionReader.fold(of: journal, through: end)
        side.fills = register.fills
        side.orders = register.counts[Int(OrderState.intended.rawValue)]
        var book = PositionBook()
        try journal.forEachRecord(
            from: .first, through: end, filter: EventFilter(PositionBook.types)
        ) { record in
            if record.type == .orderFilled {
                let fill = try OrderFilled(record)
                let held = book.position(record.account, fill.strategy, fill.instrument)?.quantity
                if (held ?? .zero).raw * fill.side.sign < 0 { side.trades += 1 }
            }
            try book.apply(record)
            return true
        }
        return side
    }

    /// The days of each account from the first one stepped, evenly thinned to at most so many.
    private func curve(
        from start: SequenceNumber, through end: SequenceNumber, atMost most: Int
    ) throws -> [Day] {
        let names: NameBook = try ProjectionReader.fold(of: journal, through: end)
        return try names.accounts.flatMap { account in
            let days = try curve(of: account.id, from: start, through: end, atMost: most)
            guard names.accounts.count > 1 else { return days }
            return days.map {
                Day(account: account.name, day: $0.day, recorded: $0.recorded, other: $0.other)
            }
        }
    }

    private func curve(
        of account: AccountID, from start: SequenceNumber, through end: SequenceNumber,
        atMost most: Int
    ) throws -> [Day] {
        var begins = Int64.min
        var days = try AccountDays(of: journal, account: account, through: end)
        try journal.forEachRecord(from: start, through: start) { record in
            begins = days.day(of: record.time).number
            return false
        }
        func points(_ journal: any Journal, _ end: SequenceNumber) throws -> [EquityCurve.Point] {
            try EquityCurve(of: journal, account: account, through: end).points
        }
        var merged: [Int64: Day] = [:]
        for point in try points(journal, end) {
            merged[point.day, default: Day(day: point.day)].recorded = point.equity
        }
        for point in try points(scratch, scratch.head.lastSequence) {
            merged[point.day, default: Day(day: point.day)].other = point.equity
        }
        let all = merged.values.filter { $0.day >= begins }.sorted { $0.day < $1.day }
        guard all.count > most else { return all }
        return (0..<max(most, 0)).map { row in
            most == 1 ? all[all.count - 1] : all[row * (all.count - 1) / (most - 1)]
        }
    }
}

/// Where the step of an event begins.
enum StepStart {
    /// The input that an event is or was derived from.
    static func input(
        of sequence: SequenceNumber, in journal: any Journal
    ) throws -> SequenceNumber {
        var start = max(sequence, .first)
        try journal.forEachRecord(from: start, through: start) { record in
            // A cause that cannot be is a difference, found when the event itself is replayed.
            if !record.isInput, record.cause < start { start = max(record.cause, .first) }
            return false
        }
        return start
    }
}
