import Foundation
import Testing

/// `ledgerd live` from the first rehearsal to orders that leave, at the local exchange in the place of the
/// venue: C2 and K19 to K24, V01 and V02.
@Suite(.serialized) struct LiveRehearsalTests {
    private static let key = "AKPLANTEDkey0123456789"
    private static let secret = "PLANTEDsecret0123456789"
    private static let keys = ["ALPACA_API_KEY": key, "ALPACA_API_SECRET": secret]
    private static let armed = keys.merging(["DRY_RUN": "0", "EXEC_MODE": "live"]) { $1 }

    /// An exchange that knows the keys, and a configuration for real money.
    private func desk() throws -> Desk {
        let desk = try Desk(key: Self.key, secret: Self.secret)
        try desk.configure(
            "live.yaml", mode: "live", venue: ", filters: filters.json",
            alpaca: ", paper: false, live_enabled: true",
            """
            paper: false
            risk:
              {enabled: true, max_order_notional: 500, max_abs_position_notional: 1000,
               daily_loss_limit: 100, max_orders_per_min: 10}
            """)
        try expect(
            desk, "ledgerd data assets --config live.yaml --out filters.json",
            prints: "filters.json: 1 of alpaca")
        return desk
    }

    @discardableResult
    private func expect(
        _ desk: Desk, _ command: String, code: Int32 = 0, prints wanted: String = "",
        environment: [String: String] = keys
    ) throws -> String {
        let run = try desk.start(
            command.split(separator: " ").map(String.init), environment: environment)
        let found = run.end()
        #expect(found == code, "\(command): \(found)\n\(run.text)")
        #expect(wanted.isEmpty || run.text.contains(wanted), "\(command): \(run.text)")
        return run.text
    }

    /// A journal that the doctor has found healthy.
    private func makeReady(_ desk: Desk) throws {
        try expect(desk, "ledger init ./desk --config live.yaml")
        try expect(
            desk, "ledgerd doctor --config live.yaml --journal ./desk --min-disk 0 --record --fix",
            prints: "healthy: ")
    }

    private func live(
        _ desk: Desk, _ more: [String] = [], _ environment: [String: String] = armed
    ) throws -> Running {
        try desk.start(
            ["ledgerd", "live", "--config", "live.yaml", "--journal", "./desk"] + more,
            environment: environment)
    }

    // MARK: The truth table

    private func expectDry(
        _ desk: Desk, _ reason: String, _ variables: [String: String], _ more: String...
    ) throws {
        let daemon = try live(desk, more, Self.keys.merging(variables) { $1 })
        try daemon.waits(for: "RunStarted mode=dry")
        try daemon.waits(for: "LinkChanged link=marketData, state=up")
        daemon.interrupt()
        let lines = daemon.text.split(separator: "\n")
        #expect(lines.first == "[DRY_RUN] no order is sent: \(reason)", "\(daemon.text)")
        #expect(lines.dropLast().allSatisfy { $0.hasPrefix("[DRY_RUN] ") }, "\(daemon.text)")
    }

    @Test func `orders leave when everything is said and true, and else none does`() throws {
        let desk = try desk()
        let both = ["DRY_RUN": "0", "EXEC_MODE": "live"]
        try expectDry(desk, "the doctor has not found everything healthy", both)
        try makeReady(desk)
        let unset = "DRY_RUN is not set, which means dry"
        try expectDry(desk, unset, [:])
        try expectDry(desk, unset, ["EXEC_MODE": "live"])
        try expectDry(desk, "DRY_RUN is true", ["DRY_RUN": "1", "EXEC_MODE": "live"])
        try expectDry(desk, "DRY_RUN is true", ["DRY_RUN": "yes"])
        try expectDry(desk, "EXEC_MODE is not live", ["DRY_RUN": "0"])
        try expectDry(desk, "EXEC_MODE is not live", ["DRY_RUN": "false", "EXEC_MODE": "paper"])
        try expectDry(desk, "--dry-run", both, "--dry-run")
        try expectDry(
            desk, "execution.enabled is false", both, "--set", "execution.enabled=false")
        for mode in ["manual", "halt", "paper"] {
            try expect(desk, "ledger mode \(mode) --reason table --journal ./desk")
            try expectDry(desk, "the mode is \(mode), not auto", both)
        }
        try expect(desk, "ledger mode auto --reason table --journal ./desk")
        let daemon = try live(desk)
        try daemon.waits(for: "LinkChanged link=orders, state=up")
        daemon.interrupt()
        #expect(!daemon.text.contains("[DRY_RUN]"))
        #expect(try desk.orders().isEmpty)
    }

