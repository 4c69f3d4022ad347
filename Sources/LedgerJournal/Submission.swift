import LedgerDomain
import LedgerEvents

/// A submission's number in its journal, from 1, ascending.
public struct Ticket: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var number: UInt64

    public init(_ number: UInt64) { self.number = number }

    public static func < (a: Ticket, b: Ticket) -> Bool { a.number < b.number }
    public var description: String { String(number) }
}

/// An input that another process submitted to the sequencer.
public struct Submission: Hashable, Sendable {
    public let ticket: Ticket
    /// The submitter's name for itself.
    public let submitter: String
    public let bytes: [UInt8]

    public init(ticket: Ticket, submitter: String, bytes: [UInt8]) {
        self.ticket = ticket
        self.submitter = submitter
        self.bytes = bytes
    }

    /// The maximum size of a payload, in bytes: two accounts of 5,000 positions each.
    public static let largest = 1 << 20
    /// The maximum number of waiting submissions.
    public static let mostWaiting = 10_000
    static let longestSubmitter = 200

    static func check(_ bytes: [UInt8], submitter: String) throws(JournalError) {
        guard bytes.count <= largest else { throw .submissionTooLarge(bytes.count) }
        guard submitter.utf8.count <= longestSubmitter else {
            throw .invalidRow("a submitter's name has up to \(longestSubmitter) bytes")
        }
    }

    var body: [UInt8] {
        var writer = StateWriter()
        writer.write(submitter)
        return writer.bytes + bytes
    }

    init?(ticket: Ticket, body: [UInt8]) {
        var reader = StateReader(body)
        guard let submitter: String = try? reader.read() else { return nil }
        let start = 4 + submitter.utf8.count
        guard start <= body.count else { return nil }
        self.init(ticket: ticket, submitter: submitter, bytes: Array(body[start...]))
    }
}

/// The outcome of a submission.
public enum Receipt: Hashable, Sendable {
    /// It became this event.
    case event(SequenceNumber)
    /// It was rejected for this reason.
    case refused(String)

    var body: [UInt8] {
        var writer = StateWriter()
        switch self {
        case .event(let sequence):
            writer.write(UInt8(0))
            writer.write(sequence)
        case .refused(let reason):
            writer.write(UInt8(1))
            writer.write(reason)
        }
        return writer.bytes
    }

    init?(body: [UInt8]) {
        var reader = StateReader(body)
        guard let kind = try? reader.read(UInt8.self) else { return nil }
        if kind == 0, let sequence: SequenceNumber = try? reader.read() {
            self = .event(sequence)
        } else if kind == 1, let reason: String = try? reader.read() {
            self = .refused(reason)
        } else {
            return nil
        }
    }
}

/// A submission that a commit removes from the inbox.
public struct ConsumedSubmission: Hashable, Sendable {
    public var ticket: Ticket
    public var receipt: Receipt

    public init(ticket: Ticket, receipt: Receipt) {
        self.ticket = ticket
        self.receipt = receipt
    }
}
