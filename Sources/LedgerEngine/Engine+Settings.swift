import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSettings

extension Engine {
    /// Nil when the settings may follow the present ones, else the first that cannot and why.
    public func problem(with new: Settings) -> String? {
        do throws(SettingsError) {
            let all = try AccountSettings.all(new)
            for (place, one) in all.enumerated() {
                let account =
                    place < parts.count
                    ? parts[place] : AccountEngine(at: place, strategies: catalog)
                do throws(SettingsError) { try account.check(one.settings) } catch {
                    throw one.said(error)
                }
            }
            try AccountSettings.checkChange(from: parts.map(\.settings), to: all)
            _ = try DeskStop.all(new, all.map(\.settings), after: deskStops, rulesVersion)
        } catch { return error.description }
        return nil
    }

    /// Whether a venue of the engine cancels orders when it takes these settings.
    public func cancelsOrders(taking new: Settings) -> Bool {
        guard let all = try? AccountSettings.all(new) else { return false }
        return zip(parts, all).contains { $0.cancelsOrders(taking: $1.settings) }
    }

    /// Gives each account its settings. One whose settings stay as they are keeps its orders.
    mutating func configure(_ new: Settings, _ step: inout Step) throws(EngineError) {
        let all: [AccountSettings]
        do throws(SettingsError) {
            all = try AccountSettings.all(new)
            try AccountSettings.checkChange(from: parts.map(\.settings), to: all)
            deskStops = try DeskStop.all(
                new, all.map(\.settings), after: deskStops, rulesVersion)
        } catch { throw .settings(error) }
        let gates = parts.filter { $0.configuration != nil }.map(\.gate)
        while parts.count < all.count {
            parts.append(AccountEngine(at: parts.count, strategies: catalog))
        }
        settings = new
        for (place, one) in all.enumerated() {
            give(to: place, &step)
            parts[place].venueName = one.venue ?? ""
            guard all.count == 1 || parts[place].settings != one.settings else { continue }
            do throws(EngineError) { try parts[place].configure(one.settings, &step) } catch {
                if case .settings(let error) = error { throw .settings(one.said(error)) }
                throw error
            }
            if place >= gates.count { try parts[place].inherit(gates, &step) }
            try parts[place].look(&step)
        }
        findRoutes()
    }

    /// Takes up settings without saying so, before a saved state is read.
    mutating func adopt(_ new: Settings, _ rules: RulesVersion) throws(EngineError) {
        let all: [AccountSettings]
        do throws(SettingsError) {
            all = try AccountSettings.all(new)
            deskStops = try DeskStop.all(new, all.map(\.settings), after: [], rules)
        } catch { throw .settings(error) }
        while parts.count < all.count {
            parts.append(AccountEngine(at: parts.count, strategies: catalog))
        }
        settings = new
        for (place, one) in all.enumerated() {
            give(to: place)
            parts[place].venueName = one.venue ?? ""
            try parts[place].adopt(one.settings)
        }
    }

    /// An account as settings define it.
    public struct AccountOutline: Sendable {
        public var id: AccountID
        public var name: String
        public var currency: String
        /// The setting that states the currency.
        public var currencyKey: String
        /// The venue's name in `venues`, or its kind.
        public var venue: String
        public var isRemote: Bool
        /// What a new journal starts with.
        public var cash: Money
        /// The same in other currencies.
        public var balances: [(currency: String, amount: Money)]
    }

    /// The accounts that settings define, in order.
    public static func accounts(of settings: Settings) throws(SettingsError) -> [AccountOutline] {
        var accounts: [AccountOutline] = []
        for (place, one) in try AccountSettings.all(settings).enumerated() {
            do throws(SettingsError) {
                let venue = try one.settings[ModeKeys.venue]
                accounts.append(
                    AccountOutline(
                        id: AccountID(
                            try one.settings[AccountKeys.kind], index: UInt16(place + 1)),
                        name: try one.settings[AccountKeys.name],
                        currency: try one.settings[AccountKeys.currency],
                        currencyKey: one.origin(of: AccountKeys.currency.name),
                        venue: one.venue ?? venue,
                        isRemote: venue != ModeKeys.simulated,
                        cash: try one.settings[AccountKeys.cash],
                        balances: try RateSettings.balances(one.settings)))
            } catch { throw one.said(error) }
        }
        return accounts
    }

    /// The settings as they hold for each account, in order.
    public static func settingsByAccount(of settings: Settings) throws(SettingsError) -> [Settings]
    {
        try AccountSettings.all(settings).map(\.settings)
    }

