import LedgerArchive
import LedgerBooks
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading
import LedgerSafety

/// Checks the integrity of a journal: checksums, the chain, sequence without gaps, payloads, times
/// that never go back, causes, the invariants, checkpoints that equal a fold from the beginning,
/// double-entry books that balance and agree with the projections, and the tree with its signed
/// checkpoints.
public struct JournalVerification {
    public struct Result: Sendable {
        public var events: UInt64 = 0
        public var unknown: UInt64 = 0
        public var checkpoints = 0
        /// Signed checkpoints whose root matches the events; nil without a tree.
        public var signed: Int?
        /// The last event that such a checkpoint covers.
        public var covered = SequenceNumber.none
        public var head = Head.empty
        /// One entry per fault, with its sequence number.
        public var faults: [String] = []
        /// The last pruned event; none if all events exist.
        public var pruned = SequenceNumber.none
    }

    private let journal: any Journal
    private let tree: TreeVerification?

    /// - Parameter tree: compares the events with their tree at the same time.
    public init(_ journal: any Journal, tree: TreeVerification? = nil) {
        self.journal = journal
        self.tree = tree
    }

    /// The maximum number of faults to list.
    public static let mostFaults = 100

    /// Hashes on one thread while the folds run on another.
    ///
    /// - Parameter start: where to begin. Projections, invariants and the tree, which are folded
    ///   from the first event, are compared only if the check begins there.
    /// - Throws: what prevented the check; damage is a fault in the result.
    public func run(
        from start: SequenceNumber = .first, progress: (SequenceNumber) -> Void = { _ in }
    ) throws -> Result {
        let start = max(start, try journal.beginning)
        let hashing = SecondThread { try hash(from: start) }
        let folded = Swift.Result { try fold(from: start, progress) }
        do {
            let chain = try hashing.product()
            var result = try folded.get()
            result.head = chain.head
            result.signed = chain.signed
            result.covered = chain.covered
            result.faults = Array((chain.faults + result.faults).prefix(Self.mostFaults))
            return result
        } catch let error as JournalError where error.exitCode == 3 {
            // What follows the damage cannot be judged.
            return Result(faults: ["\(error)"])
        }
    }

    /// The results for the chain and the tree.
    private struct Chain {
        var head = Head.empty
        var signed: Int?
        var covered = SequenceNumber.none
        var faults: [String] = []
    }

    private func hash(from start: SequenceNumber) throws -> Chain {
        // The tree's leaves start with event 1.
        guard var tree, start == .first else {
            return Chain(head: try journal.verifyChain(from: start))
        }
        let head = try journal.verifyChain(each: { (block) throws(JournalError) in
            do throws(BlockError) { try tree.check(block) } catch {
                let first = block.header.firstSequence
                throw .corruptBlock(
                    first, error, goodThrough: SequenceNumber(first.number - 1))
            }
        })
        tree.finish()
        return Chain(
            head: head, signed: tree.agreed, covered: tree.covered, faults: tree.faults)
    }

    /// The profit is checked next to the books, which are compared with it.
    private func checks() throws -> [any ProjectionCheck] {
        func check<P: Projection>(_ type: P.Type) throws -> any ProjectionCheck {
            try Check<P>(journal)
        }
        var checks: [any ProjectionCheck] = []
        for entry in ProjectionRegister.all where entry.projection != ProfitAndLoss.self {
            checks.append(try check(entry.projection))
        }
        return checks
    }

    private func fold(
        from start: SequenceNumber, _ progress: (SequenceNumber) -> Void
    ) throws -> Result {
        var result = Result()
        let pruned = try journal.pruned
        result.pruned = pruned?.lastSequence ?? .none
        // The signals, orders and lots of unread events are unknown.
        let isWhole = start == .first
        var folds = try start == journal.beginning ? checks() : []
        var books = try isWhole ? BooksFold(profit: Check<ProfitAndLoss>(journal)) : nil
        var invariants = Invariants()
        var isFolding = isWhole
        let watched = EventTypeSet(Invariants.types)
        var lastInput = SequenceNumber.none
        var lastTime = Timestamp(nanoseconds: .min)
        try journal.forEachRecord(from: start) { record in
            result.events += 1
            if record.sequence.number % 65_536 == 0 { progress(record.sequence) }
            // If the check starts in the middle, the first cause is accepted as it is.
            if record.isInput || (lastInput == .none && !isWhole) {
                lastInput = record.isInput ? record.sequence : record.cause
            }
            for fault in Self.faults(record, lastInput, lastTime, &result.unknown) {
                result.faults.append(fault)
            }
            lastTime = max(lastTime, record.time)
            // A bar's type shares its bit with none of these.
            if isFolding, watched.mayContain(record.rawType) {
                do { result.faults += try invariants.check(record) } catch {
                    // The folds report the event; what follows from it cannot be judged.
                    isFolding = false
                }
            }
            for index in folds.indices {
                if let fault = try folds[index].check(record) { result.faults.append(fault) }
            }
            result.faults += try books?.check(record) ?? []
            return result.faults.count < Self.mostFaults
        }
        result.faults += books?.differences.prefix(Self.mostFaults) ?? []
        result.checkpoints = folds.reduce(books?.compared ?? 0) { $0 + $1.compared }
        return result
    }

