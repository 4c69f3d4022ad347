import Glibc
import LedgerArchive
import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerReading
import LedgerRunning

/// Converts journals to snapshot files and back.
public enum ArchiveFiles {
    /// Writes the events of a range, widened to whole blocks.
    ///
    /// - Throws: `ArchiveError`, `JournalError`; then there is no file at `path`.
    ///
    /// - Parameters:
    ///   - tree: returns the Merkle root of the events up to one, for the manifest.
    ///   - key: signs the manifest.
    public static func export(
        _ journal: any Journal, from: SequenceNumber? = nil, through: SequenceNumber? = nil,
        to path: String, level: Int32 = ArchiveWriter.standardLevel, tree: TreeSealer? = nil,
        key: SigningKey? = nil, progress: (SequenceNumber) -> Void = { _ in }
    ) throws -> ArchiveManifest {
        let head = try journal.head.lastSequence
        guard head != .none else { throw InputError("the journal has no events") }
        let last = through ?? head
        let from = try from ?? journal.beginning
        guard from <= last, last <= head else {
            throw InputError(
                "the journal ends at event \(head), so it does not have events \(from) to \(last)")
        }
        let writer = try ArchiveWriter(path, level: level)
        // The range starts with the block that holds its first event.
        var first = from
        if let block = try journal.reader(from: from, through: from).next() {
            first = block.header.firstSequence
        }
        let name = try name(of: journal)
        return try writer.write(
            journal.reader(from: first, through: last),
            linkBefore: journal.link(before: first),
            complete: { manifest in
                manifest.journal = name
                manifest.build = Build.identity
                if let tree {
                    manifest.tree = ArchiveManifest.Tree(
                        size: manifest.last.number, root: try tree.root(of: manifest.last.number))
                }
            }, sign: { try signatures($0, key) }, progress: progress)
    }

    /// Writes events 1 to `last` without those of some types and of all accounts but one. The
    /// remaining events can be proved.
    ///
    /// - Parameter tree: the journal's tree, whose secret yields the salts.
    public static func exportRedacted(
        _ journal: any Journal, through last: SequenceNumber, to path: String,
        types: [EventType], account: (id: AccountID, name: String)?, tree: TreeSealer,
        secret: JournalSecret, key: SigningKey?
    ) throws -> ArchiveManifest {
        var what = types.isEmpty ? [] : ["types \(types.map(\.name).joined(separator: ","))"]
        if let account { what.append("accounts other than \(account.name)") }
        let name = try name(of: journal)
        return try RedactedArchive.write(
            journal, secret: secret, through: last, root: tree.root(of: last.number), to: path,
            withholding: what.joined(separator: ", "),
            { record in
                if let type = record.type, types.contains(type) { return true }
                guard let account, record.account != .none else { return false }
                return record.account != account.id
            },
            complete: { manifest in
                manifest.journal = name
                manifest.build = Build.identity
            }, sign: { try signatures($0, key) })
    }

    /// The lines of a note after its text.
    private static func signatures(_ text: String, _ key: SigningKey?) throws -> String? {
        guard let key else { return nil }
        return String(try key.sign(text).encoded.dropFirst(text.count + 1))
    }

    private static func name(of journal: any Journal) throws -> String {
        let name = try JournalIdentity(journal)?.name ?? ""
        // A line of the manifest.
        return String(String.UnicodeScalarView(name.unicodeScalars.filter { $0.value >= 32 }))
    }

    /// Creates a journal from a snapshot that starts with event 1, or continues a journal that ends
    /// where the snapshot starts: byte for byte, with the same chain, and with the rows that let
    /// the journal refuse an order a second time. A new journal gets its name when it is complete;
    /// an interrupted one is finished.
    ///
    /// - Returns: the journal's head, which equals the snapshot's.
    public static func restore(
        _ snapshot: ArchiveReader, to directory: String,
        progress: (SequenceNumber) -> Void = { _ in }
    ) throws -> Head {
        if JournalHome.isJournal(directory) {
            return try load(
                snapshot, into: SealedJournal.open(directory: directory, durability: .bulk),
                progress)
        }
        guard snapshot.manifest.first == .first else {
            throw InputError(
                "\(snapshot.path) starts at event \(snapshot.manifest.first); "
                    + "import the snapshot before it first")
        }
        let partial = directory + ".partial"
        JournalHome.makeParents(of: directory)
        let head = try load(snapshot, into: journal(partial), progress)
        // The remains of an interrupted creation, which hold nothing.
        if JournalHome.isJournal(directory) { try JournalHome.remove(directory) }
        guard rename(partial, directory) == 0 else {
            throw InputError("\(directory): \(String(cString: strerror(errno)))")
        }
        return head
    }

