/// The directory of a zip archive, zip64 too, and its entries' streams, stored or deflated.
///
/// It trusts the directory at the end. Of the header before each entry it uses only the length.
struct ZipArchive {
    struct Entry {
        var name: String
        var method: Int
        var isEncrypted: Bool
        var checksum: UInt32
        var packed: Int
        var unpacked: Int
        var offset: Int
    }

    private let file: InputFile
    private let size: Int
    private(set) var entries: [Entry] = []

    init(_ file: InputFile) throws(ImportError) {
        self.file = file
        size = file.size ?? 0
        try readDirectory()
    }

    /// The entry with this name, or the only entry.
    func entry(named name: String?) throws(ImportError) -> Entry {
        let list = entries.prefix(5).map(\.name).joined(separator: ", ")
        let shown = entries.count > 5 ? "\(list), …" : list
        if let name {
            guard let found = entries.first(where: { $0.name == name }) else {
                throw unsupported("the archive has no entry \(quoted(name.utf8)); it has \(shown)")
            }
            return found
        }
        guard let only = entries.first else { throw unsupported("the archive is empty") }
        guard entries.count == 1 else {
            throw unsupported(
                "the archive has \(entries.count) entries (\(shown)); name one, as in "
                    + "\(file.name)#\(only.name)")
        }
        return only
    }

    func open(_ entry: Entry) throws(ImportError) -> Inflater {
        guard !entry.isEncrypted else {
            throw unsupported("the entry \(entry.name) is encrypted; unpack it first")
        }
        guard entry.method == 0 || entry.method == 8 else {
            throw unsupported(
                "the entry \(entry.name) uses compression method \(entry.method); use deflate"
            )
        }
        let header = try file.bytes(at: entry.offset, count: 30)
        guard header.count == 30, header.starts(with: [0x50, 0x4B, 3, 4]) else {
            throw damaged(at: entry.offset, "an entry's header is not where the directory says")
        }
        let start =
            entry.offset + 30 + integer(header, at: 26, size: 2) + integer(header, at: 28, size: 2)
        guard start + entry.packed <= size else {
            throw damaged(at: entry.offset, "an entry ends after the end of the file")
        }
        guard entry.method == 8 || entry.packed == entry.unpacked else {
            throw damaged(at: entry.offset, "a stored entry has two different sizes")
        }
        return try Inflater(
            FileFeed(file, start..<start + entry.packed),
            entry.method == 8
                ? .deflated(size: entry.unpacked, checksum: entry.checksum)
                : .stored(size: entry.unpacked, checksum: entry.checksum))
    }

    /// The end record is the last 22 bytes, or is followed by a comment of up to 65,535 bytes.
    private mutating func readDirectory() throws(ImportError) {
        let tailStart = max(0, size - 20 - 22 - 65_535)
        let tail = try file.bytes(at: tailStart, count: size - tailStart)
        guard
            let end = stride(from: tail.count - 22, through: 0, by: -1).first(where: {
                tail[$0] == 0x50 && tail[$0 + 1] == 0x4B && tail[$0 + 2] == 5 && tail[$0 + 3] == 6
            })
        else { throw damaged(at: size, "it has no directory at its end, so it is truncated") }
        let directory =
            try wideDirectory(tail, end: end, tailStart: tailStart)
            ?? Directory(
                count: integer(tail, at: end + 10, size: 2),
                length: integer(tail, at: end + 12, size: 4),
                offset: integer(tail, at: end + 16, size: 4))
        let (last, overflow) = directory.offset.addingReportingOverflow(directory.length)
        guard !overflow, last <= tailStart + end, directory.length <= 64 << 20 else {
            throw damaged(at: tailStart + end, "its directory is outside the file")
        }
        try readEntries(
            try file.bytes(at: directory.offset, count: directory.length), count: directory.count,
            at: directory.offset)
    }

    private struct Directory {
        var count: Int
        var length: Int
        var offset: Int
    }

