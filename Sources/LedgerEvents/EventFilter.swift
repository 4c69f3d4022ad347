import LedgerDomain

/// The events that a reader wants. Each part that is set narrows the selection.
public struct EventFilter: Sendable, Hashable {
    /// Type numbers, including ones unknown to this program; nil for all.
    public var types: [UInt16]?
    public var instrument: InstrumentID?
    public var account: AccountID?
    public var correlation: SequenceNumber?
    /// Event times, inclusive at both ends.
    public var since: Timestamp?
    public var until: Timestamp?

    public init(
        types: [UInt16]? = nil, instrument: InstrumentID? = nil, account: AccountID? = nil,
        correlation: SequenceNumber? = nil, since: Timestamp? = nil, until: Timestamp? = nil
    ) {
        self.types = types
        self.instrument = instrument
        self.account = account
        self.correlation = correlation
        self.since = since
        self.until = until
    }

    public init(_ types: [EventType]) { self.init(types: types.map(\.rawValue)) }

    public static let all = EventFilter()

    /// False if no event in the block can match. The payload then need not be read.
    public func mayMatch(_ header: BlockHeader) -> Bool {
        if let types, !types.contains(where: { header.types & EventTypeSet.bit($0) != 0 }) {
            return false
        }
        if let instrument, header.instruments & (1 << UInt64(instrument.number & 63)) == 0 {
            return false
        }
        if let correlation, header.correlations & BlockHeader.correlationBit(correlation) == 0,
            !(header.firstSequence <= correlation && correlation < header.nextSequence)
        {
            return false
        }
        if let since, header.latest < since.nanoseconds { return false }
        if let until, header.earliest > until.nanoseconds { return false }
        return true
    }

    public func matches(_ record: Record) -> Bool {
        if let types, !types.contains(record.rawType) { return false }
        if let instrument, record.instrument != instrument { return false }
        if let account, record.account != account { return false }
        if let correlation, record.correlation != correlation, record.sequence != correlation {
            return false
        }
        if let since, record.time < since { return false }
        if let until, record.time > until { return false }
        return true
    }
}
