import LedgerDomain
import LedgerEvents

/// A copy of one event, kept beyond the read.
package struct KeptEvent {
    package let sequence: SequenceNumber
    package let type: EventType?
    package let instrument: InstrumentID
    package let account: AccountID
    package let cause: SequenceNumber
    package let correlation: SequenceNumber
    private let bytes: [UInt8]

    package init(_ record: Record) {
        (sequence, type, instrument) = (record.sequence, record.type, record.instrument)
        (account, cause, correlation) = (record.account, record.cause, record.correlation)
        bytes = Array(record.bytes)
    }

    package var isInput: Bool { cause == .none }

    package func read<R>(_ body: (Record) throws -> R) throws -> R {
        try Record.reading(bytes) { try body($0.numbered(sequence)) }
    }
}
