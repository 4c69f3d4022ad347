import LedgerVenues

extension GatewayCore {
    /// Reports entries of a history that cannot be read: one fault for all, with the first one's id.
    public func report(_ unread: [VenueUnread], _ context: String) {
        guard let first = unread.first else { return }
        let name = first.id.isEmpty ? "an entry" : first.id
        let others = unread.count == 1 ? "" : ", and \(unread.count - 1) more"
        report(.fault(.malformed("\(name) cannot be read: \(first.detail)\(others)"), context))
    }
}
