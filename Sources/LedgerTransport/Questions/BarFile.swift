import Glibc
import LedgerDomain
import LedgerVenues

/// A CSV file of bars that grows at its end: `time,open,high,low,close,volume`, with the start of
/// each bar in UTC.
///
/// The first append removes a line that a crash cut off. A new file appears with its first bars. Lines may end as
/// Windows ends them.
public struct BarFile: ~Copyable {
    private static let header = "time,open,high,low,close,volume\n"

    public let path: String
    /// The start of its last bar; nil if it has no bars.
    public private(set) var last: Timestamp?
    /// The last bars that it had when it was opened, at most four.
    public private(set) var newest: [VenueBar] = []
    private var descriptor: Int32 = -1
    /// Where the last whole line ends, if something follows it.
    private var cut: off_t?
    /// Whether nothing is in the file yet, and whether this process created it.
    private var isEmpty = false
    private var isNew = false

    /// Opens or creates it, with its parent directories. A file to which nothing was appended goes again.
    ///
    /// - Throws: `BarFileError` if the file is something else.
    public init(_ path: String) throws(BarFileError) {
        self.path = path
        Self.makeParents(path)
        var file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        isNew = file >= 0
        if file < 0, errno == EEXIST { file = open(path, O_RDWR | O_CLOEXEC) }
        guard file >= 0 else { throw BarFileError(path, problem: String(cString: strerror(errno))) }
        descriptor = file
        var failure: BarFileError?
        do throws(BarFileError) { try adopt() } catch { failure = error }
        if let failure {
            Glibc.close(file)
            throw failure
        }
    }

    public mutating func close() {
        if isNew, isEmpty { unlink(path) }
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    /// Appends bars and waits until they are on disk.
    public mutating func append(_ bars: [VenueBar]) throws(BarFileError) {
        var text: [UInt8] = []
        for bar in bars where last.map({ bar.start > $0 }) ?? true {
            bar.start.append(to: &text)
            for price in [bar.open, bar.high, bar.low, bar.close] {
                text.append(UInt8(ascii: ","))
                FixedPoint.append(Int128(price.raw), to: &text)
            }
            text.append(UInt8(ascii: ","))
            FixedPoint.append(bar.volume.raw, to: &text)
            text.append(UInt8(ascii: "\n"))
            last = bar.start
        }
        guard !text.isEmpty else { return }
        if isEmpty { text = Array(Self.header.utf8) + text }
        isEmpty = false
        if let cut {
            guard ftruncate(descriptor, cut) == 0, lseek(descriptor, 0, SEEK_END) == cut else {
                throw failure()
            }
            self.cut = nil
        }
        try write(text)
        guard fsync(descriptor) == 0 else { throw failure() }
    }

    private mutating func adopt() throws(BarFileError) {
        let size = lseek(descriptor, 0, SEEK_END)
        guard size >= 0 else { throw failure() }
        let header = Array(Self.header.utf8)
        isEmpty = size == 0
        guard size > 0 else { return }
        // The header, and enough of the end for two lines.
        let head = read(at: 0, count: header.count + 1).filter { $0 != UInt8(ascii: "\r") }
        guard head.starts(with: header.prefix(head.count)) else {
            throw BarFileError(path, problem: "is not a file of bars; choose another file")
        }
        let start = max(0, Int(size) - 1024)
        let tail = read(at: start, count: Int(size) - start)
        guard let end = tail.lastIndex(of: UInt8(ascii: "\n")) else {
            guard size < header.count else {
                throw BarFileError(path, problem: "ends with a line that is not a bar")
            }
            guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
                throw failure()
            }
            isEmpty = true
            return
        }
        let length = off_t(start + end + 1)
        if length < size { cut = length }
        let lines = tail[..<end].split(separator: UInt8(ascii: "\n"))
            .map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }
        guard let line = lines.last, start > 0 || lines.count > 1 else { return }
        guard let last = Self.bar(line) else {
            throw BarFileError(path, problem: "ends with a line that is not a bar; remove the line")
        }
        self.last = last.start
        // The first line is the header, or cut.
        newest = lines.dropFirst().suffix(4).compactMap(Self.bar)
    }

    /// A line as a bar; nil for one that was changed into something else.
    private static func bar(_ line: ArraySlice<UInt8>) -> VenueBar? {
        let fields = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard fields.count == 6, let start = Timestamp(fields[0]), let open = try? Price(fields[1]),
            let high = try? Price(fields[2]), let low = try? Price(fields[3]),
            let close = try? Price(fields[4]), let volume = try? Quantity(fields[5])
        else { return nil }
        return VenueBar(
            symbol: "", start: start, open: open, high: high, low: low, close: close, volume: volume
        )
    }

    private func read(at offset: Int, count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let found = pread(descriptor, &bytes, count, off_t(offset))
        return Array(bytes.prefix(max(0, found)))
    }

    private func write(_ bytes: [UInt8]) throws(BarFileError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = Array(rest)
            let count = Glibc.write(descriptor, part, part.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure() }
            rest = rest.dropFirst(count)
        }
    }

    private func failure() -> BarFileError {
        BarFileError(path, problem: String(cString: strerror(errno)))
    }

    private static func makeParents(_ path: String) {
        var made = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: false).dropLast() {
            made += made.isEmpty && part.isEmpty ? "/" : "\(part)/"
            mkdir(made, 0o755)
        }
    }
}

/// What is wrong with a file of bars.
public struct BarFileError: Error, Hashable, CustomStringConvertible {
    public var description: String

    init(_ path: String, problem: String) { description = "\(path): \(problem)" }
}
