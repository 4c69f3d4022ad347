import LedgerDomain
import LedgerEngine
import LedgerEvents
import Testing

/// Operators' commands as the journal keeps them. A row that has to change would change how old journals
/// are executed.
@Suite struct OperatorCommandTests {
    private static let link = String(repeating: "0123456789abcdef", count: 4)

    private static func amount(_ text: String) throws -> OperatorAmount {
        try OperatorAmount(text)
    }

    /// One or more of each verb, with the text that is on disk.
    private static func rows() throws -> [(OperatorCommand, verb: String, argument: String)] {
        [
            (.deposit(try amount("12.50")), "deposit", "12.50"),
            (.withdrawal(try amount("1000000000000")), "withdrawal", "1000000000000"),
            (.fee(try amount("0.000000001")), "fee", "0.000000001"),
            (.note("two words"), "note", "two words"), (.note(""), "note", ""),
            (.engage(.blockEntries, .global), "engage", "blockEntries global"),
            (.engage(.flatten, .strategy("ML Momentum")), "engage", "flatten strategy:ML Momentum"),
            (.engage(.blockAll, .symbol("BTC/USD")), "engage", "blockAll symbol:BTC/USD"),
            (.clear(.killSwitch, .global), "clear", "killSwitch global"),
            (.clear(.orderStream, .symbol("A")), "clear", "orderStream symbol:A"),
            (.mode(.auto, isHard: false), "mode", "auto"),
            (.mode(.halt, isHard: false), "mode", "halt"),
            (.mode(.halt, isHard: true), "mode", "halt hard"), (.override, "override", ""),
            (.healthCheck, "health-check", ""), (.flatten(.global), "flatten", "global"),
            (.flatten(.strategy("trend")), "flatten", "strategy:trend"),
            (.sync(snapshot: 255), "sync", "00000000000000ff"),
            (.hold(name: "case 17"), "hold", "case 17"),
            (.releaseHold(name: "case 17"), "release-hold", "case 17"),
            (
                .prune(
                    PruneRecord(
                        through: SequenceNumber(40), link: link, kind: "paper", name: "my desk")),
                "prune", "through 40 chain \(link) kind paper name my desk"
            ),
            (
                .doctor(
                    DoctorRecord(
                        isHealthy: false, passed: 10, failed: 2, warnings: 3, hasNetwork: true)),
                "doctor", "unhealthy passed 10 failed 2 warnings 3 network yes"
            ),
            (.adopt(symbol: "BTC/USD", price: nil), "adopt", "BTC/USD"),
            (.adopt(symbol: "XYZ", price: try Price("12.5")), "adopt", "XYZ 12.5"),
            (.deposit(try amount("12.50 EUR")), "deposit", "12.50 EUR"),
            (.withdrawal(try amount("0.5 BTC")), "withdrawal", "0.5 BTC"),
            (
                .conversion(try OperatorConversion("1000 EUR 1085.20 USD")), "conversion",
                "1000 EUR 1085.20 USD"
            ),
            (.rate(try OperatorRate("1.0852 EUR/USD")), "rate", "1.0852 EUR/USD"),
            (.borrow(try OperatorCharge("12.50 of BTC/USD")), "borrow", "12.50 of BTC/USD"),
            (.interest(try OperatorCharge("3 EUR received")), "interest", "3 EUR received"),
            (
                .funding(try OperatorCharge("0.5 USDT of X received")), "funding",
                "0.5 USDT of X received"
            ),
            (.transfer(try OperatorTransfer("12.50 to my desk")), "transfer", "12.50 to my desk"),
            (.transfer(try OperatorTransfer("0.5 BTC to b")), "transfer", "0.5 BTC to b"),
            (
                .positionTransfer(try OperatorPositionTransfer("10 BTC/USD to my desk")),
                "position-transfer", "10 BTC/USD to my desk"
            ),
            (
                .positionTransfer(try OperatorPositionTransfer("0.25 A of ML Momentum to b")),
                "position-transfer", "0.25 A of ML Momentum to b"
            ),
        ] + (try actions())
    }

