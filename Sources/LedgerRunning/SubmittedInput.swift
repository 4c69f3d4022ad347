import LedgerConfiguration
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerSettings

/// The inputs that another process may put into a journal's inbox.
enum SubmittedInput {
    /// - Throws: `RecordError` for an event that no other process may submit, or that cannot be read.
    static func event(of record: Record) throws -> any Event {
        switch record.type {
        case .operatorCommanded: try OperatorCommanded(record)
        case .faultReported: try FaultReported(record)
        case .metricReported: try MetricReported(record)
        case .flagFileObserved: try FlagFileObserved(record)
        case .clockTicked: try ClockTicked(record)
        case .venueSnapshotBegan: try VenueSnapshotBegan(record)
        case .venuePositionReported: try VenuePositionReported(record)
        case .venueOrderReported: try VenueOrderReported(record)
        case .venueSnapshotEnded: try VenueSnapshotEnded(record)
        case .venueHoldingReported: try VenueHoldingReported(record)
        case .venueItemUnread: try VenueItemUnread(record)
        case .instrumentDefined: try InstrumentDefined(record)
        case .venueFiltersLoaded: try VenueFiltersLoaded(record)
        case .configurationLoaded: try ConfigurationLoaded(record)
        default:
            throw RecordError(sequence: .none, type: record.rawType, problem: .notSubmittable)
        }
    }
}

extension Engine {
    /// Why an input of an operator conflicts with the engine's state; nil if it does not.
    ///
    /// - Parameter account: whose input it is; none for one to all accounts.
    func problem(withInput event: some Event, of account: AccountID) -> String? {
        if let command = event as? OperatorCommanded {
            return problem(with: command, of: account) ?? shortage(of: command, account)
        }
        if let defined = event as? InstrumentDefined {
            return problem(defining: defined.definition)
        }
        if let loaded = event as? VenueFiltersLoaded {
            return main.filters[loaded.instrument] == nil
                ? nil : "the instrument has filters; start a run to change them"
        }
        guard let loaded = event as? ConfigurationLoaded else { return nil }
        let settings = Settings(text: loaded.settings)
        if let key = Fingerprint.missing(in: settings) {
            return "setting \(key): submit a secret only as its fingerprint"
        }
        return SettingsSchema.problem(with: settings)?.description ?? problem(with: settings)
    }

    /// Why a balance does not have what a withdrawal takes. A journal may hold such a withdrawal, so this is no
    /// rule of the engine.
    private func shortage(of event: OperatorCommanded, _ account: AccountID) -> String? {
        guard case .withdrawal(let amount) = try? OperatorCommand(event) else { return nil }
        let part = accounts.first { $0.account == account } ?? main
        return part.shortage(of: amount.money, amount.currency)
    }

    /// An operator may define instruments that the journal does not have, and change none.
    private func problem(defining instrument: Instrument) -> String? {
        names[instrument.id] == nil && names.instrument(symbol: instrument.symbol) == nil
            ? nil : "\(instrument.symbol) is defined already; run the command again"
    }
}
