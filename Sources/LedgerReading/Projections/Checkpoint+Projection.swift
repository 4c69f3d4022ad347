import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerProjections

extension Checkpoint {
    package init<P: Projection>(of state: P, at sequence: SequenceNumber) {
        var writer = StateWriter()
        state.encode(into: &writer)
        self.init(name: P.name, version: P.version, sequence: sequence, bytes: writer.bytes)
    }
}
