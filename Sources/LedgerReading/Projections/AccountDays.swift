import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerSafety
import LedgerSettings

/// The trading days of a journal's account: those that the drawdown stop counts.
public struct AccountDays: Sendable {
    public let calendar: TradingCalendar
    /// The calendar that the settings name; nil for `auto`.
    public let chosen: TradingCalendar?
    private var current: TradingDay?

    /// Reads `account.calendar` as it stands after an event; where it is `auto`, the instruments
    /// decide.
    public init(of journal: any Journal, through sequence: SequenceNumber? = nil) throws {
        var choice = CalendarChoice.auto
        var hasEquities = false
        if sequence != SequenceNumber.none {
            let filter = EventFilter([.configurationLoaded, .instrumentDefined])
            try journal.forEachRecord(from: .first, through: sequence, filter: filter) { record in
                if record.type == .instrumentDefined {
                    let kind = try InstrumentDefined(record).definition.kind
                    hasEquities = hasEquities || kind == .equity
                } else {
                    let settings = Settings(text: try ConfigurationLoaded(record).settings)
                    choice = try settings[GateKeys.calendar]
                }
                return true
            }
        }
        chosen = choice.calendar
        calendar = chosen ?? (hasEquities ? .nyse : .crypto)
    }

    /// The day to which a moment belongs. Moments of one day in a row are looked up once.
    public mutating func day(of time: Timestamp) -> TradingDay {
        if let current, time > current.opens, time <= current.ends { return current }
        let day = calendar.day(of: time)
        current = day
        return day
    }
}
