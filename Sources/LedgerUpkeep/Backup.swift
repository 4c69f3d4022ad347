import Glibc
import LedgerArchive
import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerReading

/// Backups of a journal: consecutive snapshots in a directory. A backup can be made while the
/// journal is written; each one holds what is new since the last.
public struct Backup {
    public let path: String

    public init(_ path: String) { self.path = path }

    public struct Part: Sendable {
        public let reader: ArchiveReader
        public var manifest: ArchiveManifest { reader.manifest }
    }

    /// The parts, in order.
    ///
    /// - Throws: `ArchiveError` for a damaged part, a gap between parts, or parts of different
    ///   journals.
    public func parts() throws -> [Part] {
        var parts: [Part] = []
        for file in try files() { parts.append(Part(reader: try ArchiveReader(file))) }
        parts.sort { $0.manifest.first < $1.manifest.first }
        var (next, link) = (SequenceNumber.first, ChainLink.origin)
        for part in parts {
            guard part.manifest.first == next, part.manifest.linkBefore == link else {
                throw ArchiveError(
                    .damaged, at: part.reader.path,
                    "it starts at event \(part.manifest.first) and does not continue the earlier "
                        + "parts, which end at \(next.number - 1)")
            }
            (next, link) = (part.manifest.last.next, part.manifest.linkAfter)
        }
        return parts
    }

    private func files() throws(ArchiveError) -> [String] {
        try Folder.names(path).filter { $0.hasSuffix(".ledger.zst") }.map { "\(path)/\($0)" }
    }

    /// Writes what is new since the last part and reads it back.
    ///
    /// - Returns: nil if there is nothing new.
    /// - Throws: `ArchiveError`, also if the journal is not the one that was backed up: then its
    ///   chain at the end of the last part differs.
    public func make(_ journal: any Journal, name: String) throws -> ArchiveManifest? {
        JournalHome.makeParents(of: "\(path)/x")
        let last = try parts().last
        let head = try journal.head
        if let last {
            guard head.lastSequence >= last.manifest.last,
                try journal.link(before: last.manifest.last.next) == last.manifest.linkAfter
            else {
                throw ArchiveError(
                    .damaged, at: path,
                    "its history differs from the journal up to event \(last.manifest.last)")
            }
            if head.lastSequence == last.manifest.last { return nil }
        }
        let first = last?.manifest.last.next ?? .first
        let digits = "\(first)"
        let zeros = String(repeating: "0", count: max(0, 20 - digits.count))
        let file = "\(path)/\(name)-\(zeros)\(digits).ledger.zst"
        let manifest = try ArchiveFiles.export(journal, from: first, to: file)
        try ArchiveReader(file).forEachFrame { _ in }
        return manifest
    }

    /// Creates a journal from all parts, or finishes one that was begun.
    public func restore(
        to directory: String, progress: (SequenceNumber) -> Void = { _ in }
    ) throws -> Head {
        let parts = try parts()
        guard let last = parts.last else { throw InputError("\(path) contains no backup") }
        if JournalHome.isJournal(directory) {
            throw InputError("\(directory) is already a journal; choose another name")
        }
        let partial = directory + ".restored"
        var head = Head.empty
        for part in parts {
            head = try ArchiveFiles.restore(part.reader, to: partial, progress: progress)
        }
        guard head.lastSequence == last.manifest.last, head.link == last.manifest.linkAfter else {
            throw ArchiveError(
                .damaged, at: path, "the restored journal ends at event \(head.lastSequence)")
        }
        JournalHome.makeParents(of: directory)
        guard rename(partial, directory) == 0 else {
            throw ArchiveError(.unusable, at: directory, String(cString: strerror(errno)))
        }
        return head
    }
}
