import ArgumentParser
import LedgerCommands
import LedgerRunning
import LedgerTransport
import LedgerUpkeep
import VenueRegister

struct DaemonDoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check everything that trading depends on, including venues.",
        discussion: """
            Runs the checks of `ledger doctor` and checks each venue: whether it answers, how
            fast, how far its clock is off, whether it accepts the key, and what the key may
            do. It sends no orders.

              ledgerd doctor --config configs/live.yaml --verbose
              ledgerd doctor --config configs/live.yaml --journal main --record
              ledgerd doctor --config configs/live.yaml --journal main --pre-live

            Exit codes: 0 healthy, possibly with warnings; 1 an error was found. Live trading
            requires a healthy record from the last 24 hours.
            """.paragraphs)

    @OptionGroup var options: DoctorOptions
    @Option(
        help: "Venues to check, separated by commas (default: those with keys, else all).")
    var venues = ""

    func validate() throws {
        for name in FiltersFile.list(venues) where KnownVenues.named(name) == nil {
            throw ValidationError(
                "--venues: '\(name)' is not one of "
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
