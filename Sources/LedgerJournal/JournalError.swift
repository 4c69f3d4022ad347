import LedgerDomain
import LedgerEvents

/// Why the journal refused or failed.
///
/// After every error of a commit nothing of it is in the journal and the head is unchanged. What an
/// operator, or the program for him, does about each is said at the case: **retry** as it is,
/// **halt** trading, **quarantine** the journal (keep its files, work on a copy), **refuse to
/// start**, or **mend** the call, which is at fault.
///
/// Exit codes of a program that ends because of it:
///
/// - 2, could not run: not found, no journal, incomplete, exists, not empty, newer format, remote,
///   not permitted, read-only, a row that is not valid, a submission too large, any other code of
///   LMDB
/// - 3, damaged: a corrupt block, a broken chain, missing events, a damaged row, LMDB's own pages
/// - 4, the disk: full, nearly full, map full, input/output
/// - 5, held by another, or lost a race: conflict, fenced, lease held, open already, duplicate,
///   inbox full
public enum JournalError: Error, Equatable {
    /// Nothing at this path. Refuse to start; name another or create it.
    case notFound(String)
    /// What is at this path was not made by `create`. Refuse to start.
    case notAJournal(String, String)
    /// Its creation was interrupted; it holds no event. Create it again.
    case incomplete(String)
    /// There is a journal already. Open it or name another path.
    case alreadyExists(String)
    /// The directory holds something else, such as the named file. Name an empty or a new one.
    case notEmpty(String, String)
    /// Written by a newer program. Refuse to start; upgrade.
    case newerFormat(String, found: UInt32, supported: UInt32)
    /// On a network file system, by its name. Refuse to start; move it to a local disk.
    case remoteFileSystem(String, String)
    /// This process has it open. Mend: share the one journal.
    case alreadyOpen(String)
    /// The files' permissions or a read-only file system. Refuse to start.
    case notPermitted(String, String)
    /// A write to a journal opened for reading. Mend.
    case readOnly(String)

    /// Another writer committed first: the batch begins at `expected`, the journal goes on at
    /// `found`. Halt; read what was committed, then step anew.
    case conflict(expected: SequenceNumber, found: SequenceNumber)
    /// A later holder took the lease: its fencing number is `current`, ours was `held`. Halt for
    /// good; the other one is the sequencer now.
    case fenced(held: UInt64, current: UInt64)
    /// Another process sequences this journal. Submit to its inbox, or stop it first.
    case leaseHeld(by: String)
    /// This input is in the journal, as `sequence`. Skip it.
    case duplicate(producer: String, key: DeduplicationKey, sequence: SequenceNumber)
    /// A row that cannot be written as given. Mend.
    case invalidRow(String)
    /// More bytes than `Submission.largest`. Mend: send less or import a file.
    case submissionTooLarge(Int)
    /// So many submissions wait already. Retry when the sequencer has drained the inbox.
    case inboxFull(Int)

    /// The block that should begin at this sequence is not what was written; the events through
    /// `goodThrough` are not affected. Quarantine: restore from a copy or a follower.
    case corruptBlock(SequenceNumber, BlockError, goodThrough: SequenceNumber)
    /// The block's bytes are whole, its link is not that of its predecessor and its bytes: blocks
    /// were replaced or left out. Quarantine.
    case brokenChain(SequenceNumber, goodThrough: SequenceNumber)
    /// No block where `expected` should be; the next one begins at `found`, none at 0. Quarantine.
    case missingEvents(expected: SequenceNumber, found: SequenceNumber)
    /// A row beside the blocks, by table and key, whose checksum is wrong. Quarantine.
    case damagedRow(table: String, key: String)
    /// These events were pruned. Mend: begin later, or restore a backup.
    case pruned(through: SequenceNumber)
    /// A segment, by its path. Quarantine; a backup or a snapshot may have it.
    case damagedSegment(String, String)
    /// LMDB's own pages or the file's length. Quarantine.
    case damaged(String, String)

    /// The last commit stands. Halt; free space, then restart.
    case diskFull(String, LMDBError)
    /// Less than the reserve is free, in bytes. Halt, with `CommitRows.isHalt`; free space.
    case diskNearlyFull(free: Int, reserve: Int)
    /// The address space reserved for the journal is used up. Halt; archive.
    case mapFull(String)
    /// The device failed. Halt; the journal must be reopened, and verified, before it is written
    /// again.
    case io(String, LMDBError)
    /// Any other code. Halt.
    case store(LMDBError)

