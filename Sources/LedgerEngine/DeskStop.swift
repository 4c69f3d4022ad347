import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSettings

/// The drawdown stop over the sum of all accounts.
public enum DeskStopKeys {
    public static let haltThreshold = SettingKey<Price>.share(
        "desk.halt_threshold", default: "0",
        help:
            "drawdown (share of the peak) of all accounts together from which entries are blocked "
            + "in each; 0 for none")
    public static let panicThreshold = SettingKey<Price>.share(
        "desk.panic_threshold", default: "0",
        help: "drawdown (share of the peak) of all accounts together from which positions are also "
            + "sold in each; 0 for none")

    public static let currency = SettingKey.text(
        "desk.currency", default: nil,
        help: "currency of figures over all accounts; needed where the accounts have several, with "
            + "`rates` that lead to it")

    public static let section = "desk."
    public static let all: [Setting] = [
        haltThreshold.setting, panicThreshold.setting, currency.setting,
    ]
}

/// Follows the sum of equity of accounts of one kind: real, paper and simulated money never mix. When it falls
/// too far below its peak, the stop of each of them goes to HALT or PANIC. From there each account waits, checks
/// and resumes as after a fall of its own. When all that have strategies trade again, the peak is the equity of
/// that moment.
struct DeskStop: Hashable, Sendable {
    private(set) var rules: DrawdownRules?
    /// Of the accounts that it watches, in the order of the settings.
    private(set) var places: [Int] = []
    /// What equity is counted in; empty for the currency that all accounts have.
    private(set) var currency = ""
    /// In 10^-18. A deposit and a withdrawal leave its proportion to equity.
    private(set) var peak: Int128 = 0
    private(set) var phase = DrawdownPhase.normal
    private var deposits = Money.zero
    /// The same by account, each in its own currency, where equity is converted.
    private var ownDeposits: [Money] = []
    /// Whether equity was seen since the stop was switched on.
    private var hasBegun = false

    /// The stops that settings define: one for each kind of account, or for all under rules before 5. One that
    /// goes on keeps its peak.
    ///
    /// - Throws: `SettingsError` for thresholds that the accounts cannot follow.
    static func all(
        _ settings: Settings, _ accounts: [Settings], after former: [DeskStop],
        _ version: RulesVersion
    ) throws(SettingsError) -> [DeskStop] {
        guard let (key, rules) = try rules(settings, accounts) else { return [] }
        var stops: [DeskStop] = []
        var kinds: [AccountKind] = []
        for (place, account) in accounts.enumerated() {
            let kind = version.sumByKind ? try account[AccountKeys.kind] : .simulated
            guard let known = kinds.firstIndex(of: kind) else {
                kinds.append(kind)
                var stop = former.first { $0.places.first == place } ?? DeskStop()
                (stop.rules, stop.places) = (rules, [place])
                stops.append(stop)
                continue
            }
            stops[known].places.append(place)
        }
        for number in stops.indices {
            let own = stops[number].places.map { accounts[$0] }
            try stops[number].count(in: own, settings, key)
        }
        return stops
    }

    private static func rules(
        _ settings: Settings, _ accounts: [Settings]
    ) throws(SettingsError) -> (key: SettingKey<Price>, DrawdownRules)? {
        let halt = try settings[DeskStopKeys.haltThreshold]
        let panic = try settings[DeskStopKeys.panicThreshold]
        guard halt.raw > 0 || panic.raw > 0 else { return nil }
        let key = halt.raw > 0 ? DeskStopKeys.haltThreshold : DeskStopKeys.panicThreshold
        guard accounts.count > 1 else {
            throw SettingsError(key, "needs several accounts; of one, set drawdown.halt_threshold")
        }
        guard panic.raw == 0 || halt < panic else {
            throw SettingsError(
                DeskStopKeys.haltThreshold,
                "\(halt) must be below \(DeskStopKeys.panicThreshold.name) \(panic)")
        }
        for account in accounts {
            guard try account[DrawdownKeys.enabled] else {
                let name = try account[AccountKeys.name]
                throw SettingsError(key, "needs drawdown.enabled in every account; \(name) is off")
            }
        }
        var rules = DrawdownRules()
        // A threshold that is not set is never reached.
        let never = Price(raw: FixedPoint.one)
        (rules.warning, rules.halt, rules.panic) = (
            .zero, halt.raw > 0 ? halt : never, panic.raw > 0 ? panic : never
        )
        return (key, rules)
    }