    @Test func `what contradicts itself or leaves a safety out does not start`() throws {
        let desk = try desk()
        let rows = [
            ("DRY_RUN=perhaps", "DRY_RUN"), ("EXEC_MODE=yes", "EXEC_MODE"),
            ("ALPACA_LIVE_ENABLED=false", "alpaca.live_enabled"),
            ("LEDGER_PAPER=true", "paper"), ("LEDGER_RISK_ENABLED=false", "risk.enabled"),
            ("LEDGER_RECONCILIATION_ENABLED=false", "reconciliation.enabled"),
            ("LEDGER_DRAWDOWN_ENABLED=false", "drawdown.enabled"),
            ("LEDGER_QUALITY_ENABLED=false", "quality.enabled"),
            ("LEDGER_VENUE_KIND=simulated", "venue.kind"), ("LEDGER_MODE=paper", "mode"),
            ("ALPACA_API_KEY=PKpaperkey", "paper"),
        ]
        for (variable, name) in rows {
            let pair = variable.split(separator: "=").map(String.init)
            try expect(
                desk, "ledgerd live --config live.yaml --journal ./desk", code: 2, prints: name,
                environment: Self.armed.merging([pair[0]: pair[1]]) { $1 })
        }
        #expect(try desk.orders().isEmpty)
    }

    // MARK: A rehearsal

    @Test func `a rehearsal leads to orders, and no key stands in anything that it left`() throws {
        let desk = try desk()
        let check = "ledgerd doctor --config live.yaml --journal ./desk --min-disk 0 --pre-live"
        try expect(desk, check, code: 1, prints: "ledger init")
        try makeReady(desk)
        try expect(desk, check, code: 1, prints: "no dry run yet")
        // The whole of it, and nothing leaves.
        let dry = try live(desk, ["--dry-run"])
        try dry.waits(for: "LinkChanged link=marketData, state=up")
        try desk.rise()
        try dry.waits(for: "[DRY_RUN] ", times: 5)
        try dry.wait("a fill of its own") {
            try desk.quote(103)
            return dry.text.contains("OrderFilled buy 3 A")
        }
        dry.interrupt()
        #expect(try desk.orders().isEmpty)
        for command in ["touch state/kill_switch.flag", "rm state/kill_switch.flag"] {
            try expect(desk, "/usr/bin/env \(command)")
            try expect(desk, "ledger gate observe --journal ./desk")
        }
        try expect(desk, check, code: 1, prints: "make sure that somebody is called")
        try expect(desk, "\(check) --record --acknowledge contact", prints: "recorded as event")
        // Armed.
        let daemon = try live(desk)
        try daemon.waits(for: "LinkChanged link=orders, state=up")
        let shown = try Data(
            contentsOf: URL(fileURLWithPath: "/proc/\(daemon.process.processIdentifier)/cmdline"))
        #expect(!shown.isEmpty && !holdsKeys(shown))
        try desk.quote(90, 90, 90, 90)
        try desk.rise()
        try daemon.wait("a stop at the venue") { try desk.orders() == ["filled", "new"] }
        daemon.interrupt()
        try desk.expectWhole()
        try refusedKey(desk)
        try expectNoKeys(desk)
    }

    /// A key that the venue does not take: what is said of it names none.
    private func refusedKey(_ desk: Desk) throws {
        let wrong = Self.armed.merging(["ALPACA_API_SECRET": "PLANTEDwrong0123456789"]) { $1 }
        let daemon = try live(desk, [], wrong)
        try daemon.waits(for: "LatchEngaged authentication")
        daemon.interrupt()
    }

    private func holdsKeys(_ bytes: Data) -> Bool { bytes.range(of: Data("PLANTED".utf8)) != nil }

    private func expectNoKeys(_ desk: Desk) throws {
        for command in [
            "ledger bundle bundle.tar --journal ./desk",
            "ledger artifacts rebuild --journal ./desk",
            "ledger snapshot export desk.snapshot --journal ./desk --level 1",
            "ledger export jsonl --journal ./desk -o desk.jsonl",
            "ledger config show --all --config live.yaml",
            "ledgerd doctor --verbose --config live.yaml --journal ./desk --min-disk 0",
            "ledgerd doctor --json --config live.yaml --journal ./desk --min-disk 0",
        ] {
            try expect(desk, command)
        }
        var files = 0
        let folder = desk.programs.folder.path
        let listed = FileManager.default.enumerator(atPath: folder)
        while let name = listed?.nextObject() as? String {
            guard let bytes = FileManager.default.contents(atPath: "\(folder)/\(name)") else {
                continue
            }
            files += 1
            #expect(!holdsKeys(bytes), "a key stands in \(name)")
        }
        // Journals of the exchange, the rehearsal and the run, what each command printed, and the exports.
        #expect(files > 40, "\(files)")
    }
}
