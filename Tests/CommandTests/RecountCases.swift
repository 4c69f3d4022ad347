import Foundation
import TestSupport
import Testing

/// tools/recount.py computes positions, cash, equity and profit again from the events that `tail` prints.
@Suite struct RecountCases {
    static let hasData = FileManager.default.fileExists(atPath: "\(Checkout.data)/lean")

    private func recount(_ command: String) throws {
        let program = Program(folder: try Folder())
        let result = try program.run(
            """
            set -e; ln -s "$ROOT/configs" configs; DATA='\(Checkout.data)/lean'
            ledger backtest --journal run \(command) > /dev/null
            "$ROOT/tools/recount.py" run
            """)
        #expect(result.code == 0, "\(result.output) \(result.errors)")
        #expect(result.output.hasPrefix("the same: "))
    }

    @Test(arguments: [
        "",
        "--set venue.fee_fixed=1.37 --set venue.fee_per_unit=0.0049 --set venue.fee_basis_points=1.1",
        "--set venue.slippage_basis_points=123.4 --set venue.fee_minimum=7",
        "--set venue.participation_basis_points=1 --set strategies.0.quantity=3000",
        "--set strategies.0.stop_loss=1.5 --set strategies.0.take_profit=2.25",
        "--set account.allow_short=true --set strategies.0.fast=3 --set strategies.0.slow=7",
        "--set venue.latency_ms=1000 --set venue.latency_jitter_ms=86400000 --set seed=5",
        """
        --set account.allow_short=true --set venue.fee_fixed=-0.5 --set strategies.0.stop_loss=0.5 \
        --set strategies.0.take_profit=0.7 --set strategies.0.fast=2 --set strategies.0.slow=5 \
        --set venue.slippage_basis_points=33 --set venue.participation_basis_points=0.5 \
        --set venue.latency_jitter_ms=80000000 --set strategies.0.quantity=123
        """,
    ])
    func `the shipped data agrees`(settings: String) throws {
        try recount("-c configs/backtest.yaml \(settings)")
    }

    @Test(arguments: [
        "",
        "--set venue.fee_fixed=1.37 --set venue.fee_per_unit=0.0049 --set seed=3",
        "--set account.allow_short=true --set strategies.0.fast=3 --set strategies.1.fast=2",
        "--set strategies.0.stop_loss=1.5 --set strategies.1.take_profit=2.25",
        "--set rates.0.path= --set rates.0.instrument=EURUSD --set data.2.symbol=EURUSD "
            + "--set data.2.path=configs/sample/GOOG.csv --set data.2.interval=86400 "
            + "--set rates.0.max_age=0",
    ])
    func `three currencies agree`(settings: String) throws {
        try recount("-c configs/currencies.yaml \(settings)")
    }

    /// Prices and rates of a seeded generator, which a fourth currency joins late.
    @Test(arguments: 1...6)
    func `a random account of four currencies agrees`(seed: Int) throws {
        let program = Program(folder: try Folder())
        let result = try program.run(
            """
            set -e; cat > make.py <<CODE
            import random, sys
            random.seed(\(seed))
            days = ["%04d-%02d-%02d" % (2020 + m // 12, m % 12 + 1, d) for m in range(30) for d in range(1, 28)]
            for name, price in (("a", 50.0), ("b", 9.0), ("c", 0.031), ("d", 120.0)):
                with open(name + ".csv", "w") as file:
                    print("time,open,high,low,close,volume", file=file)
                    for day in days:
                        old, price = price, price * random.uniform(0.94, 1.065)
                        print("%s,%.9f,%.9f,%.9f,%.9f,1000000" % (
                            day, old, max(old, price), min(old, price), price), file=file)
            for name, rate, start in (("eur", 1.1, 0), ("btc", 21000.0, 100), ("gbp", 0.87, 0)):
                with open(name + ".csv", "w") as file:
                    print("time,rate", file=file)
                    for day in days[start::random.choice((1, 3))]:
                        rate *= random.uniform(0.97, 1.031)
                        print("%s,%.9f" % (day, rate), file=file)
            CODE
            python3 make.py
            cat > x.yaml <<SETTINGS
            account: {cash: 10000, balances: "EUR=9000.123456789,BTC=0.75,GBP=700", allow_short: true}
            rates:
              - {from: EUR, to: USD, path: eur.csv}
              - {from: BTC, to: USD, path: btc.csv}
              - {from: EUR, to: GBP, path: gbp.csv}
              - {from: GBP, to: USD, via: EUR}
            data:
              - {path: a.csv, symbol: A, currency: USD, tick: 0.000000001, lot: 0.001, interval: 86400}
              - {path: b.csv, symbol: B, currency: EUR, tick: 0.000000001, lot: 0.001, interval: 86400}
              - {path: c.csv, symbol: C, currency: BTC, tick: 0.000000001, lot: 0.001, interval: 86400}
              - {path: d.csv, symbol: D, currency: GBP, tick: 0.000000001, lot: 0.001, interval: 86400}
            venue: {fee_basis_points: 7.7, slippage_basis_points: 3}
            drawdown: {enabled: false}
            risk: {enabled: false}
            strategies:
              - {kind: sma_crossover, name: A, symbols: A, fast: 2, slow: 5, quantity: 3.117}
              - {kind: sma_crossover, name: B, symbols: B, fast: 2, slow: 4, quantity: 41.003}
              - {kind: sma_crossover, name: C, symbols: C, fast: 1, slow: 3, quantity: 1.777}
              - {kind: sma_crossover, name: D, symbols: D, fast: 3, slow: 5, quantity: 0.913, stop_loss: 4}
            SETTINGS
            ledger backtest --journal run -c x.yaml > /dev/null
            ledger verify --journal run > /dev/null
            ledger replay --journal run --from 1 --verify > /dev/null
            "$ROOT/tools/recount.py" run
            """)
        #expect(result.code == 0, "\(result.output) \(result.errors)")
        #expect(result.output.hasPrefix("the same: "))
    }

