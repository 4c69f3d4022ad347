import LedgerDomain
import LedgerEvents

/// Why a journal operation was rejected or failed.
///
/// After a failed commit the journal contains nothing of it and the head is unchanged. Each case
/// says what the operator or the program does about it: **retry** unchanged, **halt** trading,
/// **quarantine** the journal (keep its files, work on a copy), **refuse to start**, or **fix** the
/// faulty call.
///
/// Exit codes of a program that ends because of it:
///
/// - 2, could not run: not found, not a journal, incomplete, exists, not empty, newer format,
///   remote, not permitted, read-only, an invalid row, a submission that is too large, any other
///   code of LMDB
/// - 3, damaged: a corrupt block, a broken chain, missing events, a damaged row, LMDB's own pages, a
///   data file that is missing or empty
/// - 4, the disk: full, nearly full, map full, input/output
/// - 5, held by another process, or lost a race: conflict, fenced, lease held, already open,
///   duplicate, inbox full
public enum JournalError: Error, Equatable {
    /// Nothing exists at this path. Refuse to start; name another path or create a journal.
    case notFound(String)
    /// `create` did not make the files at this path. Refuse to start.
    case notAJournal(String, String)
    /// Its creation was interrupted; it holds no event. Create it again.
    case incomplete(String)
    /// A journal was used here, as the named file shows, but its data file is missing or empty, and with
    /// it every kill switch. Quarantine; restore a backup.
    case lost(String, String)
    /// A journal already exists. Open it or name another path.
    case alreadyExists(String)
    /// The directory holds something else, such as the named file. Name an empty or new one.
    case notEmpty(String, String)
    /// Written by a newer program. Refuse to start; upgrade.
    case newerFormat(String, found: UInt32, supported: UInt32)
    /// It is on a network file system with this name. Refuse to start; move it to a local disk.
    case remoteFileSystem(String, String)
    /// This process already has it open. Fix: share that journal.
    case alreadyOpen(String)
    /// The files' permissions or a read-only file system. Refuse to start.
    case notPermitted(String, String)
    /// A write to a journal opened for reading. Fix.
    case readOnly(String)

    /// Another writer committed first: the batch begins at `expected`, the journal continues at
    /// `found`. Halt; read what was committed, then step again.
    case conflict(expected: SequenceNumber, found: SequenceNumber)
    /// A later holder took the lease: its fencing number is `current`, ours was `held`. Halt
    /// permanently; the other process is now the sequencer.
    case fenced(held: UInt64, current: UInt64)
    /// Another process sequences this journal. Submit to its inbox, or stop it first.
    case leaseHeld(by: String)
    /// This input is already in the journal, as `sequence`. Skip it.
    case duplicate(producer: String, key: DeduplicationKey, sequence: SequenceNumber)
    /// A row that cannot be written as given. Fix.
    case invalidRow(String)
    /// More bytes than `Submission.largest`. Fix: send less or import a file.
    case submissionTooLarge(Int)
    /// This many submissions already wait. Retry when the sequencer has drained the inbox.
    case inboxFull(Int)

    /// The block that should begin at this sequence number is damaged; the events through
    /// `goodThrough` are not affected. Quarantine: restore from a copy or a follower.
    case corruptBlock(SequenceNumber, BlockError, goodThrough: SequenceNumber)
    /// The block is undamaged, but its link does not follow from its predecessor and its bytes:
    /// blocks were replaced or left out. Quarantine.
    case brokenChain(SequenceNumber, goodThrough: SequenceNumber)
    /// No block begins at `expected`; the next one begins at `found`, 0 for none. Quarantine.
    case missingEvents(expected: SequenceNumber, found: SequenceNumber)
    /// A row outside the blocks, by table and key, has a wrong checksum. Quarantine.
    case damagedRow(table: String, key: String)
    /// These events were pruned. Fix: begin later, or restore a backup.
    case pruned(through: SequenceNumber)
    /// A segment, by its path, is damaged. Quarantine; a backup or a snapshot may have it.
    case damagedSegment(String, String)
    /// LMDB's pages or the length of the file are damaged. Quarantine.
    case damaged(String, String)

    /// The disk is full; the last commit is intact. Halt; free space, then restart.
    case diskFull(String, LMDBError)
    /// Fewer bytes than the reserve are free. Halt, with `CommitRows.isHalt`; free space.
    case diskNearlyFull(free: Int, reserve: Int)
    /// The address space reserved for the journal is used up. Halt; archive.
    case mapFull(String)
    /// The device failed. Halt; reopen and verify the journal before writing again.
    case io(String, LMDBError)
    /// Any other code. Halt.
    case store(LMDBError)

