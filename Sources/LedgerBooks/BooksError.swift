import LedgerDomain
import LedgerEvents
import LedgerProjections

/// Why an event cannot be booked, with the event's sequence number.
public struct BooksError: Error, Hashable, CustomStringConvertible {
    public var sequence: SequenceNumber
    public var problem: String

    public init(_ sequence: SequenceNumber, _ problem: String) {
        (self.sequence, self.problem) = (sequence, problem)
    }

    init(_ error: FoldError) {
        switch error {
        case .number(let error, let sequence): self.init(sequence, "\(error)")
        case .inconsistent(let what, let sequence): self.init(sequence, what)
        case .record(let error): self.init(error)
        }
    }

    init(_ error: RecordError) {
        // Both texts begin with the event's sequence number.
        let prefix = "event \(error.sequence) ".utf8.count
        self.init(error.sequence, String("\(error)".dropFirst(prefix)))
    }

    public var description: String { "event \(sequence): \(problem)" }
}
