import ArgumentParser
import LedgerCommands
import LedgerUpkeep

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check everything that trading depends on, except the network.",
        discussion: """
            Checks the environment, libraries, keys, directories, configuration, disk, memory,
            filters, model and journal. Run `ledgerd doctor` to check the network too. Keys
            are never shown. Without --config every file in configs/ is checked.

              ledger doctor --verbose
              ledger doctor --config configs/live.yaml --journal main --fix
              ledger doctor --format json --journal main --record

            Exit codes: 0 healthy, possibly with warnings; 1 an error was found.
            """.paragraphs)

    @OptionGroup var options: DoctorOptions

    func run() throws {
        try options.finish {
            let doctor = Doctor(options.subject())
            return (DoctorReport(doctor.checks() + [Doctor.withoutNetwork]), doctor.configuration)
        }
    }
}
