import Dispatch
import LedgerDomain
import LedgerEvents
import LedgerJournal

/// The parts of a snapshot file, in order: a zstd stream that public tools can unpack and seek.
///
///     a skippable frame (type 0) that names the format
///     one zstd frame for each run of blocks (see `FrameLayout`)
///     a skippable frame (type 1) with the manifest, a signed note
///     a skippable frame (type E) with the seek table of zstd's seekable format
enum ArchiveFormat {
    static let marker = Array("ledger snapshot\n".utf8)
    static let markerMagic: UInt32 = 0x184D_2A50
    static let manifestMagic: UInt32 = 0x184D_2A51
    static let seekMagic: UInt32 = 0x184D_2A5E
    static let footerMagic: UInt32 = 0x8F92_EAB1
    static let frameHead = 8
    static let footerSize = 9
    static let entrySize = 8
    static let mostManifest = 1 << 28

    static func skippable(_ magic: UInt32, _ content: [UInt8]) -> [UInt8] {
        little(magic) + little(UInt32(content.count)) + content
    }

    static func little(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// - Parameter sizes: compressed and uncompressed size of each frame before it.
    static func seekTable(_ sizes: [(Int, Int)]) -> [UInt8] {
        var content: [UInt8] = []
        for (bytes, size) in sizes {
            content += little(UInt32(bytes)) + little(UInt32(size))
        }
        content += little(UInt32(sizes.count)) + [0] + little(footerMagic)
        return skippable(seekMagic, content)
    }

    static func seekTable(_ manifest: ArchiveManifest, note: Int) -> [UInt8] {
        seekTable(
            [(frameHead + marker.count, 0)] + manifest.frames.map { ($0.bytes, $0.contentBytes) }
                + [(frameHead + note, 0)])
    }
}

/// Writes a range of a journal as a snapshot; encodes frames in parallel.
public final class ArchiveWriter {
    /// The work of one thread: from the blocks of a frame to compressed bytes.
    // Sendable unchecked: filled, encoded and written in turn.
    private final class Slot: @unchecked Sendable {
        let input = FrameInput()
        let encoder = FrameEncoder()
        let compressor: ZstdCompressor
        var failure: BlockError?
        var digest = ChainLink.origin

        init(level: Int32) { compressor = ZstdCompressor(level: level) }

        func encode() {
            do throws(BlockError) {
                failure = nil
                try encoder.encode(input)
                compressor.compress(encoder.output.bytes, parts: encoder.parts)
                digest = Digest.sha256(compressor.output.bytes)
            } catch { failure = error }
        }
    }

    public static let standardLevel: Int32 = 3

    private let file: OutputFile
    private let slots: [Slot]
    private var used = 0
    private var manifest = ArchiveManifest()
    private var previous = ChainLink.origin

    /// - Parameters:
    ///   - level: the zstd level, 1 to 19.
    ///   - workers: the number of frames encoded in parallel.
    public init(
        _ path: String, level: Int32 = ArchiveWriter.standardLevel, workers: Int = 4,
        replaces: Bool = false
    ) throws(ArchiveError) {
        file = try OutputFile(path, replaces: replaces)
        slots = (0..<max(1, workers)).map { _ in Slot(level: level) }
        try file.write(
            ArchiveFormat.skippable(ArchiveFormat.markerMagic, ArchiveFormat.marker))
    }

    /// Writes the blocks that hold the events of a range. The first and the last block are included
    /// whole.
    ///
    /// - Parameters:
    ///   - linkBefore: the link of the block before the first one.
    ///   - complete: fills in the parts of the manifest that do not follow from the events.
    ///   - sign: returns the signature lines for the manifest's text; nil without a key.
    /// - Returns: the manifest of the finished file.
    public func write(
        _ reader: BlockReader, linkBefore: ChainLink,
        complete: (inout ArchiveManifest) throws -> Void = { _ in },
        sign: (String) throws -> String? = { _ in nil },
        progress: (SequenceNumber) -> Void = { _ in }
    ) throws -> ArchiveManifest {
        manifest.linkBefore = linkBefore
        previous = linkBefore
        slots[0].input.removeAll(linkBefore: linkBefore)
        while let block = try reader.next() {
            if !slots[used].input.takes(block.header) { try next(progress) }
            slots[used].input.append(block)
            previous = block.header.link
            manifest.earliest = min(
                manifest.earliest, Timestamp(nanoseconds: block.header.earliest))
            manifest.latest = max(manifest.latest, Timestamp(nanoseconds: block.header.latest))
        }
        if !slots[used].input.isEmpty { used += 1 }
        try drain(progress)
        guard let first = manifest.frames.first, let last = manifest.frames.last else {
            throw ArchiveError(
                .unusable, at: file.path, "the range contains no events")
        }
        (manifest.first, manifest.last, manifest.linkAfter) = (first.first, last.last, previous)
        try complete(&manifest)
        var note = manifest.text
        if let lines = try sign(note) { note += "\n\(lines)" }
        try file.write(
            ArchiveFormat.skippable(ArchiveFormat.manifestMagic, Array(note.utf8)))
        try file.write(ArchiveFormat.seekTable(manifest, note: note.utf8.count))
        try file.finish()
        return manifest
    }

    private func next(_ progress: (SequenceNumber) -> Void) throws {
        used += 1
        if used == slots.count { try drain(progress) }
        slots[used].input.removeAll(linkBefore: previous)
    }

    /// Encodes the filled frames and writes them in order.
    private func drain(_ progress: (SequenceNumber) -> Void) throws {
        DispatchQueue.concurrentPerform(iterations: used) { [slots] in slots[$0].encode() }
        for slot in slots[..<used] {
            if let failure = slot.failure {
                throw ArchiveError(
                    .damaged, at: file.path, "the block at event \(slot.input.first): \(failure)")
            }
            let bytes = slot.compressor.output.bytes
            try file.write(bytes)
            manifest.frames.append(
                ArchiveManifest.Frame(
                    first: slot.input.first, count: slot.input.count, bytes: bytes.count,
                    contentBytes: slot.encoder.output.count, digest: "\(slot.digest)"))
            progress(slot.input.head.last)
        }
        used = 0
    }
}
