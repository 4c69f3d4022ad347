import AlpacaWire
import BinanceWire
import LedgerConfiguration
import LedgerDomain
import LedgerEngine
import LedgerSafety
import LedgerSettings
import LedgerSimulation
import Testing

/// The register of settings.
@Suite struct SettingsSchemaTests {
    @Test func `the register has many settings, and each key once`() {
        let keys = SettingsSchema.all.map(\.key)
        #expect(keys.count > 200)
        #expect(Set(keys).count == keys.count)
    }

    @Test(arguments: SettingsSchema.all.indices)
    func `a setting takes its defaults`(index: Int) {
        let setting = SettingsSchema.all[index]
        for value in [setting.defaultValue, setting.liveDefault].compactMap({ $0 }) {
            #expect(setting.problem(with: value) == nil, "\(setting.key)")
        }
        #expect(!setting.help.isEmpty, "\(setting.key)")
        #expect(SettingsSchema.setting(setting.key.replacing("*", with: "7"))?.key == setting.key)
    }

    @Test func `each environment variable sets one setting`() {
        let variables = SettingsSchema.all.filter { !$0.isListed }.flatMap {
            Configuration.variables($0)
        }
        #expect(Set(variables).count == variables.count)
    }

    /// A key reads what its setting allows; else a configuration that was checked could not be read.
    @Test func `the types of keys hold the bounds of their settings`() throws {
        try expectBounds(FillKeys.feePerUnit)
        try expectBounds(FillKeys.feeBasisPoints)
        try expectBounds(FillKeys.latency)
        try expectBounds(AccountKeys.cash)
        try expectBounds(RunKeys.seed)
        try expectBounds(RunKeys.digestEvery)
        try expectBounds(RiskKeys.maxAbsPositionQty)
        try expectBounds(RiskKeys.maxTotalExposurePct)
        try expectBounds(RiskKeys.maxSignalsPerSec)
        try expectBounds(FilterKeys.maxVolatility)
        try expectBounds(HealthKeys.minExpectancy)
        try expectBounds(QualityKeys.staleness)
        try expectBounds(QualityKeys.feedTimeout)
        try expectBounds(NetworkKeys.maxBackoff)
        try expectBounds(DataKeys.interval)
        try expectBounds(DataKeys.lot)
        try expectBounds(CrossoverKeys.stopLoss)
        try expectBounds(StrategyKeys.quantity)
    }

    private func expectBounds<Value>(_ key: SettingKey<Value>) throws {
        let name = key.name.replacing("*", with: "0")
        let bounds: [String]
        switch key.setting.kind {
        case .integer(let range): bounds = ["\(range.lowerBound)", "\(range.upperBound)"]
        case .decimal(let from, let through): bounds = [from, through]
        default: bounds = []
        }
        #expect(bounds.count == 2)
        let list = key.setting.key.hasPrefix("data") ? SettingsList.data : .strategies
        for bound in bounds {
            let settings = Settings([(name, bound)])
            if key.setting.isListed {
                _ = try settings.entry(list, 0)[key]
            } else {
                _ = try settings[key]
            }
        }
    }
}

/// Defaults and ranges that were written twice and differed.
@Suite struct SettingDriftTests {
    @Test func `a setting that the settings lack has its declared default`() throws {
        let none = Settings([])
        #expect(try none[BinanceKeys.exchangeLimit] == 6000)
        #expect(try none[AlpacaKeys.exchangeLimit] == 200)
        #expect(try none[LiveKeys.reconcile] == .milliseconds(300_000))
        #expect(try none[LatencyKeys.retries] == 1)
        #expect(try none[LatencyKeys.timeout] == .milliseconds(2500))
        #expect(try none[NetworkKeys.processingLimit] == .milliseconds(10_000))
        #expect(try none[AlpacaKeys.requestsPerMinute] == 180)
        #expect(try none[DataKeys.tick] == Price("0.01"))
    }

    @Test func `a range is the declared one wherever a setting is read`() {
        for (key, value) in [
            (RiskKeys.correlationDays, "19"), (RiskKeys.atrDays, "0"),
            (DrawdownKeys.extensionDays, "0"), (QualityKeys.feedStable, "0"),
            (GateKeys.maxRunFailures, "1001"), (FaultKeys.restLimit, "1000001"),
        ] {
            #expect(throws: SettingsError.self, "\(key.name)") {
                try Settings([(key.name, value)])[key]
            }
        }
    }

    @Test func `basis points with four decimals are refused when a configuration is read`() {
        #expect {
            try Configuration(
                path: nil, text: nil, environment: [:],
                overrides: [(FillKeys.feeBasisPoints.name, "0.0001")])
        } throws: { error in
            "\(error)"
                == "option: venue.fee_basis_points '0.0001' has more than 3 decimals"
        }
    }

    @Test func `trailing zeros are no decimals`() throws {
        let settings = Settings([(FillKeys.feeBasisPoints.name, "0.50000")])
        #expect(try settings[FillKeys.feeBasisPoints] == BasisPoints("0.5"))
    }
}
