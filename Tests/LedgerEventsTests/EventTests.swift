import LedgerDomain
import LedgerEvents
import Testing

@Suite struct EventTests {
    @Test func `every event type has a payload, in the order of the numbers`() {
        #expect(EventCatalog.payloads.map { $0.type } == EventType.allCases)
        let numbers = EventType.allCases.map(\.rawValue)
        #expect(numbers.first == 1 && numbers == Array(Set(numbers)).sorted())
        #expect(EventType.allCases.allSatisfy { EventType(name: $0.name) == $0 })
    }

    @Test func `every event type has two samples or more`() {
        for type in EventType.allCases where type != .clockTicked {
            let count = EventSamples.all.count { Swift.type(of: $0).type == type }
            #expect(count >= 2, "\(type.name)")
        }
    }

    @Test func `what is encoded is decoded`() throws {
        for (index, sample) in EventSamples.all.enumerated() {
            for envelope in EventSamples.envelopes {
                try roundTrip(sample, envelope, "sample \(index), \(sample)")
            }
        }
    }

    private func roundTrip<E: Event & Hashable>(
        _ event: E, _ envelope: Envelope, _ comment: Comment
    ) throws {
        var batch = Batch(next: SequenceNumber(7))
        let sequence = try batch.append(event, envelope)
        let record = try batch.required(sequence)
        #expect(try E(record) == event, comment)
        #expect(record.sequence == SequenceNumber(7))
        #expect(record.type == E.type)
        #expect(record.version == E.version)
        #expect(record.byteCount % 8 == 0)
        #expect(record.instrument == event.instrument)
        #expect(record.account == envelope.account)
        #expect(record.time == envelope.time)
        #expect(record.cause == envelope.cause)
        #expect(record.isInput == (envelope.cause == .none))
        #expect(record.correlation == envelope.correlation)
        #expect(record.recordTime == envelope.recordTime ?? envelope.time)
        #expect(record.payloadEnd >= E.layout.size)
    }

    /// The ends of the fixed parts of released events. They never change for a version of a type.
    static let released: [(type: EventType, size: Int)] = [
        (.journalOpened, 24), (.configurationLoaded, 40), (.instrumentDefined, 40),
        (.accountDefined, 24), (.strategyDefined, 24), (.runStarted, 24), (.runEnded, 32),
        (.runFailed, 24), (.stateDigested, 32), (.operatorCommanded, 24), (.clockTicked, 24),
        (.sessionOpened, 24), (.sessionClosed, 24), (.bar, 64), (.quote, 56), (.trade, 48),
        (.predictionRecorded, 48), (.dividendDeclared, 32), (.splitApplied, 40),
        (.cashDeposited, 40), (.cashWithdrawn, 40), (.feeCharged, 40), (.dividendPaid, 56),
        (.signalGenerated, 56), (.signalRejected, 56), (.orderIntended, 104),
        (.intentRejected, 56), (.orderSubmitted, 32), (.orderAccepted, 40), (.orderRejected, 32),
        (.orderFilled, 80), (.orderCancelled, 40), (.orderExpired, 40), (.faultReported, 24),
        (.metricReported, 32), (.flagFileObserved, 24), (.feedPaused, 32), (.feedResumed, 32),
        (.gapDetected, 40), (.venueSnapshotBegan, 80), (.venuePositionReported, 48),
        (.venueOrderReported, 72), (.venueSnapshotEnded, 40), (.latchEngaged, 64),
        (.latchCleared, 24), (.modeChanged, 24), (.drawdownChanged, 72), (.peakRebased, 56),
        (.healthChecked, 32), (.sizeAdjusted, 72), (.markHeld, 40), (.discrepancyFound, 72),
        (.reconciliationEnded, 40), (.positionAdjusted, 48), (.cashAdjusted, 48),
        (.alertRaised, 56), (.orderRequested, 56), (.orderCancelRequested, 32),
        (.orderReplaceRequested, 56), (.orderReplaced, 64), (.cancelIntended, 32),
        (.replaceIntended, 56), (.venueStatusReported, 48), (.venueFillReported, 72),
        (.linkChanged, 24), (.venueFiltersLoaded, 168), (.intentReleased, 32),
    ]

