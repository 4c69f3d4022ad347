import Glibc
import LedgerConfiguration
import LedgerDomain
import LedgerEngine
import LedgerImport
import LedgerReading
import LedgerSettings

/// The files and tapes that a configuration lists beside a venue's feed.
public struct FeedHistory {
    private let entries: [SettingsEntry]
    let feed: [Instrument]

    /// Opens each of them once, so that a mistake is found before the journal is touched.
    ///
    /// - Throws: `SettingsError` for an entry that has no bars of the feed's symbols, or if history is off.
    public init(_ configuration: Configuration, feed: [Instrument]) throws {
        let settings = configuration.settings
        guard configuration[WarmupKeys.until].isEmpty else {
            throw SettingsError(
                WarmupKeys.until, "is for runs over files; a feed's history ends at the start")
        }
        entries = try settings.entries(.data).filter { try $0[DataKeys.path] != DataKeys.venuePath }
        self.feed = feed
        for entry in entries {
            if configuration[WarmupKeys.source] == .none {
                throw entry.error(
                    DataKeys.path,
                    "is beside a venue's feed, where files are history, and warmup.source is none; take "
                        + "data or venue, or remove the entry")
            }
            do { _ = try open(entry) } catch let error as ImportError where error.isOfContent {}
        }
    }

    /// A file or tape of the configuration, opened; or why it cannot be read.
    struct Source {
        var symbols: [String]
        var opened: Result<InputSource, any Error>
    }

    /// A file whose content is bad is no reason not to start: open positions need their exits.
    ///
    /// - Parameter names: the journal's instruments.
    func open(_ names: [Instrument]) throws -> [Source] {
        try entries.map { entry in
            var symbols = [(try? entry[DataKeys.symbol]) ?? ""]
            do {
                let source = try open(entry)
                symbols = source.instruments.map(\.symbol)
                try source.start { instrument in
                    names.first { $0.symbol == instrument.symbol }?.id ?? .none
                }
                return Source(symbols: symbols, opened: .success(source))
            } catch let error as ImportError where error.isOfContent {
                return Source(symbols: symbols, opened: .failure(error))
            }
        }
    }

    private func open(_ entry: SettingsEntry) throws -> InputSource {
        let path = try entry[DataKeys.path]
        guard path != "-" else {
            throw entry.error(DataKeys.path, "standard input cannot be history; take a file")
        }
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFIFO {
            throw entry.error(
                DataKeys.path, "\(path) is a pipe, which can be read once only; take a file")
        }
        if JournalHome.isJournal(path) {
            let source = try InputSource(tape: path)
            guard source.instruments.contains(where: { known($0.symbol) != nil }) else {
                throw entry.error(
                    DataKeys.path,
                    "\(path) has none of the feed's symbols, \(feed.map(\.symbol).joined(separator: ", "))"
                )
            }
            return source
        }
        let data = try DataSettings(entry)
        guard let instrument = known(data.symbol) else {
            throw entry.error(
                DataKeys.symbol,
                "'\(data.symbol)' has no feed; add an entry with path: venue, or remove this one")
        }
        guard instrument.currency == data.instrument.currency else {
            throw entry.error(
                DataKeys.currency,
                "is \(data.instrument.currency), but the feed of \(data.symbol) has prices in "
                    + instrument.currency)
        }
        // Any number: the journal's is given when the source starts.
        var own = data.instrument
        own.id = InstrumentID(1)
        return try InputSource(file: path, format: data.format, instrument: own)
    }

    private func known(_ symbol: String) -> Instrument? { feed.first { $0.symbol == symbol } }
}

extension ImportError {
    /// Whether a file is damaged or has a bad row. Other errors are of the configuration.
    fileprivate var isOfContent: Bool { kind.isOfARow || kind == .damaged }
}
