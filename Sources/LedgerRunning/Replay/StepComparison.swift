import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerReading

/// Compares what two runs derived from one input, although their events have different numbers.
///
/// Two events are equal if their bytes are, with an order's number replaced by its intent and
/// without cause and correlation. Definitions and digests are not decisions and are skipped.
struct StepComparison {
    private typealias Intents = [OrderID: UInt64]

    private(set) var listed: [WhatIf.Difference] = []
    private var byType: [UInt16: WhatIf.Count] = [:]
    private let limit: Int
    private let names: NameBook
    /// What replaces an order's number on each side.
    private var recordedIntents: Intents = [:]
    private var otherIntents: Intents = [:]

    /// The bytes of a record that refer to orders, by type.
    private static let orderOffsets: [UInt16: [Int]] = Dictionary(
        uniqueKeysWithValues: EventCatalog.payloads.map { payload in
            let offsets = payload.layout.fields.compactMap { field -> Int? in
                if case .order = field.kind { return field.offset }
                return nil
            }
            return (payload.type.rawValue, offsets)
        })

    static let passedOver: [EventType] = [
        .accountDefined, .strategyDefined, .stateDigested,
    ]

    /// - Parameter open: the orders that both sides start with.
    init(limit: Int, names: NameBook, open: [Order]) {
        self.limit = max(limit, 1)
        self.names = names
        for order in open { recordedIntents[order.id] = Self.mark(order.intended.intent) }
        otherIntents = recordedIntents
    }

    var counts: [WhatIf.Count] {
        byType.sorted { one, other in
            let (a, b) = (one.value, other.value)
            let sums = (
                a.recordedAlone + a.otherAlone + a.changed,
                b.recordedAlone + b.otherAlone + b.changed
            )
            return sums.0 == sums.1 ? one.key < other.key : sums.0 > sums.1
        }.map(\.value)
    }

    private static func mark(_ intent: IntentID) -> UInt64 { intent.high ^ intent.low }

    mutating func compare(
        _ recorded: borrowing Batch, with derived: borrowing Batch, input: SequenceNumber,
        time: Timestamp, names other: NameBook
    ) throws {
        guard !recorded.isEmpty || !derived.isEmpty else { return }
        guard try !areEqual(recorded, and: derived) else { return }
        let ours = try Self.decisions(recorded, &recordedIntents)
        var theirs = try Self.decisions(derived, &otherIntents)
        var left: [Decision] = []
        for decision in ours {
            if let place = theirs.firstIndex(where: { $0.bytes == decision.bytes }) {
                theirs.remove(at: place)
            } else {
                left.append(decision)
            }
        }
        guard !left.isEmpty || !theirs.isEmpty else { return }
        for decision in left {
            let place = theirs.firstIndex { $0.isAbout(decision) }
            let partner = place.map { theirs.remove(at: $0) }
            try report(decision, against: partner, input, time, other)
        }
        for decision in theirs { try report(nil, against: decision, input, time, other) }
    }

    // MARK: Decisions

    private struct Decision {
        let event: KeptEvent
        let type: UInt16
        let bytes: [UInt8]

        /// Equal type and instrument: the two are one decision with different outcomes.
        func isAbout(_ other: Decision) -> Bool {
            type == other.type && event.instrument == other.event.instrument
        }
    }

    /// Whether the two have the same bytes with the same numbers, as long as nothing differs yet.
    private mutating func areEqual(
        _ recorded: borrowing Batch, and derived: borrowing Batch
    ) throws -> Bool {
        guard recorded.firstSequence == derived.firstSequence,
            recorded.eventCount == derived.eventCount
        else { return false }
        var records: [Record] = []
        derived.forEachRecord(from: derived.firstSequence) { records.append($0) }
        var place = 0
        var isEqual = true
        recorded.forEachRecord(from: recorded.firstSequence) { record in
            isEqual = isEqual && record.bytes.elementsEqual(records[place].bytes)
            place += 1
        }
        guard isEqual else { return false }
        for record in records where record.type == .orderIntended {
            let mark = Self.mark(try OrderIntended(record).intent)
            recordedIntents[record.sequence] = mark
            otherIntents[record.sequence] = mark
        }
        return true
    }

    private static func decisions(
        _ batch: borrowing Batch, _ intents: inout Intents
    ) throws -> [Decision] {
        var records: [Record] = []
        batch.forEachRecord(from: batch.firstSequence) { records.append($0) }
        var found: [Decision] = []
        for record in records {
            if record.type == .orderIntended {
                intents[record.sequence] = mark(try OrderIntended(record).intent)
            }
            if let type = record.type, passedOver.contains(type) { continue }
            found.append(
                Decision(
                    event: KeptEvent(record), type: record.rawType,
                    bytes: comparable(record, intents)))
        }
        return found
    }

    /// The record's bytes without the parts that its journal numbers.
    private static func comparable(_ record: Record, _ intents: Intents) -> [UInt8] {
        var bytes = Array(record.bytes)
        let links = (record.isInput ? 0 : 8) + (record.correlation == .none ? 0 : 8)
        for place in record.payloadEnd..<record.payloadEnd + links { bytes[place] = 0 }
        for offset in orderOffsets[record.rawType] ?? [] where offset + 8 <= record.payloadEnd {
            var number: UInt64 = 0
            for place in (offset..<offset + 8).reversed() {
                number = number << 8 | UInt64(bytes[place])
            }
            let mark = intents[OrderID(number)] ?? 0
            for place in 0..<8 {
                bytes[offset + place] = UInt8(truncatingIfNeeded: mark >> UInt64(8 * place))
            }
        }
        return bytes
    }

    // MARK: Report

    private mutating func report(
        _ recorded: Decision?, against other: Decision?, _ input: SequenceNumber, _ time: Timestamp,
        _ otherNames: NameBook
    ) throws {
        guard let either = recorded ?? other else { return }
        // Most are only counted, because making a name takes longer than everything else here.
        if byType[either.type] == nil {
            byType[either.type] = WhatIf.Count(
                type: either.event.type?.name ?? "Unknown\(either.type)")
        }
        switch (recorded, other) {
        case (_?, _?): byType[either.type]?.changed += 1
        case (_?, nil): byType[either.type]?.recordedAlone += 1
        default: byType[either.type]?.otherAlone += 1
        }
        guard listed.count < limit else { return }
        let type = byType[either.type]?.type ?? ""
        let instrument = either.event.instrument
        listed.append(
            WhatIf.Difference(
                input: input, time: time, type: type,
                symbol: instrument == .none ? "" : names.symbol(instrument),
                recorded: try recorded.map { try told($0, names) },
                other: try other.map { try told($0, otherNames) }))
    }

    private func told(
        _ decision: Decision, _ names: NameBook
    ) throws -> WhatIf.Difference.Decision {
        let text = try decision.event.read { try EventText(names).describe($0) }
        return .init(sequence: decision.event.sequence, text: text)
    }
}