    /// The settings as they hold for an account; as they are where they do not define it.
    public static func settings(_ settings: Settings, of account: AccountID) -> Settings {
        guard let all = try? AccountSettings.all(settings), (1...all.count).contains(account.index)
        else { return settings }
        return all[account.index - 1].settings
    }

    /// The settings as they hold for the first account whose orders go to a venue outside, or for the first.
    public static func settingsOutside(of settings: Settings) throws(SettingsError) -> Settings {
        let all = try AccountSettings.all(settings)
        for one in all where try one.settings[ModeKeys.venue] != ModeKeys.simulated {
            return one.settings
        }
        return all[0].settings
    }

    /// The stops over all accounts, as newer rules group them.
    mutating func groupStops() throws(EngineError) {
        guard !deskStops.isEmpty else { return }
        do throws(SettingsError) {
            deskStops = try DeskStop.all(
                settings, AccountSettings.all(settings).map(\.settings), after: deskStops,
                rulesVersion)
        } catch { throw .settings(error) }
    }

    // MARK: Commands

    /// Nil when the command may be stepped in this state, else why not and what to do instead.
    ///
    /// - Parameter account: whose command it is; none for one to all accounts.
    public func problem(with event: OperatorCommanded, of account: AccountID) -> String? {
        do {
            return problem(with: try OperatorCommand(event), of: account)
        } catch { return "\(error)" }
    }

    /// The same for a command that was read.
    public func problem(with command: OperatorCommand, of account: AccountID) -> String? {
        if let problem = problem(transferring: command, from: account) { return problem }
        guard parts.count > 1 else { return parts[0].problem(with: command) }
        if case .action = command, account != .none {
            return "a corporate action concerns all holders; leave --account and --venue out"
        }
        let known = names.accounts.map(\.name).joined(separator: ", ")
        guard account == .none else {
            guard let place = place(of: account) else {
                return "the journal has no account \(account.index); it has \(known)"
            }
            return accounts[place].problem(with: command)
        }
        guard !command.isOfOneAccount else {
            return "the journal has several accounts; name one with --account: \(known)"
        }
        // What one account refuses the others may need.
        let problems = accounts.map { $0.problem(with: command) }
        return problems.contains(nil) ? nil : problems[0]
    }
}

extension OperatorCommand {
    /// Whether a command has a meaning in one account alone.
    public var isOfOneAccount: Bool {
        switch self {
        case .deposit, .withdrawal, .fee, .sync, .adopt, .conversion, .correction, .transfer,
            .positionTransfer, .borrow, .interest, .funding:
            true
        case .note, .rate, .action, .engage, .clear, .mode, .override, .healthCheck, .hold,
            .releaseHold,
            .prune,
            .doctor, .flatten:
            false
        }
    }
}

extension Engine {
    /// The accounts in the order of the settings; before the first settings one account without any.
    public var accounts: [AccountEngine] {
        var engine = self
        return parts.indices.map { place in
            engine.give(to: place)
            return engine.parts[place]
        }
    }

    /// An account by its place in the settings, without a copy of the others.
    public func account(at place: Int) -> AccountEngine {
        var part = parts[place]
        guard place != turn else { return part }
        part.accounts = parts[turn].accounts
        part.accounts.open(part.id)
        return part
    }

    /// The first account, for journals that can have no other.
    public var main: AccountEngine { account(at: 0) }

    public var isDesk: Bool { parts.count > 1 }

    /// The places of the accounts whose orders go to venues outside.
    public var placesOutside: [Int] { parts.indices.filter { parts[$0].isRemote } }

    /// The place of the account with a name; nil if there is none.
    public func place(named name: String) -> Int? {
        parts.indices.first { names.name(parts[$0].id) == name }
    }

    /// The account that keeps an instrument's history: the first that trades or holds it.
    public func keeper(of instrument: InstrumentID) -> AccountEngine {
        account(at: routes[instrument].first ?? 0)
    }

    /// The open orders of all accounts, by number.
    public var openOrders: [Order] { OrderRegister(merging: parts.map(\.orders)).open }

    public var names: NameBook { parts[turn].names }
    public var profit: ProfitAndLoss { parts[turn].profit }
    public var inputs: UInt64 { parts[turn].accounts.inputs }
    public var lastTime: Timestamp { parts[turn].accounts.lastTime }
    /// The rules under which the engine steps.
    public var rulesVersion: RulesVersion { parts[turn].rulesVersion }

    /// Steps under rules that the journal does not declare, for a comparison.
    public mutating func follow(_ rules: RulesVersion) throws(FoldError) {
        try parts[turn].accounts.follow(rules)
        do throws(EngineError) { try groupStops() } catch { return }
        for place in parts.indices { parts[place].follow() }
    }
}
