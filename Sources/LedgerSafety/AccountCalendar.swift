import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSettings

/// The calendar of an account, folded from its settings and instruments: `account.calendar`, or of several
/// accounts the entry's `calendar`; where that is `auto`, the exchange's if there are equities.
public struct AccountCalendar: Hashable, Sendable {
    public static let types: [EventType] = [.configurationLoaded, .instrumentDefined]

    /// What the settings say.
    public private(set) var choice = CalendarChoice.auto
    private var hasEquities = false
    /// The account's place in `accounts`. Not part of the state: a saved calendar is the first account's.
    private let place: Int
    /// The day that was looked up last. Not part of the state.
    private var current: TradingDay?

    /// - Parameter account: the first account's calendar if it is none.
    public init(of account: AccountID = .none) { place = max(0, account.index - 1) }

    public var calendar: TradingCalendar {
        choice.calendar ?? (hasEquities ? .nyse : .crypto)
    }

    /// Settings that cannot be read change nothing: the engine refuses them before they get here.
    public mutating func apply(_ record: Record) throws(RecordError) {
        switch record.type {
        case .configurationLoaded: take(Settings(text: try ConfigurationLoaded(record).settings))
        case .instrumentDefined: take(try InstrumentDefined(record).definition)
        default: return
        }
    }

    public mutating func take(_ settings: Settings) {
        let own = settings.text(of: "accounts.\(place).calendar")
        choice = own.flatMap(CalendarChoice.init) ?? (try? settings[GateKeys.calendar]) ?? choice
        current = nil
    }

    public mutating func take(_ instrument: Instrument) {
        hasEquities = hasEquities || instrument.kind == .equity
        current = nil
    }

    /// The trading day to which a moment belongs. Moments of one day in a row are looked up once.
    public mutating func day(of time: Timestamp) -> TradingDay {
        if let current, time > current.opens, time <= current.ends { return current }
        let day = calendar.day(of: time)
        current = day
        return day
    }

    // MARK: State

    public static func == (a: AccountCalendar, b: AccountCalendar) -> Bool {
        a.choice == b.choice && a.hasEquities == b.hasEquities
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(choice)
        hasher.combine(hasEquities)
    }

    public func encode(into writer: inout StateWriter) {
        writer.write(choice.rawValue)
        writer.write(hasEquities)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        let word: String = try reader.read()
        guard let choice = CalendarChoice(rawValue: word) else {
            throw StateError("a saved calendar is '\(word)'")
        }
        self.init()
        self.choice = choice
        hasEquities = try reader.read()
    }
}
