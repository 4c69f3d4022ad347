import LedgerDomain

/// A file of market data, read event by event in row order. To merge several files, pull from each.
///
///     let file = try DataFile(path: "spy.zip", format: try ImportFormat(preset: "lean-daily"), instrument: spy)
///     while let event = try file.next() { … }
///
/// Event times never go backwards, and no two bars have the same time. An action takes effect at
/// the local midnight that begins its day, which is when the previous day's daily bar ends: merge
/// that bar first. If bad rows are skipped and one row's time is wrong and far ahead, all following
/// rows count as backward; the report lists the line before the first of them.
public final class DataFile {
    private var reader: RowReader

    /// - Parameters:
    ///   - path: a plain, gzip, zstd or zip file, `archive.zip#entry`, or `-` for standard input.
    ///   - instrument: the instrument of every event.
    /// - Throws: `ImportError` if the file cannot be opened or a column is missing from its header.
    public convenience init(
        path: String, format: ImportFormat, instrument: InstrumentID
    ) throws(ImportError) {
        try self.init(ByteSource(path: path), format: format, instrument: instrument)
    }

    public init(
        _ source: ByteSource, format: ImportFormat, instrument: InstrumentID
    ) throws(ImportError) {
        reader = try RowReader(source, format, instrument)
    }

    /// The next event, or nil at the end.
    ///
    /// - Throws: `ImportError` for a bad row, unless the format skips bad rows, and if the file
    ///   cannot be read or unpacked any further. After the error of a row the caller may continue.
    /// - Complexity: O(length of the line). A plain row allocates nothing.
    public func next() throws(ImportError) -> MarketEvent? { try reader.next() }

    /// The name of the file, with the archive entry if there is one.
    public var name: String { reader.source.name }
    public var kind: ImportFormat.Kind { reader.plan.kind }
    /// What was recognised in the file without being told, a sentence each.
    public var notes: [String] { reader.plan.notes }
    /// The line of the last row, from 1.
    public var lineNumber: Int { reader.lineNumber }
    public var badRows: BadRowReport { reader.bad }
    /// Ticks left out because the feed marked them as suspicious.
    public var suspiciousRows: Int { reader.suspiciousRows }
    /// Actions and predictions skipped because they name a symbol other than the format's.
    public var otherSymbolRows: Int { reader.otherSymbolRows }
    /// The number of rows with a size that was rounded, because a record holds 18 or 19 digits.
    public var roundedRows: Int { reader.roundedRows }

    /// The notes, and how many sizes were rounded.
    public var report: [String] {
        roundedRows == 0
            ? notes
            : notes + [
                "sizes rounded to the 18 digits that a record holds, in \(roundedRows) "
                    + (roundedRows == 1 ? "row" : "rows")
            ]
    }

    /// Stored bytes read so far, and the total if it is known.
    public var progress: (read: Int, of: Int?) { reader.source.progress }
}