    /// Sets what equity is counted in. Another currency begins with another peak.
    private mutating func count(
        in accounts: [Settings], _ settings: Settings, _ key: SettingKey<Price>
    ) throws(SettingsError) {
        let first = try accounts[0][AccountKeys.currency]
        var new = ""
        for account in accounts where try account[AccountKeys.currency] != first {
            guard let currency = settings.text(of: DeskStopKeys.currency.name) else {
                throw SettingsError(
                    key,
                    "needs accounts in one currency, or desk.currency; "
                        + "\(try account[AccountKeys.name]) is not in \(first)")
            }
            new = currency
        }
        for account in accounts where !new.isEmpty {
            let own = try account[AccountKeys.currency]
            guard try RateSettings.leads(RateSettings.all(settings), from: own, to: new) else {
                throw SettingsError(
                    DeskStopKeys.currency, "no entry of rates leads from \(own) to \(new)")
            }
        }
        if new != currency { (hasBegun, phase, currency) = (false, .normal, new) }
    }

    /// What was deposited since the last call, in 10^-18.
    ///
    /// - Parameter worth: of an amount of an account by its place, in the stop's currency; nil where unknown.
    private mutating func moved(
        _ accounts: [Money], worth: (Int, Money) -> Money?
    ) -> Int128? {
        guard !currency.isEmpty else {
            let total = accounts.reduce(Money.zero, +)
            guard total.raw.magnitude < UInt128(1) << 90 else { return nil }
            defer { deposits = total }
            return hasBegun ? (total - deposits).raw * Int128(FixedPoint.one) : 0
        }
        var sum = Money.zero
        for (number, amount) in accounts.enumerated() where hasBegun {
            let before = number < ownDeposits.count ? ownDeposits[number] : .zero
            guard let value = worth(places[number], amount - before) else { return nil }
            sum += value
        }
        guard sum.raw.magnitude < UInt128(1) << 90 else { return nil }
        ownDeposits = accounts
        return sum.raw * Int128(FixedPoint.one)
    }

    /// Takes the equity of now, in 10^-18, and what was deposited so far in each account.
    ///
    /// - Returns: the phase to which the accounts must go now; nil for none.
    mutating func see(
        equity: Int128, deposits: [Money], allTrade: () -> Bool, worth: (Int, Money) -> Money?
    ) -> DrawdownPhase? {
        guard let rules, let moved = moved(deposits, worth: worth) else { return nil }
        if !hasBegun { (hasBegun, peak) = (true, equity) }
        if moved != 0 {
            let before = equity - moved
            peak =
                before > 0 && equity > 0
                ? FixedPoint.scaledUp(peak, by: equity, over: before) ?? equity
                : max(0, peak + moved)
        }
        if phase != .normal, allTrade() { (phase, peak) = (.normal, equity) }
        peak = max(peak, equity)
        switch DrawdownStop.step(phase, rules.level(equity, below: peak), isOver: false) {
        case .halt: phase = .halt
        case .panic: phase = .panic
        default: return nil
        }
        return phase
    }

    func encode(into writer: inout StateWriter) {
        writer.write(peak)
        writer.write(phase)
        writer.write(deposits)
        writer.write(hasBegun)
        if !currency.isEmpty { writer.write(ownDeposits) { $0.write($1) } }
    }

    mutating func restore(from reader: inout StateReader) throws(StateError) {
        peak = try reader.readSum(bits: 126)
        phase = try reader.read()
        deposits = try reader.readSum()
        hasBegun = try reader.read()
        guard !currency.isEmpty else { return }
        ownDeposits = try reader.readArray { (reader) throws(StateError) in
            try reader.readSum()
        }
    }
}

