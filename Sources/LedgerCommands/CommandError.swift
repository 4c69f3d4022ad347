import ArgumentParser
import Glibc
import LedgerArchive
import LedgerJournal
import LedgerRunning

/// Why a command ended without doing its work, for a person and for `$?`.
package struct CommandError: Error, CustomStringConvertible {
    package var description: String
    package var code: Int32 = 2

    package init(_ description: String, code: Int32 = 2) {
        self.description = description
        self.code = code
    }
}

extension ParsableCommand {
    /// Errors of ours are one line on standard error; the parser's own are usage messages.
    package static func exit(reporting error: any Error) -> Never {
        let code: Int32
        switch error {
        case let error as JournalError: code = error.exitCode
        case let error as CommandError: code = error.code
        case let error as OperatorDeskError: code = error.exitCode
        case let error as ArchiveError: code = error.kind == .damaged ? 3 : 2
        case is ExitCode, is CleanExit, is ValidationError: exitAsParser(error)
        default:
            // Whatever the parser throws is private to it and says how to use the command.
            let isParsers = String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
            if isParsers { exitAsParser(error) }
            code = 2
        }
        Terminal.complain("\(configuration.commandName ?? "ledger"): \(error)")
        Glibc.exit(code)
    }

    /// What the parser does itself, but without the control characters of an argument.
    private static func exitAsParser(_ error: any Error) -> Never {
        let text = fullMessage(for: error)
        let code = exitCode(for: error)
        if !text.isEmpty {
            if code.isSuccess { Terminal.print(text) } else { Terminal.complain(text) }
        }
        Glibc.exit(code.rawValue)
    }
}