    private static func actions() throws -> [(OperatorCommand, verb: String, argument: String)] {
        [
            (
                .action(
                    OperatorAction(symbol: "BRK.B", perUnit: try Price("0.24"), payable: nil)),
                "action", "dividend BRK.B perUnit=0.24"
            ),
            (
                .action(
                    OperatorAction(
                        symbol: "A", perUnit: try Price("1"),
                        payable: Timestamp(nanoseconds: 1_707_955_200_000_000_000))),
                "action", "dividend A perUnit=1 payable=2024-02-15T00:00:00Z"
            ),
            (
                .correction(
                    OperatorCorrection(
                        corrected: 7, symbol: "A", quantity: try Quantity("-10"),
                        booked: try Price("1"), perUnit: .zero, payable: nil,
                        strategy: "sma strategy=x")), "correction",
                "7 A quantity=-10 booked=1 perUnit=0 strategy=sma strategy=x"
            ),
            (
                .correction(
                    OperatorCorrection(
                        corrected: 7, symbol: "A", quantity: try Quantity("0.5"),
                        booked: try Price("1"), perUnit: try Price("1.25"),
                        payable: Timestamp(nanoseconds: 1_707_955_200_000_000_000),
                        strategy: "")), "correction",
                "7 A quantity=0.5 booked=1 perUnit=1.25 payable=2024-02-15T00:00:00Z strategy="
            ),
        ]
    }

    @Test func `a command is printed as on disk, and parsed back`() throws {
        for (command, verb, argument) in try Self.rows() {
            let event = OperatorCommanded(command, actor: "kim", reason: "why")
            #expect(event.command == verb && event.argument == argument)
            #expect(event.actor == "kim" && event.reason == "why")
            #expect(try OperatorCommand(event) == command)
        }
    }

    @Test func `the rows hold every verb`() throws {
        let verbs = Set(try Self.rows().map(\.0.verb))
        #expect(verbs == Set(OperatorVerb.allCases))
    }

