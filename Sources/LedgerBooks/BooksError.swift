import LedgerDomain
import LedgerEvents

/// Why an event cannot be booked; names the event.
public struct BooksError: Error, Hashable, CustomStringConvertible {
    public var sequence: SequenceNumber
    public var problem: String

    public init(_ sequence: SequenceNumber, _ problem: String) {
        (self.sequence, self.problem) = (sequence, problem)
    }

    public var description: String { "event \(sequence): \(problem)" }
}
