import LedgerConfiguration
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
        case .configurationLoaded: try ConfigurationLoaded(record)
        default:
            throw RecordError(sequence: .none, type: record.rawType, problem: .notSubmittable)
        }
    }
}

extension Engine {
    /// Why an input of an operator conflicts with the engine's state; nil if it does not.
    func problem(withInput event: some Event) -> String? {
        if let command = event as? OperatorCommanded { return problem(with: command) }
        guard let loaded = event as? ConfigurationLoaded else { return nil }
        let settings = Settings(text: loaded.settings)
        if let key = Fingerprint.missing(in: settings) {
            return "setting \(key): submit a secret only as its fingerprint"
        }
        return SettingsSchema.problem(with: settings)?.description ?? problem(with: settings)
    }
}
