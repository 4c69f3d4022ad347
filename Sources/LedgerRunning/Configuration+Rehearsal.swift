import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents

extension Configuration {
    /// Whether an engine takes these settings, before a journal holds them.
    ///
    /// - Throws: `EngineError` with the first that does not fit the others.
    public func rehearse() throws {
        var batch = Batch(next: .first)
        let loaded = ConfigurationLoaded(seed: 0, build: Build.identity, settings: settings.text)
        let sequence = try batch.append(loaded, Envelope(time: .zero))
        guard let record = batch.record(sequence) else { return }
        var derived = Batch(next: sequence.next)
        var engine = Engine()
        try engine.step(record, into: &derived)
    }
}
