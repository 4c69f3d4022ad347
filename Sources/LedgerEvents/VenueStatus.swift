extension VenueStatus {
    /// Whether the order can no longer fill at the venue.
    public var isEnd: Bool {
        switch self {
        case .filled, .cancelled, .expired, .rejected, .unknown: true
        default: false
        }
    }
}
