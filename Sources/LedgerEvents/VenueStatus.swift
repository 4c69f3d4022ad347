extension VenueStatus {
    /// Whether nothing more can fill at the venue.
    public var isEnd: Bool {
        switch self {
        case .filled, .cancelled, .expired, .rejected, .unknown: true
        default: false
        }
    }
}