    /// See the list above.
    public var exitCode: Int32 {
        switch self {
        case .notFound, .notAJournal, .incomplete, .alreadyExists, .notEmpty, .newerFormat,
            .remoteFileSystem, .notPermitted, .readOnly, .invalidRow, .submissionTooLarge, .store,
            .pruned:
            2
        case .corruptBlock, .brokenChain, .missingEvents, .damagedRow, .damagedSegment, .damaged: 3
        case .diskFull, .diskNearlyFull, .mapFull, .io: 4
        case .conflict, .fenced, .leaseHeld, .alreadyOpen, .duplicate, .inboxFull: 5
        }
    }
}

extension JournalError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .conflict, .fenced, .leaseHeld, .duplicate, .invalidRow, .submissionTooLarge,
            .inboxFull, .pruned:
            refusal
        case .corruptBlock, .brokenChain, .missingEvents, .damagedRow, .damagedSegment, .damaged:
            damage
        case .diskFull, .diskNearlyFull, .mapFull, .io, .store: failure
        default: opening
        }
    }

    private var opening: String {
        switch self {
        case .notFound(let path): "\(path): there is nothing; name a journal or create one"
        case .notAJournal(let path, let why): "\(path) is not a journal: \(why)"
        case .incomplete(let path):
            "\(path): the journal's creation was interrupted and it holds no event; create it again"
        case .alreadyExists(let path):
            "\(path) is a journal already; open it or name another directory"
        case .notEmpty(let path, let name):
            "\(path) holds \(name), which is no part of a journal; name an empty or a new directory"
        case .newerFormat(let path, let found, let supported):
            "\(path) has journal format \(found), this program reads up to \(supported); upgrade it"
        case .remoteFileSystem(let path, let name):
            "\(path) lies on \(name), whose locks and maps do not hold between machines; "
                + "move the journal to a local disk"
        case .alreadyOpen(let path): "\(path) is open in this process already; share that journal"
        case .notPermitted(let path, let why): "\(path) may not be opened: \(why)"
        case .readOnly(let path): "\(path) is open for reading only"
        default: "the journal failed"
        }
    }

    private var refusal: String {
        switch self {
        case .conflict(let expected, let found):
            "another writer was first: this batch begins at event \(expected), the journal goes on "
                + "at \(found); read what was committed and decide anew"
        case .fenced(let held, let current):
            "the lease went to another: its fencing number is \(current), this one's was \(held); "
                + "stop this process"
        case .leaseHeld(let holder):
            "the journal is being sequenced by \(holder); submit to its inbox or stop it first"
        case .duplicate(let producer, let key, let sequence):
            "input \(key) of \(producer) is event \(sequence) already; skip it"
        case .pruned(let last):
            "events 1 to \(last) were pruned: begin at \(last.next), or restore a backup that has them"
        case .invalidRow(let why): "a row of the commit is not valid: \(why)"
        case .submissionTooLarge(let size):
            "a submission of \(size) bytes is larger than \(Submission.largest)"
        case .inboxFull(let count):
            "\(count) submissions wait in the inbox; is the sequencer running? Try again later"
        default: "the journal failed"
        }
    }

    private var damage: String {
        switch self {
        case .corruptBlock(let sequence, let error, let good):
            "the block at event \(sequence) is damaged: \(error); good through \(good); "
                + "keep the files and restore from a copy"
        case .brokenChain(let sequence, let good):
            "the block at event \(sequence) does not continue the chain: a block was replaced or "
                + "left out; good through \(good); keep the files and restore from a copy"
        case .missingEvents(let expected, let found):
            "events are missing: \(expected) should follow, "
                + (found == .none ? "nothing does" : "\(found) does")
                + "; keep the files and restore from a copy"
        case .damagedRow(let table, let key):
            "the row \(key) of table \(table) is damaged; keep the files and restore from a copy"
        case .damagedSegment(let path, let why):
            "\(path): \(why); keep the file and bring the segment back from a backup"
        case .damaged(let path, let why):
            "\(path) is damaged: \(why); keep the files and restore from a copy"
        default: "the journal failed"
        }
    }

    private var failure: String {
        switch self {
        case .diskFull(let path, let code):
            "\(path): the disk is full (\(code)); the last commit stands; free space and restart"
        case .diskNearlyFull(let free, let reserve):
            "the disk has \(free) bytes left, fewer than the reserve of \(reserve); free space"
        case .mapFull(let path): "\(path): the journal has outgrown its address space; archive it"
        case .io(let path, let code):
            "\(path): the device failed (\(code)); the last commit stands; reopen and verify"
        case .store(let code): "LMDB failed: \(code)"
        default: "the journal failed"
        }
    }
}
