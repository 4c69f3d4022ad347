import Glibc

/// Reads a TZif file, versions 1 to 4. All integers are big-endian.
///
///     offset  size
///          0     4  "TZif"
///          4     1  version: 0, "2" or higher adds a second block with 64-bit times
///          5    15  zero
///         20    24  counts: isUTC, isStandard, leap seconds, transitions, types, name bytes
///         44        transitions, their types, types of six bytes, names, leap seconds, flags
struct ZoneFile {
    private struct Counts {
        var isUTC, isStandard, leaps, transitions, types, names: Int

        func blockSize(timeSize: Int) -> Int {
            transitions * (timeSize + 1) + types * 6 + names + leaps * (timeSize + 4) + isStandard
                + isUTC
        }
    }

    private let bytes: [UInt8]

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Nil if the bytes are not a TZif file, or if it has leap seconds.
    static func read(_ bytes: [UInt8], name: String) -> ZoneRules? {
        ZoneFile(bytes).rules(name: name)
    }

    private func rules(name: String) -> ZoneRules? {
        guard let first = counts(at: 0) else { return nil }
        guard bytes[4] >= UInt8(ascii: "2") else { return rules(name, first, at: 44, timeSize: 4) }
        let second = 44 + first.blockSize(timeSize: 4)
        guard let counts = counts(at: second) else { return nil }
        return rules(name, counts, at: second + 44, timeSize: 8)
    }

    private func counts(at start: Int) -> Counts? {
        guard start >= 0, bytes.count >= start + 44,
            bytes[start..<start + 4].elementsEqual("TZif".utf8)
        else { return nil }
        let counts = (0..<6).map { Int(integer(at: start + 20 + $0 * 4, size: 4) & 0xFFFF_FFFF) }
        guard counts.allSatisfy({ $0 <= 100_000 }), counts[4] > 0 else { return nil }
        return Counts(
            isUTC: counts[0], isStandard: counts[1], leaps: counts[2], transitions: counts[3],
            types: counts[4], names: counts[5])
    }

    private func rules(_ name: String, _ counts: Counts, at start: Int, timeSize: Int) -> ZoneRules?
    {
        let end = start + counts.blockSize(timeSize: timeSize)
        guard end <= bytes.count, counts.leaps == 0 else { return nil }
        let indexes = start + counts.transitions * timeSize
        let types = indexes + counts.transitions
        var starts: [Int64] = []
        var offsets: [Int64] = []
        for number in 0..<counts.transitions {
            let type = Int(bytes[indexes + number])
            let time = integer(at: start + number * timeSize, size: timeSize)
            guard type < counts.types, time > starts.last ?? .min else { return nil }
            starts.append(time)
            offsets.append(integer(at: types + type * 6, size: 4))
        }
        let first = integer(at: types, size: 4)
        guard (offsets + [first]).allSatisfy({ $0.magnitude <= 26 * 3600 }) else { return nil }
        return ZoneRules(
            name: name, starts: starts, offsets: offsets, firstOffset: first,
            rule: timeSize == 8 ? footer(at: end) : nil)
    }

    /// The text between two line feeds after the second block; nil if empty or malformed.
    private func footer(at start: Int) -> ZoneRule? {
        guard start < bytes.count, bytes[start] == 10,
            let end = bytes[(start + 1)...].firstIndex(of: 10)
        else { return nil }
        var reader = ZoneRuleReader(Array(bytes[start + 1..<end]))
        return reader.read()
    }

    private func integer(at offset: Int, size: Int) -> Int64 {
        var value = bytes[offset] >= 128 ? Int64(-1) : 0
        for byte in bytes[offset..<offset + size] { value = value << 8 | Int64(byte) }
        return value
    }
}

extension ZoneRules {
    /// The rules of an IANA zone such as `America/New_York`, from /usr/share/zoneinfo. `UTC` is
    /// built in.
    ///
    /// - Throws: `ImportError` if this system has no such zone.
    public init(named name: String) throws(ImportError) {
        if ["UTC", "Etc/UTC", "GMT", "Z"].contains(name) {
            self = .utc
            return
        }
        let isPlain =
            !name.isEmpty && name.utf8.count <= 64
            && name.utf8.allSatisfy { byte in
                byte | 32 >= 97 && byte | 32 <= 122 || byte >= 48 && byte <= 57
                    || "/_+-".utf8.contains(byte)
            }
        guard isPlain, !name.hasPrefix("/") else {
            throw ImportError(
                .unknownZone, file: "time zone",
                "\(quoted(name.utf8)) is not a time zone name such as America/New_York or UTC")
        }
        guard let bytes = Self.bytes(ofFile: "/usr/share/zoneinfo/\(name)"),
            let rules = ZoneFile.read(bytes, name: name)
        else {
            throw ImportError(
                .unknownZone, file: "time zone",
                "/usr/share/zoneinfo has no zone '\(name)'; check its spelling or install tzdata")
        }
        self = rules
    }

    private static func bytes(ofFile path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        var used = 0
        while used < bytes.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                read(file, buffer.baseAddress.map { $0 + used }, buffer.count - used)
            }
            guard count >= 0 else { return nil }
            if count == 0 { return Array(bytes[..<used]) }
            used += count
        }
        return nil
    }
}
