import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents

extension Configuration {
    /// Checks that an engine accepts these settings, before a journal records them.
    ///
    /// - Throws: `EngineError` for the first setting that does not fit the others.
    public func rehearse() throws {
        let loaded = ConfigurationLoaded(seed: 0, build: Build.identity, settings: settings.text)
        var step = Step(next: .first)
        let sequence = try step.append(loaded, Envelope(time: .zero))
        guard let input = step.batch.record(sequence) else { return }
        var engine = Engine()
        try engine.step(input, in: &step)
    }
}
