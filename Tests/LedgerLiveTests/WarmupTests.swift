import Foundation
import Testing

/// Daemons whose first decision needs history, with the history days that the shipped configurations ask for.
@Suite struct WarmupTests {
    /// Daily bars of 100 from so many days ago until so many, in UTC days; weekends have none.
    private static func rows(from first: Int, to last: Int, price: Int = 100) -> String {
        let today = Int(Date().timeIntervalSince1970) / 86_400
        var text = "time,open,high,low,close,volume\n"
        for day in (today - first)...(today - last) where (day + 3) % 7 < 5 {
            text += "\(date(day)),\(price),\(price),\(price),\(price),1000\n"
        }
        return text
    }

    private static func date(_ day: Int) -> String {
        let formatter = DateFormatter()
        formatter.dateFormat = "yyyy-MM-dd"
        formatter.timeZone = TimeZone(identifier: "UTC")
        return formatter.string(from: Date(timeIntervalSince1970: Double(day) * 86_400))
    }

    /// Buys when the fast average of four prices is above the slow one, with `data` beside the feed.
    private func configure(_ desk: Desk, _ data: String = "", _ more: String = "") throws {
        try desk.programs.write(
            """
            mode: paper
            run: {name: desk}
            account: {kind: paper}
            venue: {kind: alpaca}
            live: {tick_ms: 50, acknowledgement_ms: 300, poll_s: 1, reconcile_s: 0}
            data:
              - {path: venue, symbol: A, tick: 0.01, lot: 1}
            \(data)
            strategies:
              - {kind: sma_crossover, name: cross, symbols: A, fast: 2, slow: 4, quantity: 3}
            alpaca: {trading_url: "\(desk.address)", data_url: "\(desk.address)", \
            stream_url: "ws://127.0.0.1:\(desk.port)/v2/iex"}
            \(more)

            """, "desk.yaml")
    }

    private static let file = "  - {path: bars.csv, symbol: A, interval: 86400}"

    /// One price above the history, which is enough for an entry if days and averages are known.
    private func expectEntry(_ desk: Desk, _ daemon: Running) throws {
        try desk.quote(101)
        try daemon.waits(for: "OrderFilled")
        #expect(try desk.orders() == ["filled"])
        daemon.interrupt()
        try desk.expectWhole()
    }