    @Test func `every verb's word is pinned`() {
        #expect(
            OperatorVerb.allCases.map(\.word) == [
                "deposit", "withdrawal", "fee", "note", "engage", "clear", "mode", "override",
                "health-check", "flatten", "sync", "hold", "release-hold", "prune", "doctor",
                "adopt", "conversion", "rate", "transfer", "position-transfer", "action",
                "correction", "borrow", "interest", "funding",
            ])
    }

    @Test func `the words in arguments are pinned`() {
        #expect(LatchEffect.words == ["blockEntries", "flatten", "blockAll"])
        #expect(TradingMode.words == ["auto", "manual", "paper", "halt"])
        #expect(
            LatchSource.words == [
                "configuration", "strategyList", "killSwitch", "flagFile", "mode", "drawdown",
                "reconciliation", "duplicateIntents", "orderRejections", "runFailures",
                "dailyDrawdown", "dailyLoss", "lossPause", "restFaults", "websocketFaults",
                "duplicateReports", "staleReports", "metrics", "authentication", "clock",
                "dataQuality", "feed", "calendar", "orderStream", "rates", "margin",
            ])
        #expect(GateScope.global.text == "global")
        #expect(GateScope.strategy("global").text == "strategy:global")
        #expect(GateScope.symbol("A").text == "symbol:A")
    }

    @Test func `every word of an argument is parsed back`() throws {
        let scopes = [GateScope.global, .strategy("a b"), .symbol("strategy:x")]
        for scope in scopes {
            #expect(GateScope(scope.text) == scope)
            for effect in LatchEffect.allCases {
                let command = OperatorCommand.engage(effect, scope)
                #expect(try OperatorCommand(command.verb, command.argument) == command)
            }
            for source in LatchSource.allCases {
                let command = OperatorCommand.clear(source, scope)
                #expect(try OperatorCommand(command.verb, command.argument) == command)
            }
        }
        for mode in TradingMode.allCases {
            let command = OperatorCommand.mode(mode, isHard: false)
            #expect(try OperatorCommand(command.verb, command.argument) == command)
        }
    }

    /// Texts that journals may hold beside those that are printed.
    @Test(arguments: [
        ("mode", "halt ", "halt"), ("mode", "auto ", "auto"), ("override", "at once", ""),
        ("health-check", "now", ""), ("deposit", "+7", "+7"),
    ])
    func `a text with more than it needs is a command still`(
        verb: String, argument: String, printed: String
    ) throws {
        #expect(try OperatorCommand(verb: verb, argument: argument).argument == printed)
    }

    @Test(arguments: [
        (
            "sell all", "",
            "'sell all' is not a command; use deposit, withdrawal, fee, note, "
                + "engage, clear, mode, override, health-check, flatten, sync, hold, release-hold, "
                + "prune, doctor, adopt, conversion, rate, transfer, position-transfer, action, "
                + "correction, borrow, interest or funding"
        ),
        (
            "", "",
            "'' is not a command; use deposit, withdrawal, fee, note, engage, clear, mode, "
                + "override, health-check, flatten, sync, hold, release-hold, prune, doctor, "
                + "adopt, conversion, rate, transfer, position-transfer, action, correction, borrow, "
                + "interest or funding"
        ),
        (
            "transfer", "5 EUR second",
            "'5 EUR second' is not a transfer; write it such as "
                + "1000 EUR to paper"
        ),
        (
            "borrow", "5 of A B",
            "'5 of A B' is not an amount that was charged; write it such as 12.50 EUR, 12.50 of "
                + "AAPL or 12.50 received"
        ),
        ("interest", "received", "'received' is not an amount; write a number such as 12.50"),
        ("transfer", "to b", "'to b' is not a transfer; write it such as 1000 EUR to paper"),
        (
            "position-transfer", "5 A by x to b",
            "'5 A by x to b' is not a transfer of a position; write it such as 10 AAPL to paper, or "
                + "10 AAPL of sma to paper"
        ),
        (
            "position-transfer", "-5 A to b",
            "'-5 A to b' is not a transfer of a position; write it such as 10 AAPL to paper, or "
                + "10 AAPL of sma to paper"
        ),
        ("deposit", "12,50", "'12,50' is not an amount; write a number such as 12.50"),
        ("withdrawal", "", "'' is not an amount; write a number such as 12.50"),
        ("deposit", "5 ", "'5 ' is not an amount; write a number such as 12.50"),
        ("deposit", "5 EUR USD", "'5 EUR USD' is not an amount; write a number such as 12.50"),
        (
            "conversion", "5 EUR 5 EUR",
            "'5 EUR 5 EUR' is not a conversion; write what was sold and what was bought, such as "
                + "1000 EUR 1085.20 USD"
        ),
        (
            "rate", "0 EUR/USD",
            "'0 EUR/USD' is not a rate above 0 of two currencies; write it such as 1.0852 EUR/USD"
        ),
        (
            "action", "dividend A perUnit=0",
            "'dividend A perUnit=0' is not a dividend above 0 of a symbol; write it such as dividend "
                + "AAPL 0.24"
        ),
        (
            "action", "dividend A perUnit=1 payable=soon",
            "'dividend A perUnit=1 payable=soon' is not a dividend above 0 of a symbol; write it "
                + "such as dividend AAPL 0.24"
        ),
        (
            "correction", "7 A quantity=1 booked=1 perUnit=-1 strategy=",
            "'7 A quantity=1 booked=1 perUnit=-1 strategy=' is not the correction of a dividend; use "
                + "ledger record dividend-correction"
        ),
        ("fee", "0", "an amount must be above 0 and at most 1000000000000, not 0"),
        ("deposit", "-5", "an amount must be above 0 and at most 1000000000000, not -5"),
        (
            "deposit", "1000000000000.01",
            "an amount must be above 0 and at most 1000000000000, not 1000000000000.01"
        ),
        ("engage", "all global", "'all' is not an effect; use blockEntries, flatten or blockAll"),
        ("engage", "", "'' is not an effect; use blockEntries, flatten or blockAll"),
        ("engage", "blockAll", "'' is not a scope; use global, strategy:NAME or symbol:NAME"),
        (
            "engage", "blockAll  global",
            "' global' is not a scope; use global, strategy:NAME or symbol:NAME"
        ),
        (
            "engage", "blockAll strategy:",
            "'strategy:' is not a scope; use global, strategy:NAME or symbol:NAME"
        ),
        (
            "flatten", "Global",
            "'Global' is not a scope; use global, strategy:NAME or symbol:NAME"
        ),
        (
            "mode", "halt soft",
            "'halt soft' is not a mode; use auto, manual, paper, halt or halt hard"
        ),
        (
            "mode", "auto hard",
            "'auto hard' is not a mode; use auto, manual, paper, halt or halt hard"
        ),
        (
            "sync", "00000000000000FF",
            "'00000000000000FF' is not a snapshot number; write its 16 "
                + "hexadecimal digits in lower case"
        ),
        (
            "sync", "+000000000000001",
            "'+000000000000001' is not a snapshot number; write its 16 "
                + "hexadecimal digits in lower case"
        ),
        ("hold", " \t", "a hold needs a name"), ("release-hold", "", "a hold needs a name"),
        ("prune", "all", "'all' does not state which events to remove"),
        ("doctor", "well", "'well' does not state what the doctor found"),
        ("adopt", "", "'' is not a symbol, or a symbol with a price above 0 behind it"),
        ("adopt", "X 0", "'X 0' is not a symbol, or a symbol with a price above 0 behind it"),
    ])
    func `a text that is no command says what to write`(
        verb: String, argument: String, message: String
    ) {
        do {
            let command = try OperatorCommand(verb: verb, argument: argument)
            Issue.record("\(verb) \(argument) became \(command)")
        } catch { #expect("\(error)" == message) }
    }

    @Test func `an unknown latch lists the latches`() {
        #expect(throws: OperatorCommandError.unknownSource("KillSwitch")) {
            try OperatorCommand(verb: "clear", argument: "KillSwitch global")
        }
        let message = OperatorCommandError.unknownSource("x").description
        for word in LatchSource.words { #expect(message.contains(word)) }
    }
}
