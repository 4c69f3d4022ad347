import LedgerConfiguration
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerReading

/// The inputs that a run begins with: what is in the configuration but not yet in the journal.
///
/// Back-tests, paper and live runs, the local exchange and `ledger init` all use it, so that a
/// setting has the same effect in each.
public struct RunOpening {
    /// A run to be recorded in the journal.
    public struct Run: Sendable {
        public var mode: String
        public var name: String
        /// Whether only a new journal records it, as for an exchange, whose runs end nothing.
        public var onlyInNewJournal: Bool

        public init(mode: String, name: String, onlyInNewJournal: Bool = false) {
            (self.mode, self.name, self.onlyInNewJournal) = (mode, name, onlyInNewJournal)
        }

        /// Whether a run of its kind that has no end failed: a back-test may be continued, and an
        /// exchange ends nothing.
        var isDaemon: Bool { !onlyInNewJournal && mode != RunKind.backtest.mode }
    }

    private let configuration: Configuration
    private let kind: JournalKind
    private let name: String

    /// What the run trades; a symbol keeps its number in the journal.
    public var instruments: [InstrumentSource] = []
    /// The configuration that an error about an instrument refers to, if `configuration` was
    /// derived from it.
    public var said: Configuration
    /// The filters of the instruments that the journal will have.
    public var filters: ([Instrument]) throws -> [VenueFiltersLoaded] = { _ in [] }
    /// Whether a new journal starts with `account.cash`; an external venue reports its own cash.
    public var depositsCash = false
    public var run: Run?
    /// Takes the newest rate of each file that holds at this time, where the inputs of the run have none.
    public var takesRatesAt: Timestamp?
    /// Whether to take a snapshot of the engine's own venue once the run has begun.
    public var asksSimulatedVenue = false

    /// - Parameters:
    ///   - kind: the kind of a new journal.
    ///   - name: the name of a new journal.
    public init(_ configuration: Configuration, kind: JournalKind, name: String) {
        (self.configuration, self.kind, self.name) = (configuration, kind, name)
        said = configuration
    }

    /// Takes the inputs; the caller commits them.
    ///
    /// - Throws: `SettingsError`, `ConfigurationError` and `InputError` before taking anything, for
    ///   settings and definitions that cannot follow those of the journal.
    public func submit(into sequencer: inout Sequencer, at time: Timestamp) throws {
        let inputs = try inputs(knowing: sequencer.engine)
        if let run, run.isDaemon, try LastRun.isOpen(in: sequencer.journal) {
            let failed = RunFailed(reason: "the process of the run before ended without its end")
            try sequencer.append(failed, Envelope(time: max(time, sequencer.engine.lastTime)))
        }
        for input in inputs {
            try sequencer.append(input.event, Envelope(account: input.account, time: time))
        }
        if asksSimulatedVenue { try sequencer.askSimulatedVenue(.start, at: time) }
    }

    /// An event, and the account that it concerns; none for all.
    struct Input {
        var event: any Event
        var account = AccountID.none
    }

    /// The inputs, in order.
    ///
    /// - Parameter engine: the journal's state.
    func inputs(knowing engine: Engine) throws -> [Input] {
        let isNew = engine.inputs == 0
        let settings = configuration.settings
        let changesSettings = isNew || settings != engine.settings
        if !isNew, changesSettings {
            try SettingsCheck.change(from: engine.settings, to: settings)
        }
        let definitions = try InstrumentChange.definitions(
            of: instruments, knowing: engine, cancelsOrders: engine.cancelsOrders(taking: settings),
            said: said)
        var inputs: [Input] = []
        if isNew {
            inputs.append(
                Input(event: JournalOpened(kind: kind, name: name, build: Build.identity)))
        }
        if engine.rulesVersion < .newest {
            inputs.append(Input(event: RulesDeclared(rules: RulesVersion.newest.number)))
        }
        if changesSettings {
            inputs.append(
                Input(
                    event: ConfigurationLoaded(
                        seed: configuration[RunKeys.seed], build: Build.identity,
                        settings: settings.text)))
        }
        inputs += definitions.map { Input(event: InstrumentDefined($0)) }
        var names = engine.names
        for instrument in definitions { names.define(instrument) }
        let wanted = instruments.map(\.instrument.symbol)
        let accounts = engine.accounts
        let traded = names.instruments.filter { instrument in
            wanted.contains(instrument.symbol)
                || !accounts.contains { $0.holdings.hasAdopted(instrument.id) }
        }
        for event in try filters(traded)
        where accounts.contains(where: { $0.filters[event.instrument]?.event != event }) {
            inputs.append(Input(event: event))
        }
        inputs += try rates(knowing: engine)
        inputs += try deposits(knowing: engine)
        if let run, isNew || !run.onlyInNewJournal {
            inputs.append(Input(event: RunStarted(mode: run.mode, name: run.name)))
        }
        return inputs
    }

    /// The rates of files that are newer than those of the journal.
    private func rates(knowing engine: Engine) throws -> [Input] {
        guard let time = takesRatesAt else { return [] }
        let known = engine.profit.equity.currencies.sources
        return try InputSource.rates(configuration.settings).compactMap { file in
            guard let (rate, since) = try file.skipRates(before: time) else { return nil }
            let isKnown = known.contains {
                ($0.base, $0.quote) == (rate.base, rate.quote) && $0.observedAt >= since
            }
            guard !isKnown else { return nil }
            return Input(
                event: RateObserved(
                    rate: rate.rate, since: since, base: rate.base, quote: rate.quote,
                    source: rate.source))
        }
    }

    /// The initial money of each account that the journal does not have and that no venue outside keeps.
    private func deposits(knowing engine: Engine) throws -> [Input] {
        guard depositsCash else { return [] }
        return try Engine.accounts(of: configuration.settings).flatMap { account -> [Input] in
            // Settings that were applied beside a run define an account, and bring it no cash.
            let isFunded = engine.profit.equity.isFunded(account.id)
            let isKnown = engine.names[account.id] != nil && engine.names.accounts.count == 1
            guard !isFunded, !isKnown, !account.isRemote else { return [] }
            let cash = account.cash.raw > 0 ? [CashDeposited(amount: account.cash)] : []
            let balances = account.balances.map {
                BalanceDeposited(amount: $0.amount, currency: $0.currency)
            }
            return cash.map { Input(event: $0, account: account.id) }
                + balances.map { Input(event: $0, account: account.id) }
        }
    }
}