    @Test func `a desk without history cannot enter, and its start says so`() throws {
        let desk = try Desk()
        try configure(desk)
        let daemon = try desk.trade()
        #expect(
            daemon.text.contains("A has 0 days of data, and quality.min_history_days asks for 250"),
            "\(daemon.text)")
        try desk.quote(100, 100, 100, 100, 101, 102)
        try daemon.wait("the refusal") { try desk.count("SignalRejected") > 0 }
        // The day of these prices counts.
        let status = try desk.ledger("status", "--journal", "./desk").text
        #expect(status.contains("A has 1 of 250 days: entries wait for 249 more"), "\(status)")
        daemon.interrupt()
        #expect(try desk.orders() == [])
    }

    @Test func `a file beside the feed warms a desk up, and a restart reads it once`() throws {
        let desk = try Desk()
        try desk.programs.write(Self.rows(from: 390, to: 2), "bars.csv")
        try configure(desk, Self.file)
        let daemon = try desk.trade()
        let bars = try desk.count("BarRecalled")
        #expect(bars > 250)
        #expect(daemon.text.contains("warmed up with \(bars) bars of 1 symbol from "))
        let status = try desk.ledger("status", "--journal", "./desk", "--format", "csv").text
        // Bars of holidays belong to the session before.
        let known = status.firstMatch(of: /A has ([0-9]+) of 250 days/).flatMap { Int($0.1) } ?? 0
        #expect(known >= 250 && known <= bars && !status.contains("entries wait"), "\(status)")
        try expectEntry(desk, daemon)
        let again = try desk.trade()
        #expect(!again.text.contains("warmed up"), "\(again.text)")
        again.interrupt()
        #expect(try desk.count("BarRecalled") == bars)
        try desk.expectWhole()
    }

    @Test func `a tape warms a desk up`() throws {
        let desk = try Desk()
        try desk.programs.write(Self.rows(from: 390, to: 2), "bars.csv")
        let made = try desk.ledger(
            "data", "import", "bars.csv", "--symbol", "A", "--interval", "86400", "--journal",
            "./tape")
        #expect(made.code == 0, "\(made.text)")
        try configure(desk, "  - {path: ./tape}")
        try expectEntry(desk, try desk.trade())
    }

    @Test func `the venue's own history warms a desk up`() throws {
        let desk = try Desk(history: Self.rows(from: 390, to: 1))
        try configure(desk, "", "warmup: {source: venue}")
        let daemon = try desk.trade()
        #expect(daemon.text.contains(", source alpaca"), "\(daemon.text)")
        try expectEntry(desk, daemon)
    }

    @Test(arguments: [true, false])
    func `after a kill only the gap is read, from the venue where files end`(
        isJudged: Bool
    ) throws {
        // Whether or not a data rule is on.
        let quality = "quality: {enabled: \(isJudged)}\n"
        let desk = try Desk(history: Self.rows(from: 390, to: 1))
        try desk.programs.write(Self.rows(from: 390, to: 60), "bars.csv")
        try configure(desk, Self.file, quality)
        let daemon = try desk.trade()
        #expect(daemon.text.contains("the start have no data"), "\(daemon.text)")
        daemon.signal(SIGKILL)
        _ = daemon.end()
        let before = try desk.count("BarRecalled")
        try configure(desk, Self.file, quality + "warmup: {source: venue}")
        let again = try desk.trade()
        let after = try desk.count("BarRecalled")
        #expect(after > before + 35 && after < before + 45)
        #expect(again.text.contains("warmed up with \(after - before) bars of 1 symbol from "))
        #expect(again.text.contains(", source alpaca"))
        try expectEntry(desk, again)
    }

    @Test func `a data rule that is switched on by a later start knows the history`() throws {
        let desk = try Desk()
        try desk.programs.write(Self.rows(from: 390, to: 2), "bars.csv")
        try configure(desk, Self.file, "quality: {enabled: false}")
        let daemon = try desk.trade()
        daemon.interrupt()
        let bars = try desk.count("BarRecalled")
        // The journal has what the file holds.
        try configure(desk, Self.file)
        let again = try desk.trade()
        #expect(!again.text.contains("days of data, and"), "\(again.text)")
        try expectEntry(desk, again)
        #expect(try desk.count("BarRecalled") == bars)
    }

    @Test func `longer history that comes later is read`() throws {
        let desk = try Desk(history: Self.rows(from: 390, to: 1))
        try desk.programs.write(Self.rows(from: 30, to: 2), "bars.csv")
        try configure(desk, Self.file)
        let daemon = try desk.trade()
        #expect(daemon.text.contains("no entry for"), "\(daemon.text)")
        try desk.quote(100)
        daemon.interrupt()
        let short = try desk.count("BarRecalled")
        try configure(desk, "", "warmup: {source: venue}")
        let again = try desk.trade()
        #expect(!again.text.contains("no entry for"), "\(again.text)")
        #expect(try desk.count("BarRecalled") > short + 200)
        again.interrupt()
        try desk.expectWhole()
    }

    @Test func `history on another scale is named and not read`() throws {
        let desk = try Desk(history: Self.rows(from: 390, to: 1, price: 50))
        try desk.programs.write(Self.rows(from: 390, to: 10), "bars.csv")
        try configure(desk, Self.file, "warmup: {source: venue}")
        let daemon = try desk.trade()
        #expect(
            daemon.text.contains("closes at 50 in alpaca and at 100 in bars.csv:"), "\(daemon.text)"
        )
        #expect(daemon.text.contains("prices of alpaca are on another scale"))
        daemon.interrupt()
        let ended = try desk.ledger("tail", "--journal", "./desk", "--type", "WarmupEnded", "--all")
        #expect(ended.text.contains("another scale"), "\(ended.text)")
    }

    @Test(arguments: [200, -1])
    func `a bad row names itself, keeps entries out and does not keep the desk from its exits`(
        place: Int
    ) throws {
        let desk = try Desk()
        let good = Self.rows(from: 390, to: 2)
        var rows = good.split(separator: "\n").map(String.init)
        let bad = place < 0 ? rows.count - 1 : place
        rows[bad] += ",7"
        try desk.programs.write(rows.joined(separator: "\n") + "\n", "bars.csv")
        try configure(desk, Self.file)
        let daemon = try desk.trade()
        #expect(
            daemon.text.contains("history of A: bars.csv:\(bad + 1): the row has 7 fields"),
            "\(daemon.text)")
        #expect(daemon.text.contains("Nothing of this source was read"), "\(daemon.text)")
        #expect(daemon.text.contains("A has 0 days of data"), "\(daemon.text)")
        daemon.interrupt()
        #expect(try desk.count("BarRecalled") == 0)
        try desk.programs.write(good, "bars.csv")
        try expectEntry(desk, try desk.trade())
    }

    @Test func `a file that contradicts another one gives nothing, and the other is read`() throws {
        let desk = try Desk()
        try desk.programs.write(Self.rows(from: 390, to: 2), "bars.csv")
        try desk.programs.write(Self.rows(from: 30, to: 2, price: 50), "more.csv")
        try configure(
            desk, Self.file + "\n  - {path: more.csv, symbol: A, interval: 86400}")
        let daemon = try desk.trade()
        #expect(daemon.text.contains("history of A: more.csv:2: the bar of A"), "\(daemon.text)")
        try expectEntry(desk, daemon)
    }

    @Test func `bars after the start are left out`() throws {
        let desk = try Desk()
        try desk.programs.write(Self.rows(from: 390, to: -9), "bars.csv")
        try configure(desk, Self.file)
        let daemon = try desk.trade()
        #expect(daemon.text.contains("bars.csv: rows after the start, "), "\(daemon.text)")
        try expectEntry(desk, daemon)
    }

    @Test func `a venue that gives no bars does not keep the desk from its exits`() throws {
        let desk = try Desk()
        try configure(desk, "", "warmup: {source: venue, interval: 120}")
        let daemon = try desk.trade()
        #expect(
            daemon.text.contains(
                "history of A: alpaca gave no bars: it has no bars of 120 seconds; set warmup.interval "
                    + "to one of 60, 300"), "\(daemon.text)")
        daemon.interrupt()
    }

    @Test(
        arguments: [
            (
                "  - {path: bars.csv, symbol: B, interval: 86400}", "",
                "data.1.symbol: 'B' has no feed"
            ),
            ("  - {path: none.csv, symbol: A}", "", "none.csv"),
            (Self.file, "warmup: {source: none}", "data.1.path: is beside a venue's feed"),
            ("", "warmup: {until: 2024-01-01}", "warmup.until: is for runs over files"),
        ])
    func `an entry that cannot be history is refused by name`(
        data: String, more: String, words: String
    ) throws {
        let desk = try Desk()
        try desk.programs.write(Self.rows(from: 9, to: 2), "bars.csv")
        try configure(desk, data, more)
        let (text, code) = try desk.programs.run(
            "ledgerd", "paper", "--config", "desk.yaml", "--journal", "./desk")
        #expect(code != 0 && text.contains(words), "\(text)")
    }
}
