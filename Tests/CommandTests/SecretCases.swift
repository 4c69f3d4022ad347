import Foundation
import Testing

/// Keys are planted in the environment, in a key file and on a command line; then everything that the
/// programs wrote is searched for them: output, errors, journals, artifacts, exports, bundles.
@Suite struct SecretCases {
    private static let planted = [
        "PLANTEDbinancekey", "PLANTEDbinancesecret", "PLANTEDalpacakey", "PLANTEDalpacasecret",
        "PLANTEDmailpassword", "PLANTEDwebhook",
    ]

    /// What is run, one after the other; whether it succeeds does not matter.
    private static let script = """
        set +e; ln -s "$ROOT/configs" configs
        export BINANCE_API_KEY=PLANTEDbinancekey BINANCE_API_SECRET=PLANTEDbinancesecret
        mkdir -p keys; printf 'api_key=PLANTEDalpacakey\\napi_secret=PLANTEDalpacasecret\\n' > keys/alpaca
        chmod 600 keys/alpaca; export LEDGER_ALPACA_KEY_FILE=keys/alpaca
        run() { echo "$ $*"; timeout 60 "$@"; }
        run ledger backtest --config configs/backtest.yaml --journal run
        # Refused, because nothing is mailed or posted yet.
        run env EMAIL_PASSWORD=PLANTEDmailpassword ledger config show --all
        run env SLACK_WEBHOOK=https://PLANTEDwebhook ledger doctor --verbose
        run ledger config show --all
        run ledger config apply --journal run --set drawdown.halt_threshold=0.06 --reason planted
        run ledger tail --journal run --all --format json
        run ledger artifacts rebuild --journal run
        run ledger bundle bundle.tar --journal run
        run ledger snapshot export run.snapshot --journal run
        run ledger snapshot show run.snapshot --events
        run ledger export jsonl --journal run
        run ledger export hledger --journal run
        run ledger doctor --verbose --journal run --record
        run ledger doctor --json --pre-live --journal run
        run ledgerd doctor --verbose --set binance.rest_url=http://127.0.0.1:1 --set alpaca.trading_url=http://127.0.0.1:1
        run ledgerd data refresh-fees --symbols BTCUSDT --url http://127.0.0.1:1
        run ledgerd data assets --url http://127.0.0.1:1
        run ledgerd data refresh-fees --symbols BTCUSDT --url http://192.0.2.1
        # Wrong in every way that names the setting.
        run ledger doctor --set alpaca.api_secret=PLANTEDalpacasecret
        run env ALPACA_API_SECRET=PLANTEDalpacasecret ALPACA_SECRET_KEY=other ledger doctor --verbose
        run env ALPACA_API_KEY=PLANTEDalpacakey ledger doctor --verbose
        run env BINANCE_API_KEY=$'PLANTEDbinancekey\\n' ledger doctor --verbose
        chmod 644 keys/alpaca
        run ledger doctor --verbose
        run ledgerd data assets --url http://127.0.0.1:1
        printf 'PLANTEDalpacakey\\n' > keys/alpaca; chmod 600 keys/alpaca
        run ledger doctor --verbose
        printf 'alpaca: {api_key: PLANTEDalpacakey' > bad.yaml
        run ledger doctor --config bad.yaml --verbose
        run ledgerd live --config configs/paper_alpaca.yaml --dry-run --journal live --set alpaca.trading_url=http://127.0.0.1:1
        """

    @Test func `no key stands in anything that the programs wrote`() throws {
        let folder = try Folder()
        let result = try Program(folder: folder).run(Self.script)
        // Only what the shell itself wrote has them: the script's own words.
        let printed = (result.output + result.errors).split(separator: "\n")
            .filter { !$0.hasPrefix("$ ") }.joined(separator: "\n")
        #expect(printed.contains("drawdown.halt_threshold") && printed.contains("healthy"))
        for key in Self.planted { #expect(!printed.contains(key), "\(key) was printed") }
        var files = 0
        let listed = FileManager.default.enumerator(atPath: folder.path)
        while let name = listed?.nextObject() as? String {
            let path = "\(folder.path)/\(name)"
            guard !name.hasPrefix("keys/"), !name.hasPrefix("configs"), name != "bad.yaml",
                name != ".output", name != ".errors",
                let data = FileManager.default.contents(atPath: path)
            else { continue }
            files += 1
            for key in Self.planted {
                #expect(data.range(of: Data(key.utf8)) == nil, "\(key) stands in \(name)")
            }
        }
        #expect(files > 5)
    }
}
