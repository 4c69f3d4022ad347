import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerSafety

/// The trading days of an account: those that the drawdown stop counts.
public struct AccountDays: Sendable {
    private var account: AccountCalendar

    public var calendar: TradingCalendar { account.calendar }
    /// The calendar that the settings name; nil for `auto`.
    public var chosen: TradingCalendar? { account.choice.calendar }

    /// Reads the calendar as it stands after an event.
    ///
    /// - Parameter id: the first account's calendar if it is none.
    public init(
        of journal: any Journal, account id: AccountID = .none,
        through sequence: SequenceNumber? = nil
    ) throws {
        account = AccountCalendar(of: id)
        guard sequence != SequenceNumber.none else { return }
        let filter = EventFilter(AccountCalendar.types)
        if let pruned = try journal.pruned?.lastSequence {
            let kept = try EngineRestorer.engine(of: journal, through: pruned)
            account.take(kept.settings)
            for instrument in kept.names.instruments { account.take(instrument) }
        }
        try journal.forEachRecord(
            from: journal.beginning, through: sequence, filter: filter
        ) { record in
            try account.apply(record)
            return true
        }
    }

    /// The day to which a moment belongs. Moments of one day in a row are looked up once.
    public mutating func day(of time: Timestamp) -> TradingDay { account.day(of: time) }
}
