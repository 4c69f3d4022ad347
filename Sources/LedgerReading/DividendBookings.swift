import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal

/// What a dividend booked to each position, as it stands after its corrections.
public struct DividendBookings {
    public struct Booking: Sendable {
        public var sequence: SequenceNumber
        public var account: AccountID
        public var strategy: StrategyID
        public var instrument: InstrumentID
        public var quantity: Quantity
        /// The rate that counts now.
        public var perUnit: Price
    }

    public private(set) var bookings: [Booking] = []

    /// - Parameter event: the dividend's declaration, the command that told it, or one of its bookings.
    /// - Throws: `InputError` for any other event.
    public init(of journal: any Journal, event: SequenceNumber) throws {
        var what: String?
        var root = SequenceNumber.none
        try journal.forEachRecord(from: event) { record in
            if record.sequence == event {
                what = record.type?.name ?? "unknown"
                switch record.type {
                case .dividendPaid, .dividendAccrued:
                    try add(record)
                    return false
                case .dividendDeclared, .dividendScheduled: break
                case .operatorCommanded
                where try OperatorCommanded(record).command == OperatorVerb.action.word:
                    break
                default: throw InputError("event \(event) is \(what ?? ""), not a dividend")
                }
                root = record.isInput ? record.sequence : record.cause
                return true
            }
            guard record.cause == root else { return false }
            try add(record)
            return true
        }
        guard what != nil else { throw InputError("the journal has no event \(event)") }
        guard !bookings.isEmpty else {
            throw InputError("the dividend of event \(event) was booked to no position")
        }
        try journal.forEachRecord(from: event, filter: EventFilter([.dividendCorrected])) {
            record in
            let correction = try DividendCorrected(record)
            for place in bookings.indices
            where bookings[place].sequence.number == correction.corrected {
                bookings[place].perUnit = correction.perUnit
            }
            return true
        }
    }

    private mutating func add(_ record: Record) throws {
        switch record.type {
        case .dividendPaid:
            let paid = try DividendPaid(record)
            bookings.append(
                Booking(
                    sequence: record.sequence, account: record.account, strategy: paid.strategy,
                    instrument: paid.instrument, quantity: paid.quantity, perUnit: paid.perUnit))
        case .dividendAccrued:
            let accrued = try DividendAccrued(record)
            bookings.append(
                Booking(
                    sequence: record.sequence, account: record.account,
                    strategy: accrued.strategy, instrument: accrued.instrument,
                    quantity: accrued.quantity, perUnit: accrued.perUnit))
        default: break
        }
    }
}
