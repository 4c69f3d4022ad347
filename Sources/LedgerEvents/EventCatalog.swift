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
        OrderCancelled.self, OrderExpired.self, FaultReported.self, MetricReported.self,
        FlagFileObserved.self, FeedPaused.self, FeedResumed.self, GapDetected.self,
        VenueSnapshotBegan.self, VenuePositionReported.self, VenueOrderReported.self,
        VenueSnapshotEnded.self, LatchEngaged.self, LatchCleared.self, ModeChanged.self,
        DrawdownChanged.self, PeakRebased.self, HealthChecked.self, SizeAdjusted.self,
        MarkHeld.self, DiscrepancyFound.self, ReconciliationEnded.self, PositionAdjusted.self,
        CashAdjusted.self, AlertRaised.self, OrderRequested.self, OrderCancelRequested.self,
        OrderReplaceRequested.self, OrderReplaced.self, CancelIntended.self, ReplaceIntended.self,
        VenueStatusReported.self, VenueFillReported.self, LinkChanged.self,
        VenueFiltersLoaded.self, IntentReleased.self,
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
