import LedgerDomain
import LedgerReading

extension ArtifactFolder {
    /// Writes the lines of a log that it lacks.
    ///
    /// A log that begins with the journal's first line is compared byte by byte. Of another one, whose
    /// beginning was moved away or is older than what is left of the journal, only the last event tells
    /// what it lacks: lines through that event are dropped.
    func add(_ piece: Artifacts.File, at offset: UInt64) throws(ArtifactError) {
        let path = "\(directory)/\(piece.path)"
        let mark = marks.logs[piece.path]
        var there = try LogOnDisk(path, creates: false)
        let isSame = there.map { isContinued(mark, by: $0) } ?? false
        let isWhole =
            !isPruned && (use == .rebuild || isSame && beginsAs(mark))
        let lacking = isWhole ? piece : piece.after(known(mark, piece.path, isSame: isSame))
        guard let first = lacking.lines.first, let last = lacking.lines.last else { return }
        if there == nil { there = try LogOnDisk(path, creates: true) }
        guard let log = there else { return }
        let place: UInt64
        switch mark {
        case _ where isWhole: place = min(offset, log.size)
        case let mark? where isSame && (use == .follow || placed.contains(piece.path)):
            place = mark.end
        default: place = log.place(of: lacking.bytes[..<first.end])
        }
        var new = LogMarks.Mark(
            file: log.node, first: mark?.first ?? SequenceNumber.none, last: last.event,
            end: place + UInt64(lacking.bytes.count))
        open[Self.kind(of: piece.path)] = piece.path
        if !isWhole, !isSame {
            new.first = isBeginning(lacking, of: piece, offset) ? .none : first.event
            try begin(piece.path, new, at: place)
        }
        if log.contains(lacking.bytes, at: place) {
            // What follows in the file is still to be compared.
            if let mark, isWhole {
                (new.last, new.end) = (max(new.last, mark.last), max(new.end, mark.end))
            }
        } else {
            try forget(piece.path, beyond: place, isWhole: isWhole)
            try log.replace(from: place, with: lacking.bytes)
            changed.insert(piece.path)
        }
        marks.logs[piece.path] = new
        placed.insert(piece.path)
        seen.insert(piece.path)
    }

    /// Whether the file is the marked one and nobody has cut it. A copy of a whole log is as good.
    private func isContinued(_ mark: LogMarks.Mark?, by log: LogOnDisk) -> Bool {
        guard let mark else { return true }
        return log.size >= mark.end && (log.node == mark.file || mark.first == .none)
    }

    /// Whether a file begins as the log does.
    private func beginsAs(_ mark: LogMarks.Mark?) -> Bool {
        mark.map { $0.first == .none } ?? true
    }

    /// The last event whose line need not be written.
    private func known(_ mark: LogMarks.Mark?, _ path: String, isSame: Bool) -> SequenceNumber {
        guard use == .rebuild, !placed.contains(path) else {
            if let mark { return mark.last }
            return isSame ? .none : marks.through
        }
        guard isSame, let first = mark?.first, first != .none else { return .none }
        return SequenceNumber(first.number - 1)
    }

    /// Whether a new file gets the log from its beginning.
    private func isBeginning(
        _ lacking: Artifacts.File, of piece: Artifacts.File, _ offset: UInt64
    ) -> Bool {
        !isPruned && offset == 0 && lacking.lines.count == piece.lines.count
            && marks.logs[piece.path] == nil
    }

    /// Before the first line of a file with which a log goes on: a process that is killed in between must
    /// not leave a file that looks like the whole log.
    private func begin(
        _ path: String, _ mark: LogMarks.Mark, at place: UInt64
    ) throws(ArtifactError) {
        guard mark.first != .none else { return }
        var empty = mark
        (empty.last, empty.end) = (SequenceNumber(mark.first.number - 1), place)
        marks.logs[path] = empty
        try save()
    }

    /// Before a marked part of a file is replaced: a process that is killed in between must not leave a
    /// mark beyond the file's end, which means that somebody cut the file.
    private func forget(
        _ path: String, beyond place: UInt64, isWhole: Bool
    ) throws(ArtifactError) {
        guard isWhole, let mark = marks.logs[path], mark.end > place else { return }
        marks.logs[path] = nil
        try save()
    }

    /// One log of each kind grows.
    private static func kind(of path: String) -> String {
        if path.hasPrefix("logs/events/") { return "events" }
        return ["logs/trades.log", "logs/errors.log"].contains(path) ? path : "run"
    }
}