    /// One to twenty accounts with one to four currencies, some that sell short, a split, and transfers,
    /// conversions, fees and rates of an operator between two runs.
    @Test(arguments: 1...5)
    func `a random desk of several currencies agrees`(seed: Int) throws {
        let program = Program(folder: try Folder())
        let result = try program.run(
            """
            set -e; python3 "$ROOT/Tests/CommandTests/random_desk.py" \(seed)
            sh run.sh > /dev/null
            ledger verify --journal run > /dev/null
            ledger replay --journal run --from 1 --verify > /dev/null
            "$ROOT/tools/recount.py" run
            """)
        #expect(result.code == 0, "\(result.output) \(result.errors)")
        #expect(result.output.hasPrefix("the same: "))
    }

    @Test func `predictions and their exits agree`() throws {
        try recount("-c configs/threshold.yaml")
    }

    private static let strategy = """
        --set strategies.0.kind=sma_crossover --set strategies.0.symbols=X \
        --set strategies.0.fast=5 --set strategies.0.slow=20 --set account.allow_short=true \
        --set strategies.0.stop_loss=1.5 --set venue.fee_basis_points=2.5 \
        --set venue.slippage_basis_points=1 --set data.0.symbol=X --set account.cash=1000000
        """

    @Test(
        .enabled(if: hasData, "there is no shared data beside the package"),
        arguments: [
            "tick/ibm/20131007_quote.zip --set data.0.format=lean-tick-quote"
        ])
    func `ticks of quotes agree`(file: String) throws {
        try recount(
            "\(Self.strategy) --set data.0.tick=0.0001 --set data.0.path=$DATA/equity/usa/\(file)")
    }

    @Test(
        .enabled(if: hasData, "there is no shared data beside the package"),
        arguments: ["quote"])
    func `bitcoin agrees`(rows: String) throws {
        try recount(
            """
            \(Self.strategy) --set strategies.0.quantity=0.12345678 --set data.0.kind=crypto \
            --set data.0.lot=0.00000001 --set data.0.format=lean-minute-\(rows)-crypto \
            --set data.0.path=$DATA/crypto/coinbase/minute/btcusd/20171217_\(rows).zip
            """)
    }

    @Test func `a journal that does not add up is named`() throws {
        let program = Program(folder: try Folder())
        let result = try program.run(
            #"""
            ln -s "$ROOT/configs" configs
            ledger backtest -c configs/backtest.yaml --journal run > /dev/null
            echo 'ledger "$@" | sed "s/\"fee\":\"1\"/\"fee\":\"2\"/"' > liar
            sed -i '1i #!/bin/bash' liar
            chmod +x liar; "$ROOT/tools/recount.py" run ./liar
            """#)
        #expect(result.code == 1)
        #expect(result.output.contains("by the events"))
    }
}
