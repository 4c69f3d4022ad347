import ArgumentParser
import LedgerArchive
import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading

package struct JournalOptions: ParsableArguments {
    package init() {}

    @Option(help: "Journal: a name under journal/ (or LEDGER_HOME), or a directory.")
    package var journal = "main"

    package var directory: String { JournalHome.directory(journal) }

    package func openForReading() throws -> LMDBJournal { try Self.open(directory) }

    package static func open(_ directory: String) throws -> LMDBJournal {
        try SealedJournal.open(directory: directory, mode: .readOnly)
    }
}

/// A place in a journal on the command line: a sequence number, a time, or `first` or `last`.
package struct Moment: ExpressibleByArgument {
    package enum Place {
        case sequence(SequenceNumber)
        case time(Timestamp)
    }

    package let place: Place

    package init?(argument: String) {
        if let number = UInt64(argument) {
            place = .sequence(SequenceNumber(number))
        } else if let time = Timestamp(argument) {
            place = .time(time)
        } else {
            return nil
        }
    }

    package static let help = "a sequence number, or a UTC time such as 2024-03-05T14:30:00Z"

    /// The last event at or before this place.
    ///
    /// - Throws: `CommandError` for a sequence number that is not in the journal.
    package func last(in journal: any Journal) throws -> SequenceNumber {
        switch place {
        case .sequence(let sequence):
            let head = try journal.head.lastSequence
            guard sequence <= head else {
                throw CommandError("the journal ends at event \(head), before \(sequence)")
            }
            return sequence
        case .time(let time): return try ProjectionReader.sequence(of: journal, atOrBefore: time)
        }
    }

    /// The first event at or after this place.
    package func first(in journal: any Journal) throws -> SequenceNumber {
        switch place {
        case .sequence(let sequence): return max(sequence, .first)
        case .time(let time):
            guard time.nanoseconds > .min else { return .first }
            let before = Timestamp(nanoseconds: time.nanoseconds - 1)
            return try ProjectionReader.sequence(of: journal, atOrBefore: before).next
        }
    }
}
