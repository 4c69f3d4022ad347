import LedgerDomain

/// A file of market data, read event by event in the order of its rows; several are merged by
/// pulling from each.
///
///     let file = try DataFile(path: "spy.zip", format: try ImportFormat(preset: "lean-daily"), instrument: spy)
///     while let event = try file.next() { … }
///
/// Event times never run backwards, and no two bars have the same time. An action happens at the
/// local midnight that begins its day, when the daily bar of the day before ends: merge that bar
/// first. When bad rows are skipped, a row whose time is wrongly far ahead turns the following rows
/// into backward ones; the report shows it as the line before the first of them.
public final class DataFile {
    private var reader: RowReader

    /// - Parameters:
    ///   - path: a plain, gzip, zstd or zip file, `archive.zip#entry`, or `-` for standard input.
    ///   - instrument: given to every event.
    /// - Throws: `ImportError` when the file cannot be opened, or its header lacks a column.
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
    /// - Throws: `ImportError` for a bad row, unless the format skips bad rows, and where the file
    ///   cannot be read or unpacked further. The caller may continue after an error of a row.
    /// - Complexity: O(length of the line); nothing is allocated for a plain row.
    public func next() throws(ImportError) -> MarketEvent? { try reader.next() }

    /// The name of the file, and of its entry in an archive.
    public var name: String { reader.source.name }
    public var kind: ImportFormat.Kind { reader.plan.kind }
    /// The line of the last row, from 1.
    public var lineNumber: Int { reader.lineNumber }
    public var badRows: BadRowReport { reader.bad }
    /// The number of ticks left out because their feed marked them as suspicious.
    public var suspiciousRows: Int { reader.suspiciousRows }
    /// The number of actions and predictions skipped because they name another symbol than the
    /// format.
    public var otherSymbolRows: Int { reader.otherSymbolRows }
    /// Stored bytes read so far, and how many there are where that is known.
    public var progress: (read: Int, of: Int?) { reader.source.progress }
}
