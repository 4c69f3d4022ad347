import LedgerDomain
import LedgerEvents

/// Acts on committed events: takes each event of its types once, in order.
///
/// The position says how far it is. Where the position is kept is the follower's own matter, but it must not
/// outlive what the follower did with the events, nor be lost without it: a follower that is started again
/// then takes nothing twice and misses nothing.
public protocol Follower {
    /// The types that it takes; nil for every event, including those of unknown types.
    static var types: [EventType]? { get }
    /// Whether it takes records as they were written. Otherwise older versions become the present one.
    static var takesAsWritten: Bool { get }
    /// Every event through this one is done with.
    var position: SequenceNumber { get }
    /// The records that follow lie in this block.
    mutating func enter(_ block: BlockHeader) throws
    /// Takes an event of its types. The record is valid during the call.
    mutating func apply(_ record: Record) throws
    /// Moves the position: every event through `sequence` was taken or is of another type.
    mutating func finish(through sequence: SequenceNumber) throws
}

extension Follower {
    public static var takesAsWritten: Bool { false }

    public mutating func enter(_ block: BlockHeader) throws {}

    /// Takes what was committed after the position.
    ///
    /// - Parameter end: the last event to take; the journal's last unless given.
    /// - Throws: `JournalError`, or what the follower throws. The position then does not move.
    public mutating func follow(
        _ journal: any Journal, through end: SequenceNumber? = nil
    ) throws {
        let last = try end ?? journal.head.lastSequence
        guard last > position else { return }
        let first = position.next
        let filter = Self.types.map { EventFilter($0) } ?? .all
        let chain = UpcastChain.released
        var scratch = UpcastScratch()
        let reader = try journal.reader(from: first, through: last, filter: filter)
        while let block = try reader.next() {
            try enter(block.header)
            var records = block.records()
            do {
                while let record = try records.next() {
                    guard record.sequence >= first else { continue }
                    guard record.sequence <= last else { break }
                    guard Self.types == nil || filter.matches(record) else { continue }
                    try apply(
                        Self.takesAsWritten ? record : try chain.current(record, &scratch))
                }
            } catch let error as BlockError {
                throw reader.corrupt(block.header.firstSequence, error)
            }
        }
        try finish(through: last)
    }
}
