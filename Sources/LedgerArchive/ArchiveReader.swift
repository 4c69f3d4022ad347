import Dispatch
import Glibc
import LedgerDomain
import LedgerEvents

/// A snapshot file. Its manifest is checked against the file's size and seek table; frames are
/// checked when they are read. Memory is bounded by one frame, however large the file claims to be.
// Sendable unchecked: immutable after initialisation.
public final class ArchiveReader: @unchecked Sendable {
    public let path: String
    public let manifest: ArchiveManifest
    /// The manifest as signed, and its signature lines; empty if unsigned.
    public let note: (text: String, signatures: String)
    /// The size of the whole file.
    public let size: Int
    private let descriptor: Int32
    private let offsets: [Int]

    public init(_ path: String) throws(ArchiveError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw OutputFile.failure(path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw ArchiveError(.unusable, at: path, "is not a file")
        }
        do throws(FrameError) {
            size = Int(status.st_size)
            let parts = try Self.parts(descriptor, size)
            note = parts.note
            manifest = try ArchiveManifest(text: parts.note.text)
            let noteSize =
                parts.note.text.utf8.count
                + (note.signatures.isEmpty ? 0 : 1 + note.signatures.utf8.count)
            guard ArchiveFormat.seekTable(manifest, note: noteSize) == parts.table else {
                throw FrameError("its seek table does not match its manifest")
            }
            var at = ArchiveFormat.frameHead + ArchiveFormat.marker.count
            var starts: [Int] = []
            for frame in manifest.frames {
                starts.append(at)
                at += frame.bytes
            }
            guard at == parts.noteStart else {
                throw FrameError("its frames do not match its manifest")
            }
            offsets = starts
        } catch {
            close(descriptor)
            throw ArchiveError(.damaged, at: path, error.problem)
        }
    }

    deinit { close(descriptor) }

    // MARK: The file's parts

    private struct Parts {
        var note: (text: String, signatures: String)
        var noteStart: Int
        var table: [UInt8]
    }

    private static func parts(_ file: Int32, _ size: Int) throws(FrameError) -> Parts {
        let marker = ArchiveFormat.skippable(ArchiveFormat.markerMagic, ArchiveFormat.marker)
        let footer = ArchiveFormat.footerSize
        guard size >= marker.count + ArchiveFormat.frameHead + footer,
            try read(file, at: 0, count: marker.count) == marker
        else { throw FrameError("it is not a ledger snapshot, or it is truncated") }
        let foot = try read(file, at: size - footer, count: footer)
        let frames = Int(number(foot, 0))
        guard number(foot, 5) == ArchiveFormat.footerMagic, foot[4] == 0 else {
            throw FrameError("its end is not that of a snapshot: it is truncated or damaged")
        }
        let length = ArchiveFormat.frameHead + frames * ArchiveFormat.entrySize + footer
        guard frames >= 3, frames < 1 << 26, length <= size - marker.count else {
            throw FrameError("its seek table claims \(frames) frames")
        }
        let table = try read(file, at: size - length, count: length)
        let entry = ArchiveFormat.frameHead + (frames - 1) * ArchiveFormat.entrySize
        let noteSize = Int(number(table, entry)) - ArchiveFormat.frameHead
        let noteStart = size - length - noteSize - ArchiveFormat.frameHead
        guard noteSize > 0, noteSize <= ArchiveFormat.mostManifest, noteStart >= marker.count
        else { throw FrameError("its seek table claims a manifest of \(noteSize) bytes") }
        let bytes = try read(file, at: noteStart, count: noteSize + ArchiveFormat.frameHead)
        guard number(bytes, 0) == ArchiveFormat.manifestMagic, Int(number(bytes, 4)) == noteSize
        else { throw FrameError("its manifest is damaged") }
        let content = Array(bytes[ArchiveFormat.frameHead...])
        guard let whole = String(validating: content, as: UTF8.self) else {
            throw FrameError("its manifest is not text")
        }
        return Parts(note: try split(whole), noteStart: noteStart, table: table)
    }

    /// Splits a note into its text and its signatures, which an empty line separates.
    private static func split(
        _ note: String
    ) throws(FrameError) -> (text: String, signatures: String) {
        let lines = note.split(separator: "\n", omittingEmptySubsequences: false)
        guard let border = lines.firstIndex(of: "") else {
            throw FrameError("its manifest is not terminated")
        }
        let text = lines[..<border].joined(separator: "\n") + "\n"
        let rest = lines[(border + 1)...].joined(separator: "\n")
        guard border < lines.count - 1 else { return (text, "") }
        guard !rest.isEmpty else { throw FrameError("its manifest ends in an empty line") }
        return (text, rest)
    }