extension Engine {
    /// The thresholds over all accounts of a kind, with how far the sum of equity is below its peak.
    public var deskUsage: [(kind: AccountKind, usage: [LimitUsage])] {
        deskStops.compactMap { stop in
            guard let rules = stop.rules, let first = stop.places.first,
                let kind = parts[first].id.kind
            else { return nil }
            let fall = worth(of: stop).map {
                Measure.share(AccountEngine.fall($0.equity, below: stop.peak))
            }
            let usage = [
                (DeskStopKeys.haltThreshold.name, rules.halt),
                (DeskStopKeys.panicThreshold.name, rules.panic),
            ].filter { $0.1.raw < FixedPoint.one }.map { name, limit in
                LimitUsage(setting: name, limit: .share(limit), used: fall, isEnforced: true)
            }
            return (kind, usage)
        }
    }

    /// The sum of the accounts' equity, in 10^-18, and what was deposited in each; nil where one is unknown.
    private func worth(of stop: DeskStop) -> (equity: Int128, deposits: [Money])? {
        var equity: Int128 = 0
        var deposits: [Money] = []
        for place in stop.places {
            guard let worth = profit.equity[parts[place].id] else {
                deposits.append(.zero)
                continue
            }
            guard let value = value(of: worth, place, in: stop.currency) else { return nil }
            let (sum, overflow) = equity.addingReportingOverflow(value)
            guard !overflow, sum.magnitude < UInt128(1) << 120 else { return nil }
            equity = sum
            deposits.append(worth.netDeposits)
            // Their sum still fits.
            guard worth.netDeposits.raw.magnitude < UInt128(1) << 90 else { return nil }
        }
        return (equity, deposits)
    }

    /// An account's equity in 10^-18 of a currency; nil where a rate is unknown or it does not fit.
    private func value(of worth: AccountEquity, _ place: Int, in currency: String) -> Int128? {
        let (id, now) = (parts[place].id, parts[turn].accounts.lastTime)
        if profit.converts, profit.equity.gap(id, at: now) != nil { return nil }
        let own = parts[place].configuration?.currency ?? ""
        guard !currency.isEmpty, own != currency else { return worth.equityValue }
        guard profit.equity.gap(from: own, to: currency, at: now) == nil,
            let rate = profit.equity.conversion(from: own, to: currency),
            let value = try? rate.worth(ofValue: worth.equityValue)
        else { return nil }
        let (raw, overflow) = value.raw.multipliedReportingOverflow(by: Int128(FixedPoint.one))
        return overflow ? nil : raw
    }

    /// Watches the sums, after an input was taken.
    @inline(never)
    mutating func watchDesk(_ step: inout Step) throws(EngineError) {
        for number in deskStops.indices { try watch(number, &step) }
    }

    private mutating func watch(_ number: Int, _ step: inout Step) throws(EngineError) {
        let places = deskStops[number].places
        guard let rules = deskStops[number].rules, let desk = worth(of: deskStops[number]) else {
            return
        }
        let (equity, currency, parts) = (profit.equity, deskStops[number].currency, parts)
        let phase = deskStops[number].see(
            equity: desk.equity, deposits: desk.deposits,
            allTrade: {
                let trading = places.filter { !parts[$0].desk.slots.isEmpty }
                return (trading.isEmpty ? places : trading).allSatisfy {
                    parts[$0].stop.allowsEntries
                }
            }
        ) { place, amount in
            let from = parts[place].configuration?.currency ?? ""
            guard from != currency else { return amount }
            return equity.conversion(from: from, to: currency).flatMap { try? $0.worth(of: amount) }
        }
        guard let phase else { return }
        let fall = AccountEngine.fall(desk.equity, below: deskStops[number].peak)
        for place in places {
            give(to: place, &step)
            try self.parts[place].follow(
                phase, fall, below: phase == .panic ? rules.panic : rules.halt, &step)
        }
    }
}
