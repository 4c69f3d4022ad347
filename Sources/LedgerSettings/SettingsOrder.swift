import LedgerDomain

/// Two numbers, the first of which must not exceed the second.
public struct SettingsOrder: Sendable {
    private let low: Setting
    private let high: Setting
    private let isStrict: Bool
    private let zeroIsOff: Bool

    /// - Parameter zeroIsOff: 0 means no limit and contradicts nothing.
    public init<Low, High>(
        _ low: SettingKey<Low>, atMost high: SettingKey<High>, zeroIsOff: Bool = false
    ) {
        (self.low, self.high) = (low.setting, high.setting)
        (isStrict, self.zeroIsOff) = (false, zeroIsOff)
    }

    public init<Low, High>(_ low: SettingKey<Low>, below high: SettingKey<High>) {
        (self.low, self.high) = (low.setting, high.setting)
        (isStrict, zeroIsOff) = (true, false)
    }

    public func check(_ settings: Settings) throws(SettingsError) {
        guard let first = Self.number(low, in: settings),
            let second = Self.number(high, in: settings)
        else { return }
        if zeroIsOff, first == 0 || second == 0 { return }
        guard isStrict ? first < second : first <= second else {
            throw SettingsError(
                key: low.key,
                "\(FixedPoint.format(first)) must be \(isStrict ? "below" : "at most") "
                    + "\(high.key) \(FixedPoint.format(second))")
        }
    }

    private static func number(_ setting: Setting, in settings: Settings) -> Int128? {
        let text = settings.text(of: setting.key) ?? setting.defaultValue
        return text.flatMap { try? FixedPoint.parse(Array($0.utf8)) }
    }
}
