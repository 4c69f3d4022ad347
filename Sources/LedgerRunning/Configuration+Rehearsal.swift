import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents

extension Configuration {
    /// Whether an engine takes these settings, before a journal holds them.
    ///
    /// - Throws: `EngineError` with the first that does not fit the others.
    public func rehearse() throws {
        let loaded = ConfigurationLoaded(seed: 0, build: Build.identity, settings: settings.text)
        var step = Step(next: .first)
        let sequence = try step.append(loaded, Envelope(time: .zero))
        guard let input = step.batch.record(sequence) else { return }
        var engine = Engine()
        try engine.step(input, in: &step)
    }
}
