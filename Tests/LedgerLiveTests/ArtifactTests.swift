import Foundation
import Testing

/// Artifacts and logs as an operator reads them while the daemon runs.
@Suite(.serialized) struct ArtifactTests {
    private func text(_ desk: Desk, _ path: String) -> String {
        (try? String(
            contentsOf: desk.programs.folder.appendingPathComponent(path), encoding: .utf8)) ?? ""
    }

    private func rebuild(_ desk: Desk) throws -> String {
        let (text, code) = try desk.ledger("artifacts", "rebuild", "--journal", "./desk")
        #expect(code == 0, "\(text)")
        return text
    }

    /// The only log of a run.
    private func runLog(_ desk: Desk) throws -> String {
        let names = try FileManager.default.contentsOfDirectory(
            atPath: desk.programs.folder.appendingPathComponent("logs").path)
        return try #require(
            names.first { !["events", "trades.log", "errors.log"].contains($0) }, "\(names)")
    }

    @Test func `files follow the run, outlive a kill, and are what a rebuild gives`() throws {
        let desk = try Desk()
        try desk.configure()
        let daemon = try desk.trade()
        try desk.rise()
        try daemon.wait("a fill in the log") {
            text(desk, "logs/trades.log").contains("INFO OrderFilled")
        }
        #expect(text(desk, "logs/errors.log").contains(" WARNING LatchEngaged reconciliation"))
        let log = try runLog(desk)
        #expect(text(desk, "logs/\(log)").contains("ReconciliationEnded"))
        let busy = try desk.ledger("artifacts", "rebuild", "--journal", "./desk")
        #expect(busy.code == 6 && busy.text.contains("another process"), "\(busy.text)")
        daemon.signal(SIGKILL)
        _ = daemon.end()
        // What the killed process did not write, and what somebody damaged, is written by the next one.
        for file in ["logs/trades.log", "logs/errors.log"] {
            try desk.programs.write("damaged\n" + text(desk, file) + "more\n", file)
        }
        let again = try desk.trade()
        try again.wait("the log of fills") {
            text(desk, "logs/trades.log").hasPrefix("2")
        }
        again.interrupt()
        #expect(try rebuild(desk).contains("0 written"))
        try desk.programs.write(text(desk, "logs/trades.log") + "more\n", "logs/trades.log")
        #expect(try rebuild(desk).contains("1 written"))
        #expect(
            text(desk, "logs/trades.log").split(separator: "\n").count
                == (try desk.count("OrderFilled")))
        try desk.expectWhole()
    }

    @Test
    func
        `a second journal gets files of its own, and a directory that is none does not stop the run`()
        throws
    {
        let desk = try Desk()
        try desk.configure()
        let daemon = try desk.trade()
        let other = try desk.start([
            "ledgerd", "paper", "--config", "desk.yaml", "--journal", "./other",
        ])
        try other.waits(
            for: "are those of journal paper ./desk; those of this journal are in ./other-files")
        try other.waits(for: "ReconciliationEnded")
        other.interrupt()
        #expect(text(desk, "other-files/logs/errors.log").contains("LatchEngaged"))
        daemon.interrupt()
        let later = try desk.start([
            "ledgerd", "paper", "--config", "desk.yaml", "--journal", "./other",
        ])
        try later.waits(for: "are those of journal paper ./desk")
        later.interrupt()
        let refused = try desk.ledger("artifacts", "rebuild", "--journal", "./other")
        #expect(refused.code == 6, "\(refused.text)")
        let own = try desk.ledger(
            "artifacts", "rebuild", "--journal", "./other", "--to", "other-files")
        #expect(own.text.hasPrefix("0 written"), "\(own.text)")
        try desk.programs.write("", "file")
        let none = try desk.trade(["--set", "live.artifacts=file/below"])
        none.interrupt()
        #expect(none.text.contains("no artifacts and logs are written: "), "\(none.text)")
        let off = try desk.trade(["--set", "live.artifacts="])
        off.interrupt()
        #expect(!off.text.contains("artifacts"), "\(off.text)")
    }

    @Test func `a log that was moved away goes on in a new file`() throws {
        let desk = try Desk()
        try desk.configure()
        let daemon = try desk.trade()
        try desk.rise()
        try daemon.wait("a fill in the log") { !text(desk, "logs/trades.log").isEmpty }
        let folder = desk.programs.folder
        try FileManager.default.moveItem(
            at: folder.appendingPathComponent("logs/trades.log"),
            to: folder.appendingPathComponent("logs/trades.log.1"))
        try desk.quote(90, 90)
        try daemon.wait("the exit in a new log") {
            let lines = text(desk, "logs/trades.log").split(separator: "\n")
            return lines.count == 1 && lines[0].contains("sell")
        }
        daemon.interrupt()
        #expect(text(desk, "logs/trades.log").split(separator: "\n").count == 1)
        _ = try rebuild(desk)
        #expect(text(desk, "logs/trades.log").split(separator: "\n").count == 2)
    }
}
