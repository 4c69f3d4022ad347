import ArgumentParser
import Glibc
import LedgerArchive
import LedgerJournal
import LedgerReading
import LedgerRunning

/// Why a command failed: a message for the user and the exit code.
package struct CommandError: Error, CustomStringConvertible {
    /// The exit code of a command that the journal's state does not allow.
    package static let refused: Int32 = 6
    /// The exit code of a command that is recorded, in a journal of a venue's account that no process
    /// runs: nothing reaches the venue before one does.
    package static let unattended: Int32 = 8

    package var description: String
    package var code: Int32 = 2

    package init(_ description: String, code: Int32 = 2) {
        self.description = description
        self.code = code
    }
}

extension ParsableCommand {
    /// Reports an error as one line on standard error. The parser's own errors are usage messages.
    package static func exit(reporting error: any Error) -> Never {
        let code: Int32
        switch error {
        case let error as JournalError: code = error.exitCode
        case let error as CommandError: code = error.code
        case let error as OperatorDeskError: code = error.exitCode
        case let error as ArchiveError: code = error.kind == .damaged ? 3 : 2
        case is ExitCode, is CleanExit, is ValidationError: exitAsParser(error)
        default:
            // The parser's error types are private; their text explains how to use the command.
            let isParsers = String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
            if isParsers { exitAsParser(error) }
            code = 2
        }
        Terminal.complain("\(configuration.commandName ?? "ledger"): \(error)\(existing(error))")
        Glibc.exit(code)
    }

    /// The journals that exist, for an error about one that does not.
    private static func existing(_ error: any Error) -> String {
        guard case JournalError.notFound? = error as? JournalError else { return "" }
        let names = JournalHome.names()
        guard !names.isEmpty else { return "" }
        let more = names.count > 10 ? ", …" : ""
        return "; \(JournalHome.path)/ has \(names.prefix(10).joined(separator: ", "))\(more)"
    }

    /// Ends as the parser would, without the control characters of an argument.
    private static func exitAsParser(_ error: any Error) -> Never {
        let text = fullMessage(for: error)
        let code = exitCode(for: error)
        if !text.isEmpty {
            if code.isSuccess { Terminal.print(text) } else { Terminal.complain(text) }
        }
        Glibc.exit(code.rawValue)
    }
}
