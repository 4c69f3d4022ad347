import ArgumentParser
import LedgerCommands
import LedgerRunning
import LedgerTransport
import LedgerUpkeep
import VenueRegister

struct DaemonDoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look at everything that trading stands on, the venues too.",
        discussion: """
            What ledger doctor looks at, and each venue: whether it answers, how fast, how far its clock is
            from ours, whether it accepts the key, and what the key may do. Nothing is ordered.

              ledgerd doctor --config configs/live.yaml --verbose
              ledgerd doctor --config configs/live.yaml --journal main --record
              ledgerd doctor --config configs/live.yaml --journal main --pre-live

            Exit codes: 0 healthy, 1 an error was found. Live orders leave only with a healthy record that is
            younger than a day.
            """)

    @OptionGroup var options: DoctorOptions
    @Option(
        help: "Venues to look at, separated by commas; those with keys, or else all, unless given.")
    var venues = ""

    func validate() throws {
        for name in FiltersFile.list(venues) where KnownVenues.named(name) == nil {
            throw ValidationError(
                "--venues: '\(name)' is none of "
                    + KnownVenues.names.joined(separator: ", "))
        }
    }

    func run() throws {
        try options.finish(
            {
                var subject = options.subject()
                subject.libraries.append(
                    (name: "curl", version: CurlLibrary.version, least: "7.88.0"))
                let doctor = Doctor(subject)
                let network = NetworkChecks(
                    doctor.configuration, venues: FiltersFile.list(venues))
                return (DoctorReport(doctor.checks() + network.checks()), doctor.configuration)
            },
            permissions: { report in
                let found = report.checks.filter { $0.name.hasSuffix(NetworkChecks.permissions) }
                return found.first { !$0.passed } ?? found.first { $0.severity != .info }
            })
    }
}
