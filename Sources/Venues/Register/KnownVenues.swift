import AlpacaWire
import BinanceWire
import LedgerVenues

/// The list of venues. A new venue adds its descriptor here.
public enum KnownVenues {
    public static let all: [VenueDescriptor] = [.alpaca, .binance]

    public static var names: [String] { all.map(\.name) }

    /// Configurations shown in help texts.
    public static var paperExample: String { all.map(\.examples.paper).first { !$0.isEmpty } ?? "" }
    public static var liveExample: String { all.map(\.examples.live).first { !$0.isEmpty } ?? "" }

    public static func named(_ name: String) -> VenueDescriptor? { all.first { $0.name == name } }
}
