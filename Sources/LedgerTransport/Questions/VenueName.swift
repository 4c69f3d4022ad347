/// The venues that this program speaks to.
public enum VenueName: String, Hashable, Sendable, CaseIterable {
    case alpaca, binance
}
