import Foundation
import LedgerDomain
import LedgerEvents
import LedgerImport
import Testing

/// The example's predictions are recorded facts: what they use must have been known.
@Suite struct `Example predictions` {
    static let script = "tools/make_predictions"

    @Test func `they are what their script writes`() throws {
        let process = Process()
        let root = URL(fileURLWithPath: RealData.sample + "/../..").standardizedFileURL
        process.executableURL = root.appendingPathComponent(Self.script)
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let written = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let committed = try Data(
            contentsOf: root.appendingPathComponent("configs/sample/predictions.csv"))
        #expect(
            written == committed,
            "run \(Self.script) > configs/sample/predictions.csv, and look at what changed")
    }

    /// Counted again from the events: five closes at or before the prediction's time, in prices after
    /// the splits until then.
    @Test func `each is known no earlier than the bars that it uses, and before the next`() throws {
        var format = ImportFormat(interval: 86_400)
        format.zone = "America/New_York"
        let bars = Reading(path: RealData.sample + "/AAPL.csv", format)
        let actions = Reading(path: RealData.sample + "/actions.csv", try Actions.format())
        format = ImportFormat(kind: .prediction)
        format.zone = "America/New_York"
        let predictions = Reading(path: RealData.sample + "/predictions.csv", format)
        let errors = [bars.error, actions.error, predictions.error].compactMap { $0 }
        #expect(errors.isEmpty && predictions.events.count == 3266)
        var closes: [Int128] = []
        var next = bars.events[...]
        var splits = actions.events[...]
        for event in predictions.events {
            guard case .prediction(let prediction, let time) = event else { continue }
            var taken = 0
            while case .bar(let bar, let end)? = next.first, end <= time {
                closes.append(Int128(bar.close.raw))
                next.removeFirst()
                taken += 1
            }
            while let action = splits.first, action.time <= time {
                if case .split(let split, _) = action {
                    closes = closes.map { $0 * Int128(split.denominator) / Int128(split.numerator) }
                }
                splits.removeFirst()
            }
            let mean = closes.suffix(5).reduce(0, +) / 5
            let distance = (mean - Int128(prediction.predicted.raw)).magnitude
            if distance > 50_001 || (taken != 1 && closes.count > 5) {
                Issue.record("\(time): \(prediction.predicted) for \(mean), after \(taken) bars")
            }
        }
        #expect(next.isEmpty)
    }
}
