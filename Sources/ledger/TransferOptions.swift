import ArgumentParser
import LedgerCommands
import LedgerEngine
import LedgerRunning

/// The accounts of a transfer, and the position that it moves.
struct TransferOptions: ParsableArguments {
    @Option(help: "The account that a transfer leaves.")
    var from: String?
    @Option(help: "The account that it reaches.")
    var to: String?
    @Option(
        help: """
            The symbol of a position to transfer, whose quantity is then the value; or of what a charge \
            is for.
            """)
    var symbol: String?
    @Option(help: "The strategy that holds it, where several do.")
    var strategy: String?

    func validate(_ isTransfer: Bool, isCharge: Bool, _ accounts: AccountOptions) throws {
        guard isTransfer else {
            guard from == nil, to == nil, symbol == nil || isCharge, strategy == nil else {
                throw ValidationError(
                    "--from, --to, --symbol and --strategy belong to ledger record transfer")
            }
            return
        }
        guard accounts.scope == .all else {
            throw ValidationError("a transfer names its accounts with --from and --to")
        }
        guard from != nil, to != nil else {
            throw ValidationError("a transfer needs --from ACCOUNT and --to ACCOUNT")
        }
        guard strategy == nil || symbol != nil else {
            throw ValidationError("--strategy needs --symbol")
        }
    }

    /// Nil where it is no transfer.
    func command(_ value: String) -> (verb: OperatorVerb, argument: String, from: String)? {
        guard let from, let to else { return nil }
        guard let symbol else { return (.transfer, "\(value) to \(to)", from) }
        let holder = strategy.map { " of \($0)" } ?? ""
        return (.positionTransfer, "\(value) \(symbol)\(holder) to \(to)", from)
    }
}
