import LedgerDomain
import LedgerEngine

/// The accounts that a command concerns.
public enum AccountScope: Hashable, Sendable {
    case all
    case account(String)
    /// All accounts at a venue, by its name in `venues` or its kind.
    case venue(String)

    /// The numbers with which inputs name them; `none` stands for all, and for the one account of a journal
    /// that has no other.
    ///
    /// - Throws: `OperatorDeskError` for a name that the journal does not have.
    func numbers(in engine: Engine) throws -> [AccountID] {
        let all = try Engine.accounts(of: engine.settings)
        let found: [Engine.AccountOutline]
        switch self {
        case .all: return [.none]
        case .account(let name):
            found = all.filter { $0.name == name }
            guard !found.isEmpty else {
                throw Self.unknown("account", named: name, all.map(\.name))
            }
        case .venue(let name):
            found = all.filter { $0.venue == name }
            guard !found.isEmpty else {
                let venues = all.map(\.venue)
                let distinct = venues.indices.filter { venues.firstIndex(of: venues[$0]) == $0 }
                throw Self.unknown("venue", named: name, distinct.map { venues[$0] })
            }
        }
        return all.count > 1 ? found.map(\.id) : [.none]
    }

    /// The places of the accounts among those of a journal; all where a name is unknown.
    public func places(of accounts: [AccountEngine]) -> [Int] {
        let named = accounts.indices.filter { place in
            switch self {
            case .all: true
            case .account(let name): accounts[place].names.name(accounts[place].account) == name
            case .venue(let name): accounts[place].venue == name
            }
        }
        return named.isEmpty ? Array(accounts.indices) : named
    }

    /// The one account that a command concerns.
    ///
    /// - Throws: `OperatorDeskError` if there are several.
    func one(of engine: Engine) throws -> AccountEngine {
        let accounts = engine.accounts
        guard accounts.count > 1 else {
            _ = try numbers(in: engine)
            return engine.main
        }
        let numbers = try numbers(in: engine)
        guard numbers.count == 1, let place = engine.place(of: numbers[0]) else {
            throw OperatorDeskError.refused(
                "the journal has several accounts; name one with --account: "
                    + engine.names.accounts.map(\.name).joined(separator: ", "))
        }
        return accounts[place]
    }

    private static func unknown(
        _ what: String, named name: String, _ known: [String]
    ) -> OperatorDeskError {
        .refused("there is no \(what) '\(name)'; the journal has \(known.joined(separator: ", "))")
    }
}
