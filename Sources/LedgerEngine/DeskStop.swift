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

    public static let section = "desk."
    public static let all: [Setting] = [haltThreshold.setting, panicThreshold.setting]
}

/// Follows the sum of all accounts' equity. When it falls too far below its peak, the stop of each account
/// goes to HALT or PANIC. From there each account waits, checks and resumes as after a fall of its own. When
/// all that have strategies trade again, the peak is the equity of that moment.
struct DeskStop: Hashable, Sendable {
    private(set) var rules: DrawdownRules?
    /// In 10^-18. A deposit and a withdrawal leave its proportion to equity.
    private(set) var peak: Int128 = 0
    private(set) var phase = DrawdownPhase.normal
    private var deposits = Money.zero
    /// Whether equity was seen since the stop was switched on.
    private var hasBegun = false

    /// A stop that is switched on begins with the equity of that moment as its peak.
    ///
    /// - Throws: `SettingsError` for thresholds that the accounts cannot follow.
    mutating func configure(
        _ settings: Settings, _ accounts: [Settings]
    ) throws(SettingsError) {
        let halt = try settings[DeskStopKeys.haltThreshold]
        let panic = try settings[DeskStopKeys.panicThreshold]
        guard halt.raw > 0 || panic.raw > 0 else { return self = DeskStop() }
        let key = halt.raw > 0 ? DeskStopKeys.haltThreshold : DeskStopKeys.panicThreshold
        guard accounts.count > 1 else {
            throw SettingsError(key, "needs several accounts; of one, set drawdown.halt_threshold")
        }
        guard panic.raw == 0 || halt < panic else {
            throw SettingsError(
                DeskStopKeys.haltThreshold,
                "\(halt) must be below \(DeskStopKeys.panicThreshold.name) \(panic)")
        }
        let currency = try accounts[0][AccountKeys.currency]
        for account in accounts {
            let name = try account[AccountKeys.name]
            guard try account[AccountKeys.currency] == currency else {
                throw SettingsError(
                    key, "needs accounts in one currency; \(name) is not in \(currency)")
            }
            guard try account[DrawdownKeys.enabled] else {
                throw SettingsError(key, "needs drawdown.enabled in every account; \(name) is off")
            }
        }
        var rules = DrawdownRules()
        // A threshold that is not set is never reached.
        let never = Price(raw: FixedPoint.one)
        (rules.warning, rules.halt, rules.panic) = (
            .zero, halt.raw > 0 ? halt : never, panic.raw > 0 ? panic : never
        )
        self.rules = rules
    }

    /// Takes the equity of now, in 10^-18, and what was deposited so far.
    ///
    /// - Returns: the phase to which the accounts must go now; nil for none.
    mutating func see(
        equity: Int128, deposits: Money, allTrade: Bool
    ) -> DrawdownPhase? {
        guard let rules else { return nil }
        if !hasBegun { (hasBegun, self.deposits, peak) = (true, deposits, equity) }
        let moved = (deposits - self.deposits).raw * Int128(FixedPoint.one)
        self.deposits = deposits
        if moved != 0 {
            let before = equity - moved
            peak =
                before > 0 && equity > 0
                ? FixedPoint.scaledUp(peak, by: equity, over: before) ?? equity
                : max(0, peak + moved)
        }
        if phase != .normal, allTrade { (phase, peak) = (.normal, equity) }
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
    }

    mutating func restore(from reader: inout StateReader) throws(StateError) {
        peak = try reader.readSum(bits: 126)
        phase = try reader.read()
        deposits = try reader.readSum()
        hasBegun = try reader.read()
    }
}

extension Engine {
    /// The thresholds over all accounts, with how far the sum of equity is below its peak.
    public var deskUsage: [LimitUsage] {
        guard let rules = deskStop.rules else { return [] }
        let fall = deskEquity.map {
            Measure.share(AccountEngine.fall($0.equity, below: deskStop.peak))
        }
        return [
            (DeskStopKeys.haltThreshold.name, rules.halt),
            (DeskStopKeys.panicThreshold.name, rules.panic),
        ].filter { $0.1.raw < FixedPoint.one }.map { name, limit in
            LimitUsage(setting: name, limit: .share(limit), used: fall, isEnforced: true)
        }
    }

    /// The sum of all accounts' equity, in 10^-18, and of their deposits; nil where one is unknown.
    private var deskEquity: (equity: Int128, deposits: Money)? {
        var equity: Int128 = 0
        var deposits = Money.zero
        for part in parts {
            guard let worth = profit.equity[part.id] else { continue }
            if profit.converts,
                profit.equity.gap(part.id, at: parts[turn].accounts.lastTime) != nil
            {
                return nil
            }
            let (sum, overflow) = equity.addingReportingOverflow(worth.equityValue)
            guard !overflow, sum.magnitude < UInt128(1) << 120 else { return nil }
            equity = sum
            deposits += worth.netDeposits
            // In 10^-18 they still fit.
            guard deposits.raw.magnitude < UInt128(1) << 90 else { return nil }
        }
        return (equity, deposits)
    }

    /// Watches the sum of all accounts, after an input was taken.
    @inline(never)
    mutating func watchDesk(_ step: inout Step) throws(EngineError) {
        guard let rules = deskStop.rules, let desk = deskEquity else { return }
        let trading = parts.filter { !$0.desk.slots.isEmpty }
        let phase = deskStop.see(
            equity: desk.equity, deposits: desk.deposits,
            allTrade: (trading.isEmpty ? parts : trading).allSatisfy { $0.stop.allowsEntries })
        guard let phase else { return }
        let fall = AccountEngine.fall(desk.equity, below: deskStop.peak)
        for place in parts.indices {
            give(to: place, &step)
            try parts[place].follow(
                phase, fall, below: phase == .panic ? rules.panic : rules.halt, &step)
        }
    }
}
