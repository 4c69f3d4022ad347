import LedgerDomain
import LedgerEvents
import LedgerImport

/// Reads the bars of files and tapes as history, in order of time.
struct HistoryReader {
    /// One for each instrument, in their order.
    private(set) var histories: [HistoryBars]
    /// What was left out of the sources, a sentence each.
    private(set) var notes: [String] = []
    private var leftOut: [(source: String, rows: Int)] = []

    init(_ instruments: [Instrument]) { histories = instruments.map(HistoryBars.init) }

    /// Takes rows before `limit` out of the sources, and keeps bars that ended after `start`. A split brings
    /// earlier bars to the scale after it; dividends change no price.
    ///
    /// - Throws: `UnreadableSource` for a source with a row that cannot be read or contradicts another source.
    mutating func read(
        _ sources: [InputSource], after start: Timestamp, before limit: Timestamp
    ) throws {
        while let source = InputSource.earliest(of: sources), let time = source.nextTime,
            time < limit
        {
            do { try takeNext(of: source, after: start) } catch {
                throw UnreadableSource(
                    place: sources.firstIndex { $0 === source } ?? 0, cause: error)
            }
        }
        notes += leftOut.map {
            "\($0.source): \($0.rows) rows before \(limit) are no bars and were left out of the history"
        }
    }

    private mutating func takeNext(of source: InputSource, after start: Timestamp) throws {
        let row = try source.takeNext()
        switch row.event {
        case .bar(let bar, let ended):
            guard ended > start, let place = place(of: bar.instrument) else { return }
            try histories[place].add(
                BarRecalled(bar, ended: ended), of: source.name, at: row.place)
        case .split(let split, _):
            if let place = place(of: split.instrument) { histories[place].split(split) }
        case .quote, .trade, .prediction: leaveOut(source.name)
        case .dividend, .scheduled, nil: break
        }
    }

    /// Notes why a source gave no bars, at each instrument that it was for.
    mutating func refuse(_ symbols: [String], because cause: String) {
        for place in histories.indices
        where symbols.contains(histories[place].instrument.symbol) {
            histories[place].problems.append(
                "\(cause). Nothing of this source was read; mend it and start again")
        }
    }

    /// Records sources that continue after the start, because their later data are not known yet.
    mutating func noteLater(_ sources: [InputSource], than start: Timestamp) {
        notes += sources.filter { $0.nextTime != nil }.map {
            "\($0.name): rows after the start, \(start), were left out of the history"
        }
    }

    private func place(of instrument: InstrumentID) -> Int? {
        histories.firstIndex { $0.instrument.id == instrument }
    }

    private mutating func leaveOut(_ source: String) {
        guard let place = leftOut.firstIndex(where: { $0.source == source }) else {
            return leftOut.append((source, 1))
        }
        leftOut[place].rows += 1
    }
}

/// A source of history that cannot be read to its end.
struct UnreadableSource: Error {
    /// Among the sources that were read.
    var place: Int
    var cause: any Error
}