    private static func number(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << (8 * $1) }
    }

    private static func read(_ file: Int32, at offset: Int, count: Int) throws(FrameError)
        -> [UInt8]
    {
        let buffer = ByteBuffer(capacity: count)
        try read(file, at: offset, count: count, into: buffer)
        return Array(buffer.bytes)
    }

    private static func read(
        _ file: Int32, at offset: Int, count: Int, into buffer: ByteBuffer
    ) throws(FrameError) {
        buffer.removeAll()
        let target = buffer.extend(count)
        var done = 0
        while done < count {
            let got = pread(file, target + done, count - done, off_t(offset + done))
            if got < 0, errno == EINTR { continue }
            guard got > 0 else {
                throw FrameError(got == 0 ? "it is truncated" : String(cString: strerror(errno)))
            }
            done += got
        }
    }

    // MARK: Frames

    /// The work of one thread: from a frame in the file to blocks.
    // Sendable unchecked: used by one thread at a time.
    public final class Worker: @unchecked Sendable {
        let stored = ByteBuffer(capacity: 1 << 20)
        let unpacked = ZstdDecompressor()
        let decoder = FrameDecoder()
        let blocks = FrameBlocks()

        public init() {}

        public var count: Int { blocks.places.count }
        /// The blocks of the last frame read; valid until the next frame is read.
        public func block(_ index: Int) -> UnsafeRawBufferPointer { blocks.block(index) }
        public func first(_ index: Int) -> SequenceNumber { blocks.places[index].first }
    }

    /// Checks the signature of the manifest.
    ///
    /// - Throws: `ArchiveError.damaged` if it is missing, wrong or of another key.
    public func verify(signedBy key: VerifierKey) throws(ArchiveError) {
        guard !note.signatures.isEmpty else {
            throw ArchiveError(.damaged, at: path, "it is not signed")
        }
        do throws(ArchiveError) {
            try key.verify(SignedNote(note.text + "\n" + note.signatures))
        } catch { throw ArchiveError(.damaged, at: path, error.problem) }
    }

    /// Reads a frame and checks everything about it: its digest, zstd's checksum, columns, records
    /// and chain.
    public func read(_ index: Int, _ worker: Worker) throws(ArchiveError) {
        let frame = manifest.frames[index]
        if let withheld = manifest.withheld {
            throw ArchiveError(
                .unusable, at: path,
                "it is redacted (without \(withheld)): its chain cannot be rebuilt")
        }
        do throws(FrameError) {
            try unpack(index, worker)
            try worker.decoder.decode(worker.unpacked.output.bytes)
            let head = worker.decoder.head
            guard head.first == frame.first, head.count == frame.count else {
                throw FrameError("it holds events \(head.first) to \(head.last)")
            }
            try worker.blocks.build(worker.decoder)
        } catch { throw located(error, frame) }
    }

    func located(_ error: FrameError, _ frame: ArchiveManifest.Frame) -> ArchiveError {
        ArchiveError(
            .damaged, at: path,
            "the frame of events \(frame.first) to \(frame.last): " + error.problem)
    }

    /// Reads a frame's content and checks its digests.
    func unpack(_ index: Int, _ worker: Worker) throws(FrameError) {
        let frame = manifest.frames[index]
        try Self.read(descriptor, at: offsets[index], count: frame.bytes, into: worker.stored)
        let digest = Digest.sha256(worker.stored.bytes)
        guard "\(digest)" == frame.digest else {
            throw FrameError("its digest is \(digest), but its manifest says \(frame.digest)")
        }
        try worker.unpacked.decompress(worker.stored.bytes, atMost: frame.contentBytes)
        guard worker.unpacked.output.count == frame.contentBytes else {
            throw FrameError("it unpacks to \(worker.unpacked.output.count) bytes")
        }
    }

    /// Reads all frames in parallel, returns them in order and checks that their chain matches the
    /// manifest.
    public func forEachFrame(workers: Int = 4, _ body: (Worker) throws -> Void) throws {
        let team = (0..<max(1, workers)).map { _ in Worker() }
        var link = manifest.linkBefore
        for start in stride(from: 0, to: manifest.frames.count, by: team.count) {
            let count = min(team.count, manifest.frames.count - start)
            let failures = Failures(count)
            DispatchQueue.concurrentPerform(iterations: count) { index in
                do throws(ArchiveError) { try self.read(start + index, team[index]) } catch {
                    failures.set(error, index)
                }
            }
            for index in 0..<count {
                if let failure = failures[index] { throw failure }
                guard let head = team[index].blocks.head, head.linkBefore == link else {
                    throw ArchiveError(
                        .damaged, at: path,
                        "the frame at event \(manifest.frames[start + index].first) does not "
                            + "continue the chain")
                }
                link = head.linkAfter
                try body(team[index])
            }
        }
        guard link == manifest.linkAfter else {
            throw ArchiveError(.damaged, at: path, "its chain ends in \(link)")
        }
    }

    // Sendable unchecked: each index is set by one thread; all are read afterwards.
    private final class Failures: @unchecked Sendable {
        private let list: UnsafeMutablePointer<ArchiveError?>
        private let count: Int

        init(_ count: Int) {
            self.count = count
            list = .allocate(capacity: count)
            list.initialize(repeating: nil, count: count)
        }

        deinit {
            list.deinitialize(count: count)
            list.deallocate()
        }

        func set(_ error: ArchiveError, _ index: Int) { list[index] = error }
        subscript(_ index: Int) -> ArchiveError? { list[index] }
    }
}
