/// Every event type's payload, by its number: what generic readers look up.
public enum EventCatalog {
    public static let payloads: [any Event.Type] = [
        JournalOpened.self, ConfigurationLoaded.self, InstrumentDefined.self, AccountDefined.self,
        StrategyDefined.self, RunStarted.self, RunEnded.self, RunFailed.self, StateDigested.self,
        OperatorCommanded.self, ClockTicked.self, SessionOpened.self, SessionClosed.self, Bar.self,
        Quote.self, Trade.self, PredictionRecorded.self, DividendDeclared.self, SplitApplied.self,
        CashDeposited.self, CashWithdrawn.self, FeeCharged.self, DividendPaid.self,
        SignalGenerated.self, SignalRejected.self, OrderIntended.self, IntentRejected.self,
        OrderSubmitted.self, OrderAccepted.self, OrderRejected.self, OrderFilled.self,
        OrderCancelled.self, OrderExpired.self,
    ]

    /// Index is the type's number; nil where no type has it.
    static let byType: [(layout: Layout, version: UInt8, name: String)?] = {
        let highest = payloads.map { Int($0.type.rawValue) }.max() ?? 0
        var table = [(layout: Layout, version: UInt8, name: String)?](
            repeating: nil, count: highest + 1)
        for payload in payloads {
            table[Int(payload.type.rawValue)] = (payload.layout, payload.version, payload.type.name)
        }
        return table
    }()

    public static func layout(_ type: UInt16) -> (layout: Layout, version: UInt8, name: String)? {
        Int(type) < byType.count ? byType[Int(type)] : nil
    }
}
