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
