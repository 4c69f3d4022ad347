// usage: JournalHelper append DIR | lease DIR | pin DIR | wait DIR AFTER | sequence DIR | create DIR
//        | read DIR | change DIR | pages DIR
// The other process of the journal's tests. Says what it did on standard output, a line each.
import Glibc
import LedgerDomain
import LedgerEvents
import LedgerJournal

func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = bytes.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
}

/// Appends commits of one to 400 events until it is killed, and says the head after each.
func appendForever(_ path: String) throws {
    let journal = try LMDBJournal.open(directory: path)
    var batch = Batch(next: try journal.head.lastSequence.next)
    var size = 1
    while true {
        for _ in 0..<size {
            let time = Timestamp(nanoseconds: Int64(batch.nextSequence.number))
            try batch.append(
                Trade(
                    instrument: InstrumentID(1), aggressor: .buy, price: Price(raw: 1),
                    size: Quantity(raw: 1), tradeId: batch.nextSequence.number),
                Envelope(time: time))
        }
        try journal.append(&batch)
        batch.removeAll(next: batch.nextSequence)
        say("\(try journal.head.lastSequence)")
        size = size * 7 % 401
    }
}

/// Holds the lease until standard input ends.
func holdLease(_ path: String) throws {
    let journal = try LMDBJournal.open(directory: path)
    let lease = try journal.acquireLease(holder: "helper")
    say("\(lease.fencing)")
    while readLine() != nil {}
    try journal.release(lease)
}

/// Holds a snapshot until it is killed.
func pin(_ path: String) throws {
    let journal = try LMDBJournal.open(directory: path)
    var batch = Batch(next: try journal.head.lastSequence.next)
    try batch.append(ClockTicked(), Envelope(time: .zero))
    try journal.append(&batch)
    let reader = try journal.reader(from: .first)
    if try reader.next() != nil { say("pinned") }
    while readLine() != nil {}
    reader.release()
}

func waitForEvent(_ path: String, after sequence: SequenceNumber) throws {
    let journal = try LMDBJournal.open(directory: path, mode: .readOnly)
    say("waiting")
    while try !journal.waitForEvents(after: sequence, timeout: .second) {}
    say("\(try journal.head.lastSequence)")
}

/// Makes an event of each submission, refuses those of "stranger", ends after "stop".
func sequence(_ path: String) throws {
    let journal = try LMDBJournal.open(directory: path)
    let lease = try journal.acquireLease(holder: "helper")
    var isStopped = false
    while !isStopped {
        guard try journal.waitForSubmissions(timeout: .second) else { continue }
        var batch = Batch(next: try journal.head.lastSequence.next)
        var rows = CommitRows()
        for submission in try journal.pendingSubmissions(limit: 100) {
            let receipt: Receipt
            if submission.submitter == "stranger" {
                receipt = .refused("unknown submitter")
            } else {
                receipt = .event(try batch.append(ClockTicked(), Envelope(time: .zero)))
            }
            rows.consumedInbox.append(.init(ticket: submission.ticket, receipt: receipt))
            if submission.bytes == Array("stop".utf8) { isStopped = true }
        }
        try journal.append(&batch, rows)
    }
    try journal.release(lease)
}

/// Reads every event and every row that a reader meets.
func readAll(_ path: String) throws {
    let journal = try LMDBJournal.open(directory: path, mode: .readOnly)
    var events = 0
    for direction in [ReadDirection.forward, .backward] {
        let from = direction == .forward ? SequenceNumber.first : try journal.head.lastSequence
        let reader = try journal.reader(from: from, direction: direction)
        while let block = try reader.next() { events += Int(block.header.count) }
    }
    _ = try journal.checkpoint(name: "fold", atOrBefore: SequenceNumber(.max))
    _ = try journal.pendingSubmissions(limit: 1000)
    say("\(events)")
}

/// Reads, appends and removes, as a program that trades does.
func change(_ path: String) throws {
    let journal = try LMDBJournal.open(directory: path)
    for _ in 0..<20 {
        let head = try journal.head.lastSequence
        var batch = Batch(next: head.next)
        try batch.append(ClockTicked(), Envelope(time: Timestamp(nanoseconds: .max)))
        try journal.append(&batch)
        try journal.storeCheckpoint(
            StateCheckpoint(
                name: "fold", version: 1, sequence: head.next,
                bytes: [UInt8](repeating: 1, count: 9000)))
        try journal.removeCheckpoints(name: "fold") { $0 == head.next }
    }
    say("\(try journal.head.lastSequence)")
}

let arguments = CommandLine.arguments
do {
    switch (arguments.dropFirst().first, arguments.count) {
    case ("append", 3): try appendForever(arguments[2])
    case ("lease", 3): try holdLease(arguments[2])
    case ("pin", 3): try pin(arguments[2])
    case ("wait", 4):
        try waitForEvent(arguments[2], after: SequenceNumber(UInt64(arguments[3]) ?? 0))
    case ("sequence", 3): try sequence(arguments[2])
    case ("read", 3): try readAll(arguments[2])
    case ("change", 3): try change(arguments[2])
    case ("pages", 3):
        try LMDBJournal.open(directory: arguments[2], mode: .readOnly).verifyPages()
    case ("create", 3): _ = try LMDBJournal.create(directory: arguments[2])
    default:
        say("usage: JournalHelper append|lease|pin|wait|sequence|create|read|change|pages DIR …")
        exit(2)
    }
} catch {
    say("error: \(error)")
    exit((error as? JournalError)?.exitCode ?? 1)
}