    /// What a zip64 archive says in its own end record. A locator of 20 bytes stands before the end
    /// record and says where it is; some writers add both however small the archive is.
    private func wideDirectory(
        _ tail: [UInt8], end: Int, tailStart: Int
    ) throws(ImportError) -> Directory? {
        let locator = end - 20
        guard locator >= 0, tail[locator...].starts(with: [0x50, 0x4B, 6, 7]) else { return nil }
        let place = wideInteger(tail, at: locator + 8)
        guard place <= tailStart + locator - 56 else {
            throw damaged(at: tailStart + locator, "its zip64 end record is outside the file")
        }
        let record = try file.bytes(at: place, count: 56)
        guard record.count == 56, record.starts(with: [0x50, 0x4B, 6, 6]) else {
            throw damaged(at: place, "its zip64 end record is not where its locator says")
        }
        return Directory(
            count: wideInteger(record, at: 32), length: wideInteger(record, at: 40),
            offset: wideInteger(record, at: 48))
    }

    private mutating func readEntries(
        _ bytes: [UInt8], count: Int, at start: Int
    ) throws(ImportError) {
        var at = 0
        for _ in 0..<count {
            guard at + 46 <= bytes.count, bytes[at...].starts(with: [0x50, 0x4B, 1, 2]) else {
                throw damaged(at: start + at, "its directory is truncated")
            }
            let nameLength = integer(bytes, at: at + 28, size: 2)
            let length =
                46 + nameLength + integer(bytes, at: at + 30, size: 2)
                + integer(bytes, at: at + 32, size: 2)
            guard at + length <= bytes.count else {
                throw damaged(at: start + at, "its directory is truncated")
            }
            let entry = entry(Array(bytes[at..<at + length]), nameLength: nameLength)
            if !entry.name.hasSuffix("/"), !entry.name.hasPrefix("__MACOSX/") {
                entries.append(entry)
            }
            at += length
        }
    }

    /// One record of the directory. Some writers put 0xFFFFFFFF as sizes and offset, however small
    /// they are, and the true values into extra field 1, in this order.
    private func entry(_ record: [UInt8], nameLength: Int) -> Entry {
        let extra = Array(record[(46 + nameLength)...].prefix(integer(record, at: 30, size: 2)))
        var wide = wideFields(extra)[...]
        func value(_ offset: Int) -> Int {
            let narrow = integer(record, at: offset, size: 4)
            return narrow == 0xFFFF_FFFF ? wide.popFirst() ?? narrow : narrow
        }
        let unpacked = value(24)
        let packed = value(20)
        return Entry(
            name: String(decoding: record[46..<46 + nameLength], as: UTF8.self),
            method: integer(record, at: 10, size: 2),
            isEncrypted: integer(record, at: 8, size: 2) & 1 != 0,
            checksum: UInt32(truncatingIfNeeded: integer(record, at: 16, size: 4)), packed: packed,
            unpacked: unpacked, offset: value(42))
    }

    /// The 64-bit numbers in extra field 1. Impossible lengths are capped at 2^56 - 1.
    private func wideFields(_ extra: [UInt8]) -> [Int] {
        var at = 0
        while at + 4 <= extra.count {
            let size = integer(extra, at: at + 2, size: 2)
            let end = min(at + 4 + size, extra.count)
            if integer(extra, at: at, size: 2) == 1 {
                return stride(from: at + 4, through: end - 8, by: 8).map {
                    wideInteger(extra, at: $0)
                }
            }
            at += 4 + size
        }
        return []
    }

    /// 64 bits, at most 2^56 - 1.
    private func wideInteger(_ bytes: [UInt8], at offset: Int) -> Int {
        bytes[offset + 7] == 0 ? integer(bytes, at: offset, size: 7) : (1 << 56) - 1
    }

    /// Little-endian.
    private func integer(_ bytes: [UInt8], at offset: Int, size: Int) -> Int {
        (0..<size).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
    }

    private func unsupported(_ problem: String) -> ImportError {
        ImportError(.unsupported, file: file.name, problem)
    }

    private func damaged(at byte: Int, _ what: String) -> ImportError {
        ImportError(.damaged, file: file.name, byte: byte, "the zip archive is damaged: \(what)")
    }
}
