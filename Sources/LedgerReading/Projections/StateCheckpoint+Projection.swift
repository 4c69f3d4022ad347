import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections

extension StateCheckpoint {
    package init<P: Projection>(of state: P, at sequence: SequenceNumber) {
        var writer = StateWriter()
        state.encode(into: &writer)
        self.init(name: P.name, version: P.version, sequence: sequence, bytes: writer.bytes)
    }

    package init(of engine: Engine, at sequence: SequenceNumber) {
        var writer = StateWriter()
        engine.encode(into: &writer)
        self.init(
            name: Engine.name, version: Engine.version, sequence: sequence, bytes: writer.bytes)
    }

    /// The engine and every projection that it maintains.
    package static func all(of engine: Engine, at sequence: SequenceNumber) -> [StateCheckpoint] {
        [StateCheckpoint(of: engine, at: sequence)]
            + ProjectionRegister.all.compactMap { $0.checkpoint(of: engine, at: sequence) }
    }
}