    @Test func `each released payload keeps its size, and no fields overlap`() throws {
        #expect(Self.released.map(\.type) == Array(EventType.allCases.prefix(Self.released.count)))
        for (type, size) in Self.released {
            #expect(EventCatalog.layout(type.rawValue)?.layout.size == size, "\(type.name)")
        }
        for type in EventType.allCases {
            let layout = try #require(EventCatalog.layout(type.rawValue)?.layout)
            var end = Record.payloadOffset
            for field in layout.fields.sorted(by: { $0.offset < $1.offset }) {
                #expect(field.offset >= end, "\(type.name).\(field.name)")
                end = field.offset + field.kind.size
            }
            let names = layout.fields.map(\.name) + layout.texts
            #expect(Set(names).count == names.count, "\(type.name)")
        }
    }

    @Test func `the bytes of a record are the fields of its layout and zeros`() throws {
        for sample in EventSamples.all {
            var batch = Batch(next: .first)
            try dirty(&batch)
            batch.removeAll(next: .first)
            try appendAny(sample, to: &batch)
            let record = try batch.required(.first)
            let layout = type(of: sample).layout
            let bytes = Array(record.bytes)
            var covered = [Bool](repeating: false, count: layout.size)
            for index in 0..<Record.payloadOffset { covered[index] = true }
            for field in layout.fields {
                for index in field.offset..<field.offset + field.kind.size { covered[index] = true }
            }
            for index in covered.indices where !covered[index] {
                #expect(bytes[index] == 0, "\(sample): byte \(index) is old memory")
            }
        }
    }

    /// Fills the batch's memory with ones, so that bytes which nobody writes show.
    private func dirty(_ batch: inout Batch) throws {
        let ones = Price(raw: -1)
        for _ in 0..<20 {
            try batch.append(
                OrderIntended(
                    instrument: InstrumentID(.max), strategy: StrategyID(.max), side: .buy,
                    orderType: .market, intent: IntentID(high: .max, low: .max),
                    quantity: Quantity(raw: -1), limitPrice: ones, stopPrice: ones,
                    stopLossDistance: ones, takeProfitDistance: ones, referencePrice: ones,
                    parent: OrderID(.max), timeInForce: .day, purpose: .entry),
                Envelope(time: Timestamp(nanoseconds: -1), cause: SequenceNumber(.max)))
        }
    }

    private func appendAny<E: Event>(_ event: E, to batch: inout Batch) throws {
        try batch.append(event, Envelope(time: .zero))
    }

    static let quantities: [(text: String, isWritten: Bool)] = [
        ("9223372036.854775807", true), ("-9223372036.854775808", true),
        ("9223372036.854775808", false), ("9223372036.85477581", true), ("1000000000000", true),
        ("-1000000000000", true), ("999999999999.999999", true), ("999999999999.9999999", false),
        ("9223372036854775807000000", true), ("9223372036854775808000000", false),
        ("9223372036854775808000001", false),
    ]

    @Test(arguments: quantities)
    func `a quantity is written exactly or refused`(text: String, isWritten: Bool) throws {
        let quantity = try Quantity(text)
        let event = Trade(
            instrument: .none, aggressor: nil, price: .zero, size: quantity, tradeId: 0)
        var batch = Batch(next: .first)
        if isWritten {
            let sequence = try batch.append(event, Envelope(time: .zero))
            #expect(try Trade(batch.required(sequence)).size == quantity)
        } else {
            #expect(throws: NumberError.self) { try batch.append(event, Envelope(time: .zero)) }
            #expect(batch.eventCount == 0)
        }
    }

    @Test func `an event longer than a record can be is refused`() throws {
        var batch = Batch(next: .first)
        let most = 65_535 * 8 - 24 - 4
        try batch.append(
            RunFailed(reason: String(repeating: "a", count: most)), Envelope(time: .zero))
        #expect(batch.record(.first)?.byteCount == 65_535 * 8)
        #expect(throws: NumberError.self) {
            try batch.append(
                RunFailed(reason: String(repeating: "a", count: most + 1)), Envelope(time: .zero))
        }
        #expect(batch.eventCount == 1)
    }
}
