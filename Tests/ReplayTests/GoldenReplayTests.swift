import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerRunning
import Testing

/// Golden journals that runs wrote are executed again: the same inputs give the same events for ever.
@Suite struct GoldenReplayTests {
    @Test(arguments: GoldenJournal.runs)
    func `a run's inputs give its events again, byte for byte`(name: String) throws {
        let folder = try GoldenJournal.copy(name)
        let journal = try LMDBJournal.open(directory: folder.path(""), mode: .readOnly)
        let result = try Replay(journal).run(from: .first)
        #expect(result.divergence == nil)
        #expect(try result.last == journal.head.lastSequence)
        #expect(result.inputs > 0 && result.compared > 0)
        #expect(result.inputs + result.compared == result.last.number)
    }

    @Test(arguments: GoldenJournal.runs)
    func `they do so from the middle too`(name: String) throws {
        let folder = try GoldenJournal.copy(name)
        let journal = try LMDBJournal.open(directory: folder.path(""), mode: .readOnly)
        let middle = SequenceNumber(try journal.head.lastSequence.number / 2)
        let result = try Replay(journal).run(from: middle)
        #expect(result.divergence == nil)
        #expect(result.compared > 0)
    }

    @Test(arguments: GoldenJournal.samples)
    func `a list of samples cannot be executed`(name: String) throws {
        let folder = try GoldenJournal.copy(name)
        let journal = try LMDBJournal.open(directory: folder.path(""), mode: .readOnly)
        let result = try? Replay(journal).run(from: .first)
        // Nil: the engine refuses an input.
        #expect(result.map { $0.divergence != nil } ?? true)
    }

    @Test func `runs have all types of events but these`() throws {
        var found: Set<EventType> = []
        for name in GoldenJournal.runs {
            let folder = try GoldenJournal.copy(name)
            let journal = try LMDBJournal.open(directory: folder.path(""), mode: .readOnly)
            try journal.forEachRecord(from: .first) { record in
                if let type = record.type { found.insert(type) }
                return true
            }
        }
        #expect(
            EventType.allCases.filter { !found.contains($0) }
                == [
                    .orderExpired, .feedPaused, .feedResumed, .gapDetected, .orderReplaceRequested,
                    .replaceIntended, .venueFiltersLoaded, .venueDeferralReported, .retryScheduled,
                    .venueFillCorrected, .fillCorrected,
                ])
    }

    /// One row a verb: commands that derived something, and those that are notes.
    @Test(
        arguments: [
            ("deposit", 6, 9), ("withdrawal", 2, 1), ("fee", 2, 1), ("note", 0, 3),
            ("engage", 10, 17), ("clear", 16, 96), ("mode", 14, 12), ("override", 1, 2),
            ("health-check", 7, 0), ("flatten", 1, 10), ("sync", 2, 13), ("hold", 0, 5),
            ("release-hold", 0, 5), ("prune", 0, 9), ("doctor", 0, 9), ("sell all", 0, 1),
            ("Deposit", 0, 1), ("deposit ", 0, 1), ("healthCheck", 0, 1), ("", 0, 1),
        ])
    func `the journal of commands has every verb`(
        verb: String, obeyed: Int, noted: Int
    ) throws {
        let folder = try GoldenJournal.copy("v1-commands")
        let journal = try LMDBJournal.open(directory: folder.path(""), mode: .readOnly)
        var commands: Set<SequenceNumber> = []
        var causes: Set<SequenceNumber> = []
        try journal.forEachRecord(from: .first) { record in
            if record.type == .operatorCommanded, try OperatorCommanded(record).command == verb {
                commands.insert(record.sequence)
            }
            causes.insert(record.cause)
            return true
        }
        #expect(commands.intersection(causes).count == obeyed)
        #expect(commands.subtracting(causes).count == noted)
    }

    @Test func `the journals of commands lack no verb`() throws {
        let lines = try [
            "v1-commands", "v2-account", "v4-currencies", "v5-dividends", "v5-desk",
        ].map(GoldenJournal.lines).joined()
        for verb in OperatorVerb.allCases {
            #expect(lines.contains("\"command\":\"\(verb.word)\""))
        }
    }
}