    /// The error of a system call at a path.
    static func system(_ path: String, _ code: LMDBError = .lastSystemCall) -> JournalError {
        switch code {
        case .noSpace, .quota, .fileTooLarge: .diskFull(path, code)
        case .access, .notPermitted, .readOnlyFileSystem: .notPermitted(path, code.description)
        case .tooManyFiles, .tooManyFilesOfAll:
            .notPermitted(path, "\(code); raise the limit with `ulimit -n`")
        default: .io(path, code)
        }
    }

    /// See the list above.
    public var exitCode: Int32 {
        switch self {
        case .notFound, .notAJournal, .incomplete, .alreadyExists, .notEmpty, .newerFormat,
            .remoteFileSystem, .notPermitted, .readOnly, .invalidRow, .submissionTooLarge, .store,
            .pruned:
            2
        case .corruptBlock, .brokenChain, .missingEvents, .damagedRow, .damagedSegment, .damaged,
            .lost:
            3
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
        case .notFound(let path): "\(path) does not exist; name a journal or create one"
        case .notAJournal(let path, let why): "\(path) is not a journal: \(why)"
        case .incomplete(let path):
            "\(path): the journal's creation was interrupted and it holds no event; create it again"
        case .lost(let path, let trace):
            "\(path) held a journal (\(trace) is still there), but its data.mdb is missing or empty; "
                + "keep the files: move the folder away, then restore a backup with `ledger restore`"
        case .alreadyExists(let path):
            "\(path) is already a journal; open it or name another directory"
        case .notEmpty(let path, let name):
            "\(path) contains \(name), which is not part of a journal; name an empty or new directory"
        case .newerFormat(let path, let found, let supported):
            "\(path) has journal format \(found), but this program reads up to \(supported); upgrade it"
        case .remoteFileSystem(let path, let name):
            "\(path) is on \(name), whose locks and maps do not work across machines; "
                + "move the journal to a local disk"
        case .alreadyOpen(let path): "\(path) is already open in this process; share that journal"
        case .notPermitted(let path, let why): "\(path) cannot be opened: \(why)"
        case .readOnly(let path): "\(path) is open for reading only"
        default: "the journal failed"
        }
    }

    private var refusal: String {
        switch self {
        case .conflict(let expected, let found):
            "another writer was first: this batch begins at event \(expected), the journal continues "
                + "at \(found); read what was committed and decide again"
        case .fenced(let held, let current):
            "another process took the lease: its fencing number is \(current), ours was \(held); "
                + "stop this process"
        case .leaseHeld(let holder):
            "the journal is being sequenced by \(holder); submit to its inbox or stop it first"
        case .duplicate(let producer, let key, let sequence):
            "input \(key) of \(producer) is already event \(sequence); skip it"
        case .pruned(let last):
            "events 1 to \(last) were pruned: begin at \(last.next), or restore a backup that has them"
        case .invalidRow(let why): "a row of the commit is invalid: \(why)"
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
            "the block at event \(sequence) is damaged: \(error); intact through \(good); "
                + "keep the files and restore from a copy"
        case .brokenChain(let sequence, let good):
            "the block at event \(sequence) does not continue the chain: a block was replaced or "
                + "left out; intact through \(good); keep the files and restore from a copy"
        case .missingEvents(let expected, let found):
            "events are missing: expected \(expected) next, "
                + (found == .none ? "nothing does" : "\(found) does")
                + "; keep the files and restore from a copy"
        case .damagedRow(let table, let key):
            "the row \(key) of table \(table) is damaged; keep the files and restore from a copy"
        case .damagedSegment(let path, let why):
            "\(path): \(why); keep the file and restore the segment from a backup"
        case .damaged(let path, let why):
            "\(path) is damaged: \(why); keep the files and restore from a copy"
        default: "the journal failed"
        }
    }

    private var failure: String {
        switch self {
        case .diskFull(let path, .fileTooLarge):
            "\(path): the limit of file sizes is reached; the last commit is intact; raise it with "
                + "`ulimit -f` and restart"
        case .diskFull(let path, let code):
            "\(path): the disk is full (\(code)); the last commit is intact; free space and restart"
        case .diskNearlyFull(let free, let reserve):
            "the disk has \(free) bytes left, fewer than the reserve of \(reserve); free space"
        case .mapFull(let path): "\(path): the journal has outgrown its address space; archive it"
        case .io(let path, let code):
            "\(path): the device failed (\(code)); the last commit is intact; reopen and verify"
        case .store(let code): "LMDB failed: \(code)"
        default: "the journal failed"
        }
    }
}