    private static func journal(_ path: String) throws -> LMDBJournal {
        if JournalHome.isJournal(path) {
            var refusal: JournalError?
            do throws(JournalError) {
                return try SealedJournal.open(directory: path, durability: .bulk)
            } catch { refusal = error }
            if let refusal, case .incomplete = refusal {} else if let refusal { throw refusal }
        }
        return try LMDBJournal.create(directory: path, durability: .bulk)
    }

    private static func load(
        _ snapshot: ArchiveReader, into journal: LMDBJournal,
        _ progress: (SequenceNumber) -> Void
    ) throws -> Head {
        let lease = try journal.acquireLease(holder: "import")
        defer { try? journal.release(lease) }
        let head = try journal.head
        if head.lastSequence > snapshot.manifest.last,
            try journal.link(before: snapshot.manifest.last.next) == snapshot.manifest.linkAfter
        {
            return head
        }
        guard head.lastSequence.next >= snapshot.manifest.first,
            head.lastSequence <= snapshot.manifest.last
        else {
            throw InputError(
                "\(snapshot.path) holds events \(snapshot.manifest.first) to "
                    + "\(snapshot.manifest.last), and the journal ends at \(head.lastSequence): "
                    + "the snapshot does not continue it")
        }
        try snapshot.forEachFrame { frame in
            var blocks: [UnsafeRawBufferPointer] = []
            for index in 0..<frame.count {
                let bytes = frame.block(index)
                let header = try BlockHeader(bytes)
                let last = SequenceNumber(header.nextSequence.number - 1)
                if last > head.lastSequence {
                    blocks.append(bytes)
                } else if last == head.lastSequence, header.link != head.link {
                    throw InputError(
                        "\(snapshot.path) and the journal have different events up to event \(last)"
                    )
                }
            }
            try adopt(blocks, journal)
            progress(try journal.head.lastSequence)
        }
        try journal.flush()
        return try journal.head
    }

    private static func adopt(
        _ blocks: [UnsafeRawBufferPointer], _ journal: LMDBJournal
    ) throws {
        let rows = try intents(blocks)
        var refusal: JournalError?
        do throws(JournalError) {
            try journal.adopt(blocks, CommitRows(deduplication: rows))
        } catch { refusal = error }
        guard let refusal else { return }
        guard case .duplicate = refusal else { throw refusal }
        // A journal from before intents were kept once may have one twice.
        var kept: [DeduplicationRow] = []
        for row in rows where !kept.contains(where: { $0.key == row.key }) {
            let known = try journal.deduplicated(producer: row.producer, key: row.key)
            if known == nil { kept.append(row) }
        }
        try journal.adopt(blocks, CommitRows(deduplication: kept))
    }

    /// The first event in which two snapshots differ, in words; nil if they agree wherever both
    /// have events.
    public static func difference(_ a: ArchiveReader, from b: ArchiveReader) throws -> String? {
        let first = max(a.manifest.first, b.manifest.first)
        let last = min(a.manifest.last, b.manifest.last)
        guard first <= last else { return "they have no events in common" }
        var (one, other) = (ArchiveCursor(a, from: first), ArchiveCursor(b, from: first))
        var lines = JSONLineWriter()
        while let record = try one.next(), record.sequence <= last {
            guard let twin = try other.next() else { break }
            if record.bytes.elementsEqual(twin.bytes) { continue }
            var (text, theirs): ([UInt8], [UInt8]) = ([], [])
            try lines.append(record, to: &text)
            try lines.append(twin, to: &theirs)
            return "they first differ at event \(record.sequence):\n< "
                + String(decoding: text, as: UTF8.self) + "> "
                + String(decoding: theirs.dropLast(), as: UTF8.self)
        }
        return nil
    }

    private static func intents(_ blocks: [UnsafeRawBufferPointer]) throws -> [DeduplicationRow] {
        var rows: [DeduplicationRow] = []
        for bytes in blocks {
            let header = try BlockHeader(bytes)
            guard EventFilter([.orderIntended]).mayMatch(header) else { continue }
            var records = try Block(bytes).records()
            while let record = try records.next() {
                guard record.type == .orderIntended else { continue }
                rows.append(
                    DeduplicationRow(
                        producer: "intent", key: .intent(try OrderIntended(record).intent),
                        sequence: record.sequence))
            }
        }
        return rows
    }
}
