import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerVenues

/// What changed the account outside of orders is asked for before each comparison, and booked once.
///
/// The books of a journal begin with what the account holds. The first answer therefore tells what is
/// included in that, and only later entries are booked. The same holds after a synchronisation.
extension AccountTrader {
    /// How far back an answer about the account's past has to reach: venues post entries days after
    /// their date.
    private static let lateness = Nanoseconds(-7 * Nanoseconds.day.count)
    private static let past = Nanoseconds(-30 * Nanoseconds.day.count)

    func askActivities() {
        let known = engine.activities
        let since =
            known.isAnchored
            ? known.last.advanced(by: Self.lateness) : now.advanced(by: Self.past)
        gateway.queryActivities(since: max(.zero, since))
    }

    func take(_ activities: [VenueActivity]) throws {
        guard options.sendsOrders else { return }
        let isAnchor = !engine.activities.isAnchored
        for activity in activities where !activity.isCancelled {
            try record(activity, isIncluded: isAnchor)
        }
        if isAnchor { try attempt(VenueActivitiesAnchored(venue: gateway.name), at: .zero) }
    }

    private func record(_ activity: VenueActivity, isIncluded: Bool) throws {
        let engine = engine
        let instrument = activity.symbol.isEmpty ? nil : names.instrument(activity.symbol, engine)
        let report = VenueActivityReported(
            instrument: instrument ?? .none, kind: activity.kind, isIncluded: isIncluded,
            amount: activity.amount, quantity: activity.quantity, price: activity.price,
            occurred: activity.occurred, activityType: activity.type, id: activity.id,
            symbol: activity.symbol, detail: activity.detail)
        let key = DeduplicationKey.identifier(
            "\(origin) activity \(activity.id)", at: activity.occurred)
        _ = try sequencer.append(
            report, Envelope(account: engine.account, time: now, recordTime: clock.now), key: key)
    }
}
