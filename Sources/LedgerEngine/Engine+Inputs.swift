import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSettings

/// Inputs that are no prices: what they change in the books, and which accounts take them.
extension Engine {
    /// Who takes an input.
    private enum Takers {
        case every
        /// The account that the event names; every one if it names none.
        case named
        /// The account that the event names.
        case one
    }

    mutating func stepRare(_ record: Record, _ step: inout Step) throws(EngineError) {
        let takers = try takers(of: record)
        try beginEach(takers, &step)
        // The folds of the journal would book a derived event, and the engine would not know.
        if let type = record.type, type.role == .derived {
            throw .fold(.inconsistent("\(type.name) is derived, never an input", record.sequence))
        }
        if record.type == .configurationLoaded {
            let loaded: ConfigurationLoaded = try decode(record)
            try configure(Settings(text: loaded.settings), &step)
            try payClaims(&step)
            try watchDesk(&step)
            return try finish(&step)
        }
        try book(record, &step)
        try payClaims(&step)
        for place in takers {
            give(to: place, &step)
            if record.type == .barRecalled {
                // What is due is looked at when the history is whole.
                try parts[place].recall(decode(record) as BarRecalled, step)
            } else {
                try parts[place].step(record, in: &step)
            }
        }
        if record.type == .instrumentDefined {
            findRoutes(of: record.instrument)
        } else {
            learnRoutes()
        }
        try watchDesk(&step)
        try finish(&step)
    }

    /// Books what an input says, once for all accounts.
    private mutating func book(_ record: Record, _ step: inout Step) throws(EngineError) {
        switch record.type {
        case .rulesDeclared:
            try parts[turn].accounts.follow(decode(record), step)
            try groupStops()
        case .instrumentDefined:
            let event: InstrumentDefined = try decode(record)
            guard Int(event.instrument.number) <= NameBook.highest else {
                throw .fold(
                    .inconsistent("instrument \(event.instrument.number) cannot be", step.sequence))
            }
            parts[turn].accounts.define(event.definition)
        case .cashDeposited, .cashWithdrawn, .feeCharged, .dividendPaid, .rateObserved,
            .balanceDeposited, .balanceWithdrawn, .balanceCharged, .balanceConverted:
            try parts[turn].accounts.apply(record)
        case .operatorCommanded:
            try transfer(record, &step)
            try takeAction(try decode(record), of: record.account, &step)
        case .dividendDeclared: try pay(try decode(record), &step)
        case .dividendScheduled: try schedule(try decode(record), record, &step)
        case .splitApplied: try parts[turn].accounts.split(decode(record), step)
        default: break
        }
    }

    /// Pays a dividend to every account that holds the instrument.
    private mutating func pay(
        _ declared: DividendDeclared, _ step: inout Step
    ) throws(EngineError) {
        try parts[turn].accounts.declare(declared, step)
        for position in profit.positions.positions(in: declared.instrument)
        where position.quantity.raw != 0 {
            let amount: Money
            do { amount = try Money.notional(declared.perUnit, position.quantity) } catch {
                throw .number(error)
            }
            let event = DividendPaid(
                instrument: declared.instrument, strategy: position.strategy,
                perUnit: declared.perUnit, quantity: position.quantity, amount: amount)
            try step.emit(event, account: position.account)
            try parts[turn].accounts.book(event, of: position.account, step)
        }
    }

    // MARK: Who takes it

    /// The places of the accounts that take an input.
    ///
    /// - Throws: for an input of one account that names none, or one that the settings do not have.
    private func takers(of record: Record) throws(EngineError) -> [Int] {
        guard parts.count > 1 else { return [0] }
        if record.type == .barRecalled {
            return routes[(try decode(record) as BarRecalled).instrument]
        }
        if let ends = ends(of: record) { return ends }
        let takers = record.type.map(Self.takers) ?? .every
        if takers == .every || takers == .named && record.account == .none {
            return Array(parts.indices)
        }
        guard let place = place(of: record.account) else {
            let what = record.type?.name ?? "event"
            throw .fold(
                .inconsistent(
                    record.account == .none
                        ? "\(what) names no account, and the journal has \(parts.count)"
                        : "\(what) of account \(record.account.index), which the settings do not have",
                    record.sequence))
        }
        return [place]
    }

    private static func takers(of type: EventType) -> Takers {
        switch type {
        case .operatorCommanded, .faultReported, .metricReported, .linkChanged: .named
        case .cashDeposited, .cashWithdrawn, .feeCharged, .dividendPaid, .balanceDeposited,
            .balanceWithdrawn, .balanceCharged, .balanceConverted, .venueSnapshotBegan,
            .venuePositionReported, .venueOrderReported, .venueSnapshotEnded, .venueHoldingReported,
            .venueItemUnread, .orderRequested, .orderCancelRequested, .orderReplaceRequested,
            .venueStatusReported, .venueFillReported, .venueFillCorrected, .venueDeferralReported,
            .venueActivityReported, .venueActivitiesAnchored:
            .one
        default: .every
        }
    }

    /// The place of an account; nil for one that the settings do not have.
    public func place(of account: AccountID) -> Int? {
        parts.indices.first { parts[$0].id == account }
    }
}
