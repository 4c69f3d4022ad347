import LedgerDomain
import LedgerEvents

/// The description of a snapshot: lines of text, signed as a note if there is a key.
///
///     ledger snapshot v1
///     journal NAME                      name of the journal
///     build BUILD                       program that wrote it
///     events FIRST LAST                 sequence numbers
///     times EARLIEST LATEST             event times, nanoseconds since 1970
///     chain BEFORE AFTER                links before the first block and of the last, hexadecimal
///     tree SIZE ROOT                    optional: Merkle tree over events 1 to SIZE, base64
///     withheld WHAT                     only in a redacted snapshot: what was left out
///     frame FIRST COUNT BYTES CONTENT SHA256
///                                       one line per frame: its events, its compressed and
///                                       uncompressed
///                                       size, the digest of its compressed bytes
///     sum SHA256                        digest of the lines above; reveals damage without a
///     signature
public struct ArchiveManifest: Hashable, Sendable {
    public struct Frame: Hashable, Sendable {
        public var first: SequenceNumber
        public var count: Int
        /// Compressed size.
        public var bytes: Int
        /// Uncompressed size.
        public var contentBytes: Int
        /// SHA-256 of the compressed bytes, hexadecimal.
        public var digest: String

        public var last: SequenceNumber { SequenceNumber(first.number + UInt64(count) - 1) }
    }

    public struct Tree: Hashable, Sendable {
        public var size: UInt64
        /// Base64.
        public var root: String

        public init(size: UInt64, root: String) { (self.size, self.root) = (size, root) }
    }

    public var journal = ""
    public var build = ""
    public var first = SequenceNumber.first
    public var last = SequenceNumber.none
    public var earliest = Timestamp(nanoseconds: .max)
    public var latest = Timestamp(nanoseconds: .min)
    public var linkBefore = ChainLink.origin
    public var linkAfter = ChainLink.origin
    public var tree: Tree?
    /// What a redacted snapshot withholds, in words; nil for a complete snapshot.
    public var withheld: String?
    public var frames: [Frame] = []

    public init() {}

    public var count: UInt64 {
        last.number < first.number ? 0 : last.number - first.number + 1
    }

    static let title = "ledger snapshot v1"

    /// Ends with a newline, as the text of a note must.
    public var text: String {
        var lines = [
            Self.title, "journal \(journal)", "build \(build)", "events \(first) \(last)",
            "times \(earliest.nanoseconds) \(latest.nanoseconds)",
            "chain \(linkBefore) \(linkAfter)",
        ]
        if let tree { lines.append("tree \(tree.size) \(tree.root)") }
        if let withheld { lines.append("withheld \(withheld)") }
        for frame in frames {
            lines.append(
                "frame \(frame.first) \(frame.count) \(frame.bytes) \(frame.contentBytes) "
                    + frame.digest)
        }
        let body = lines.joined(separator: "\n") + "\n"
        return "\(body)sum \(Digest.sha256(Array(body.utf8)))\n"
    }

    /// - Throws: `FrameError` unless the text is exactly what `text` writes.
    init(text: String) throws(FrameError) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.first.map(String.init) == Self.title else {
            throw FrameError("its manifest does not begin with '\(Self.title)'")
        }
        for (index, line) in lines.enumerated().dropFirst() where !line.isEmpty {
            guard let space = line.firstIndex(of: " ") else {
                throw FrameError("line \(index + 1) of its manifest is unknown")
            }
            let rest = String(line[line.index(after: space)...])
            guard read(String(line[..<space]), rest: rest) else {
                throw FrameError("line \(index + 1) of its manifest cannot be read: \(line)")
            }
        }
        guard self.text == text else { throw FrameError("its manifest is not in canonical form") }
        try check()
    }

    private mutating func read(_ key: String, rest: String) -> Bool {
        let parts = rest.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        func sequence(_ index: Int) -> SequenceNumber? {
            UInt64(parts[index]).map { SequenceNumber($0) }
        }
        switch (key, parts.count) {
        // Verified by comparison with the text that the other lines produce.
        case ("sum", 1): return true
        case ("journal", _): journal = rest
        case ("build", _): build = rest
        case ("events", 2):
            guard let from = sequence(0), let through = sequence(1) else { return false }
            (first, last) = (from, through)
        case ("times", 2):
            guard let from = Int64(parts[0]), let through = Int64(parts[1]) else { return false }
            (earliest, latest) = (Timestamp(nanoseconds: from), Timestamp(nanoseconds: through))
        case ("chain", 2):
            guard let before = ChainLink(hex: parts[0]), let after = ChainLink(hex: parts[1])
            else { return false }
            (linkBefore, linkAfter) = (before, after)
        case ("tree", 2):
            guard let size = UInt64(parts[0]), Base64.decode(parts[1])?.count == MerkleHash.size
            else { return false }
            tree = Tree(size: size, root: parts[1])
        case ("withheld", _): withheld = rest
        case ("frame", 5):
            guard let first = sequence(0), let count = Int(parts[1]), let bytes = Int(parts[2]),
                let content = Int(parts[3]), ChainLink(hex: parts[4]) != nil
            else { return false }
            frames.append(
                Frame(
                    first: first, count: count, bytes: bytes, contentBytes: content,
                    digest: parts[4]))
        default: return false
        }
        return true
    }

    /// Checks that frames are consecutive and match the manifest.
    private func check() throws(FrameError) {
        var next = first.number
        for frame in frames {
            guard frame.first.number == next, frame.count > 0,
                frame.count <= FrameLayout.mostEvents, frame.bytes > 0,
                frame.bytes <= FrameLayout.mostBytes, frame.contentBytes > 0,
                frame.contentBytes <= FrameLayout.mostContent, next < 1 << 62
            else {
                throw FrameError("its manifest lists an invalid frame at event \(frame.first)")
            }
            next += UInt64(frame.count)
        }
        guard first.number > 0, next == last.number &+ 1, !frames.isEmpty else {
            throw FrameError(
                "its manifest lists frames up to event \(next - 1) but says that the last event "
                    + "is \(last)"
            )
        }
    }
}

extension ChainLink {
    /// 64 hexadecimal digits, as in `description`.
    public init?(hex: String) {
        let digits = Array(hex.utf8)
        guard digits.count == 64 else { return nil }
        var words: [UInt64] = []
        for start in stride(from: 0, to: 64, by: 16) {
            var word: UInt64 = 0
            for digit in digits[start..<start + 16] {
                switch digit {
                case 48...57: word = word << 4 | UInt64(digit - 48)
                case 97...102: word = word << 4 | UInt64(digit - 87)
                default: return nil
                }
            }
            words.append(word.byteSwapped)
        }
        self.init((words[0], words[1], words[2], words[3]))
    }
}
