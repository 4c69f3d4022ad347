import ArgumentParser
import LedgerCommands
import LedgerUpkeep

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look at everything that trading stands on and needs no network.",
        discussion: """
            Environment, libraries, keys, directories, configuration, disk and memory, filters, model and
            journal; ledgerd doctor looks at the network too. Keys are never shown. Without --config every
            file in configs/ is read.

              ledger doctor --verbose
              ledger doctor --config configs/live.yaml --journal main --fix
              ledger doctor --json --journal main --record

            Exit codes: 0 healthy, 1 an error was found. Warnings are for you to judge.
            """)

    @OptionGroup var options: DoctorOptions

    func run() throws {
        try options.finish {
            let doctor = Doctor(options.subject())
            return (DoctorReport(doctor.checks() + [Doctor.withoutNetwork]), doctor.configuration)
        }
    }
}
