import LedgerDomain
import LedgerEvents

/// A venue that can be asked for bars of the past. The network is behind the closure.
public struct VenueHistory {
    /// Which bars of an instrument.
    public struct Question: Sendable {
        public var instrument: Instrument
        /// Seconds.
        public var interval: UInt32
        /// The bars start at or after this time.
        public var from: Timestamp
        /// They ended by this time.
        public var to: Timestamp
    }

    public var name: String
    /// Closed bars in order. What it throws is the reason why there are none.
    public var bars: (Question) throws -> [BarRecalled]

    public init(name: String, bars: @escaping (Question) throws -> [BarRecalled]) {
        (self.name, self.bars) = (name, bars)
    }
}
