import LedgerDomain
import LedgerEvents
import Testing

@testable import LedgerEngine

/// One input at hand and what is derived from it.
@Suite struct StepTests {
    @Test func `an input that is taken back takes its intents along`() throws {
        var step = Step(next: .first)
        var sequences: [SequenceNumber] = []
        for number in UInt64(1)...2 {
            let sequence = try step.append(
                ClockTicked(), Envelope(time: Timestamp(nanoseconds: Int64(number))))
            step.sent.append(
                SentIntent(intent: IntentID(high: 0, low: number), sequence: sequence))
            sequences.append(sequence)
        }
        step.truncate(to: sequences[1])
        #expect(step.sent.map(\.sequence) == [sequences[0]])
        #expect(step.batch.nextSequence == sequences[1])
    }
}