    private static func faults(
        _ record: Record, _ lastInput: SequenceNumber, _ lastTime: Timestamp,
        _ unknown: inout UInt64
    ) -> [String] {
        var found: [String] = []
        // Only a fault needs the name, because making it takes longer than everything else here.
        func event() -> String {
            "event \(record.sequence) (\(record.type?.name ?? "type \(record.rawType)"))"
        }
        if !record.isInput, record.cause != lastInput {
            found.append(
                "\(event()) has cause \(record.cause), but the last input is \(lastInput)")
        }
        if record.correlation > record.sequence {
            found.append("\(event()) has the later correlation \(record.correlation)")
        }
        if record.time < lastTime {
            found.append("\(event()): its time goes back to \(record.time)")
        }
        guard let type = record.type else {
            unknown += 1
            return found
        }
        // The folds decode the prices.
        if type != .bar, type != .quote, type != .trade {
            var writer = JSONLineWriter()
            var line: [UInt8] = []
            do { try writer.append(record, to: &line) } catch { found.append("\(error)") }
        }
        return found
    }
}

/// Folds the events and compares the state with each checkpoint on the way.
private protocol ProjectionCheck {
    var compared: Int { get }
    mutating func check(_ record: Record) throws -> String?
}

private struct Check<P: Projection>: ProjectionCheck {
    private var fold: Fold<P>
    private var wanted: ArraySlice<SequenceNumber>
    private let journal: any Journal
    private(set) var compared = 0
    private(set) var hasFailed = false

    init(_ journal: any Journal) throws {
        self.journal = journal
        wanted = try journal.checkpoints(name: P.name)[...]
        // After pruning, checkpoints hold the results of the pruned events.
        guard let pruned = try journal.pruned?.lastSequence else {
            fold = Fold()
            return
        }
        fold = Fold(try ProjectionReader.fold(of: journal, through: pruned))
        wanted = wanted.drop { $0 <= pruned }
    }

    var state: P { fold.state }

    mutating func check(_ record: Record) throws -> String? {
        guard !hasFailed else { return nil }
        do { try fold.apply(record) } catch {
            hasFailed = true
            return "\(P.name): \(error)"
        }
        guard let next = wanted.first, next == record.sequence else { return nil }
        wanted.removeFirst()
        guard let saved = try journal.checkpoint(name: P.name, atOrBefore: next),
            saved.sequence == next, saved.version == P.version || P.upgradesExactly,
            let bytes = P.present(saved.bytes, version: saved.version)
        else { return nil }
        compared += 1
        guard fold.checkpoint(at: next).bytes == bytes else {
            return "the checkpoint of \(P.name) at event \(next) does not match the events"
        }
        return nil
    }
}

/// Folds the books next to the profit and compares them after each event that moves value.
private struct BooksFold {
    private var profit: Check<ProfitAndLoss>
    private var check = BooksCheck()
    private var hasFailed = false
    private let read = EventTypeSet(Books.types)

    init(profit: Check<ProfitAndLoss>) { self.profit = profit }

    var compared: Int { profit.compared }

    mutating func check(_ record: Record) throws -> [String] {
        var faults: [String] = []
        if let fault = try profit.check(record) { faults.append(fault) }
        // Without the profit there is nothing to compare with.
        guard !hasFailed, !profit.hasFailed, read.mayContain(record.rawType) else { return faults }
        do throws(BooksError) { try check.post(record, beside: profit.state) } catch {
            hasFailed = true
            faults.append("books: \(error)")
        }
        return faults
    }

    /// The differences at the end of the journal.
    var differences: [String] {
        hasFailed || profit.hasFailed ? [] : check.differences(from: profit.state)
    }
}
