import LedgerCommands
import LedgerDomain
import LedgerDrivers
import LedgerEngine
import LedgerLive
import LedgerTransport

/// The gateway that a configuration asks for.
enum GatewayFactory {
    /// - Parameters:
    ///   - recording: a recorded web socket instead of a venue.
    ///   - isPaper: whether the venue's paper side is asked for; nil where no order leaves.
    static func make(
        _ configuration: Configuration, recording: String?, isPaper: Bool?
    ) throws -> any VenueGateway {
        if let recording {
            guard configuration["venue.kind"] == "simulated" else {
                throw CommandError("a recording fills no orders: venue.kind must be simulated")
            }
            let seconds = Int64(configuration["clock_sync.refresh_sec"]) ?? 300
            return try RecordedGateway(path: recording, refresh: .milliseconds(seconds * 1000))
        }
        throw CommandError("no venue")
    }
}
