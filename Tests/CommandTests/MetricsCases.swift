import Foundation
import TestSupport
import Testing

/// Whether quantstats and empyrical are installed.
enum MetricsPackages {
    static let areHere: Bool = {
        guard let folder = try? Folder() else { return false }
        let trial = try? Program(folder: folder).run(
            "\"$ROOT/tools/python\" -c 'import quantstats, empyrical'")
        return trial?.code == 0
    }()
}

/// tools/check_metrics.py computes the ratios of daily returns again, with quantstats and empyrical.
@Suite(
    .enabled(
        if: MetricsPackages.areHere,
        "quantstats and empyrical are not installed: run tools/python -c 'import quantstats, empyrical'"
    ))
struct MetricsCases {
    @Test(arguments: [
        "-c configs/backtest.yaml", "-c configs/threshold.yaml",
        "-c configs/backtest.yaml --set strategies.0.fast=5 --set account.allow_short=true",
    ])
    func `quantstats and empyrical compute the ratios of the shipped back-tests`(
        _ settings: String
    ) throws {
        let program = Program(folder: try Folder())
        let result = try program.run(
            """
            set -e; ln -s "$ROOT/configs" configs
            ledger backtest --journal run \(settings) > /dev/null
            ledger project equity --journal run --curve --format csv > curve.csv
            ledger project equity --journal run --metrics --format csv > metrics.csv
            "$ROOT/tools/python" "$ROOT/tools/check_metrics.py" curve.csv metrics.csv
            """)
        #expect(result.output == "the same: 10 figures\n", "\(result.output) \(result.errors)")
    }

    @Test func `a ratio that is wrong is named`() throws {
        let program = Program(folder: try Folder())
        let result = try program.run(
            """
            set -e; ln -s "$ROOT/configs" configs
            ledger backtest --journal run -c configs/backtest.yaml > /dev/null
            ledger project equity --journal run --curve --format csv > curve.csv
            ledger project equity --journal run --metrics --format csv \\
                | sed '2s/\\(0\\.[0-9]*\\)[0-9],/\\1,/' | sed '2s/0\\.[0-9][0-9]/0.99/g' > metrics.csv
            "$ROOT/tools/python" "$ROOT/tools/check_metrics.py" curve.csv metrics.csv || echo refused
            """)
        #expect(result.output.contains(" is not "), "\(result.output) \(result.errors)")
        #expect(result.output.hasSuffix("refused\n"))
    }
}
