import ArgumentParser
import LedgerCommands
import LedgerRunning

@main
struct LedgerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "An event-sourced trading ledger with a replayable journal.",
        discussion: """
            Every bar, order and fill is one event in a journal. Everything else is computed from
            the journal.

              ledger backtest --config configs/backtest.yaml --journal demo
              ledger project positions --journal demo
              ledger replay --journal demo --from 1 --verify

            Exit codes:
              0    success
              1    a check found a difference
              2    the command could not run
              3    the journal is damaged
              4    the disk is full or failing
              5    another process holds the journal
              6    the command was refused
              7    newer rules change the result of a replay
              8    recorded, but no process runs the journal: nothing reaches the venue yet
              64   wrong usage
              130  interrupted
            """.paragraphs,
        version: Build.identity,
        subcommands: [
            InitCommand.self, StatusCommand.self, JournalsCommand.self, DataCommand.self,
            BacktestCommand.self,
            ReplayCommand.self, ProjectCommand.self, DiffCommand.self, TailCommand.self,
            ShowCommand.self, ExplainCommand.self,
            VerifyCommand.self, RecordCommand.self, ConfigCommand.self, GateCommand.self,
            KillSwitchCommand.self, ModeCommand.self, DrawdownCommand.self, FlattenCommand.self,
            CompareCommand.self, ReconcileCommand.self, SyncCommand.self, AdoptCommand.self,
            WhyNoTradeCommand.self,
            ArtifactsCommand.self,
            SnapshotCommand.self, SealCommand.self, PruneCommand.self, HoldCommand.self,
            BackupCommand.self, RestoreCommand.self,
            ExportCommand.self, BundleCommand.self, CheckpointCommand.self, ProveCommand.self,
            TreeCommand.self, KeysCommand.self, DoctorCommand.self,
        ])

    static func main() {
        do {
            try OpenFileLimit.raise(least: 16)
            var command = try parseAsRoot()
            try command.run()
        } catch { exit(reporting: error) }
    }
}
