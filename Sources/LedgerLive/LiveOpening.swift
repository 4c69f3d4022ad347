import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents
import LedgerRunning

/// The first inputs of a run: what the journal does not have yet.
struct LiveOpening {
    private let configuration: Configuration
    private let instruments: [Instrument]
    private let options: LiveOptions

    init(_ configuration: Configuration, _ instruments: [Instrument], _ options: LiveOptions) {
        (self.configuration, self.instruments, self.options) = (configuration, instruments, options)
    }

    func take(into sequencer: inout Sequencer, at time: Timestamp) throws {
        let isNew = sequencer.nextSequence == .first
        let envelope = Envelope(time: time)
        let settings = configuration.settings
        if isNew {
            let kind: JournalKind = options.mode == "live" ? .live : .paper
            try sequencer.take(
                JournalOpened(kind: kind, name: options.journalName, build: Build.identity),
                envelope)
        } else if settings != sequencer.engine.settings {
            try SettingsCheck.change(from: sequencer.engine.settings, to: settings)
        }
        if isNew || settings != sequencer.engine.settings {
            try sequencer.take(
                ConfigurationLoaded(
                    seed: UInt64(configuration["seed"]) ?? 0, build: Build.identity,
                    settings: settings.text), envelope)
        }
        for instrument in instruments { try define(instrument, &sequencer, envelope) }
        let filters = try FiltersFile.events(
            settings, sequencer.engine.names.instruments, now: time)
        for event in filters where sequencer.engine.filters[event.instrument]?.event != event {
            try sequencer.take(event, envelope)
        }
        let cash = try Money(configuration["account.cash"])
        // Outside, the venue says what there is.
        if isNew, !options.sendsOrders, cash.raw > 0 {
            try sequencer.take(
                CashDeposited(amount: cash),
                Envelope(account: sequencer.engine.account, time: time))
        }
        try sequencer.take(RunStarted(mode: options.mode, name: options.runName), envelope)
        if !options.sendsOrders { try sequencer.askSimulatedVenue(.start, at: time) }
    }

    private func define(
        _ wanted: Instrument, _ sequencer: inout Sequencer, _ envelope: Envelope
    ) throws {
        let known = sequencer.engine.names.instruments
        if known.contains(where: { $0.symbol == wanted.symbol }) { return }
        var instrument = wanted
        instrument.id = InstrumentID((known.map(\.id.number).max() ?? 0) + 1)
        try sequencer.take(InstrumentDefined(instrument), envelope)
    }
}
