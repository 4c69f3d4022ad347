import LedgerDomain

extension Record {
    /// The account, the instrument and the strategies that an event names by their numbers.
    public struct Mentioned: Sendable {
        public var account = AccountID.none
        public var instrument = InstrumentID.none
        public var strategies: [StrategyID] = []

        public init() {}
    }

    public var mentioned: Mentioned {
        var found = Mentioned()
        (found.account, found.instrument) = (account, instrument)
        guard let known = EventCatalog.layout(rawType), known.version == version,
            payloadEnd >= known.layout.size
        else { return found }
        for field in known.layout.fields {
            guard case .strategy = field.kind else { continue }
            let strategy = StrategyID(load(field.offset))
            if strategy != .none { found.strategies.append(strategy) }
        }
        return found
    }
}
