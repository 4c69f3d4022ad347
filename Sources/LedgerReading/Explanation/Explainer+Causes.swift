import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSettings

/// Finds the causes of each type of event.
extension Explainer {
    /// The nearest causes, most informative first. The input is included unless another cause comes
    /// from it and leads there.
    func causes(of event: KeptEvent) throws -> [Link] {
        var links = try specific(event).filter {
            $0.sequence != .none && $0.sequence < event.sequence
        }
        guard event.cause != .none, event.cause < event.sequence else { return links }
        let (relation, isAlwaysTold) = Self.input(event.type)
        let isReached = try links.contains { link in
            try link.sequence == event.cause || self.event(link.sequence).cause == event.cause
        }
        if isAlwaysTold || !isReached { links.append(Link(relation, event.cause)) }
        var seen: [SequenceNumber] = []
        return links.filter { link in
            defer { seen.append(link.sequence) }
            return !seen.contains(link.sequence)
        }
    }

    /// How the input relates to an event, and whether it is shown next to other causes of the same
    /// step.
    private static func input(_ type: EventType?) -> (relation: String, isAlwaysTold: Bool) {
        switch type {
        case .orderFilled: ("filled by", true)
        case .orderCancelled, .orderExpired: ("ended at", false)
        case .signalGenerated: ("decided on", false)
        case .dividendPaid, .dividendAccrued: ("declared by", true)
        case .dividendSettled: ("paid at", true)
        case .cashDeposited, .cashWithdrawn, .feeCharged: ("commanded by", false)
        case .accountDefined, .strategyDefined: ("defined by", false)
        case .latchEngaged, .latchCleared, .drawdownChanged, .modeChanged: ("came with", false)
        default: ("came of", false)
        }
    }

    private func specific(_ event: KeptEvent) throws -> [Link] {
        switch event.type {
        case .signalRejected, .intentRejected, .sizeAdjusted, .refusalRepeated:
            return try verdict(event)
        case .orderIntended: return try intent(event)
        case .orderSubmitted, .orderAccepted, .orderRejected:
            return [Link("of", try event.read { try Self.order($0) })]
        case .replaceIntended, .orderReplaced, .intentReleased, .retryScheduled:
            return try change(event)
        case .cancelIntended: return try ended(event, event.read { try CancelIntended($0).reason })
        case .orderFilled: return [Link("fills", try event.read { try Self.order($0) })]
        case .fillCorrected:
            return [Link("corrects", try event.read { SequenceNumber(try FillCorrected($0).fill) })]
        case .orderCancelled: return try ended(event, event.read { try OrderCancelled($0).reason })
        case .orderExpired: return try ended(event, event.read { try OrderExpired($0).reason })
        case .latchEngaged: return try latch(event)
        case .latchCleared: return try clearing(event)
        case .drawdownChanged, .peakRebased, .healthChecked: return try drawdown(event)
        case .dividendPaid: return try dividend(event, event.read { try DividendPaid($0).strategy })
        case .dividendAccrued:
            return try dividend(event, event.read { try DividendAccrued($0).strategy })
        case .dividendSettled:
            return [
                Link("pays", try event.read { SequenceNumber(try DividendSettled($0).accrual) })
            ]
        case .dividendCorrected:
            return [
                Link(
                    "corrects",
                    try event.read { SequenceNumber(try DividendCorrected($0).corrected) })
            ]
        case .alertRaised: return try alert(event)
        case .feedResumed:
            return try last([.feedPaused], before: event.sequence, event.instrument)
                .map { [Link("ends", $0)] } ?? []
        case .positionAdjusted, .cashAdjusted, .feeCharged:
            if let correction = try sibling(event, [.fillCorrected]) {
                return [Link("books", correction)]
            }
            return event.type == .feeCharged ? [] : try reconciliation(event)
        case .discrepancyFound, .reconciliationEnded: return try reconciliation(event)
        default: return []
        }
    }

    /// The last event of these types that came from the same input before this event.
    private func sibling(_ event: KeptEvent, _ types: [EventType]) throws -> SequenceNumber? {
        try step(before: event).last { $0.type.map(types.contains) == true }?.sequence
    }

    // MARK: Signals and orders

    /// For a refused signal or a reduced order: the signal, earlier reductions, and the latch or
    /// settings that define the limit.
    private func verdict(_ refused: KeptEvent) throws -> [Link] {
        let (refusal, strategy) = try refused.read { record in
            switch record.type {
            case .signalRejected:
                let event = try SignalRejected(record)
                return (event.refusal, event.strategy)
            case .intentRejected:
                let event = try IntentRejected(record)
                return (event.refusal, event.strategy)
            case .refusalRepeated:
                let event = try RefusalRepeated(record)
                return (event.refusal, event.strategy)
            default:
                let event = try SizeAdjusted(record)
                return (event.refusal, event.strategy)
            }
        }
        let relation =
            switch refused.type {
            case .sizeAdjusted: "makes smaller"
            case .refusalRepeated: "repeats what became of"
            default: "refuses"
            }
        var links = [Link(relation, refused.correlation)]
        if refused.type != .sizeAdjusted { links += try adjustments(refused) }
        let gate = try gate(before: refused)
        let latches = gate.latches.filter {
            $0.source.rejection == refusal.reason && $0.concerns(strategy, refused.instrument)
        }
        if let latch = latches.max(by: { $0.effect.rawValue < $1.effect.rawValue }) {
            return links + [Link("stopped by", latch.sequence)]
        }
        if refusal.reason == .rampup,
            let began = try last([.drawdownChanged], before: refused.sequence)
        {
            return links + [Link("while in", began)]
        }
        if let settings = try last([.configurationLoaded], before: refused.sequence) {
            let limit = try refusal.reason.setting.flatMap { key in
                try event(settings).read { record in
                    Settings(text: try ConfigurationLoaded(record).settings).text(of: key)
                        .map { "\(key) = \($0)" }
                }
            }
            links.append(Link("by the limits of", settings, note: limit))
        }
        return links
    }

    /// What reduced the signal of this chain before it ended.
    private func adjustments(_ event: KeptEvent) throws -> [Link] {
        try step(before: event).filter {
            $0.type == .sizeAdjusted && $0.correlation == event.correlation
        }.map { Link("after", $0.sequence) }
    }

    private func intent(_ event: KeptEvent) throws -> [Link] {
        let parent = try event.read { try OrderIntended($0).parent }
        if parent != .none {
            var links = [Link("protects", parent)]
            // Placed again, because the previous exit was for more than remains to be protected.
            if try self.event(parent).cause != event.cause,
                let replaced = try sibling(event, [.orderCancelled])
            {
                links.append(Link("replaces the rest of", replaced))
            }
            return links
        }
        guard event.correlation != .none else { return [] }
        if try self.event(event.correlation).type == .signalGenerated {
            return [Link("decided as", event.correlation)] + (try adjustments(event))
        }
        if try self.event(event.correlation).type == .orderRequested {
            return [Link("requested by", event.correlation)]
        }
        let gate = try gate(before: event)
        return [Link("closes because of", event.correlation)]
            + gate.latches.filter { $0.effect == .flatten }.map { Link("wanted by", $0.sequence) }
    }

    /// An order at an external venue changes in two steps: the request, and the venue's
    /// confirmation.
    private func change(_ event: KeptEvent) throws -> [Link] {
        let order = try event.read { try Self.order($0) }
        let relation =
            switch event.type {
            case .intentReleased: "lets go"
            case .retryScheduled: "puts off"
            default: "changes"
            }
        guard event.type == .orderReplaced,
            let asked = try asked([.replaceIntended], of: order, before: event)
        else { return [Link(relation, order)] }
        return [Link(relation, order), Link("as was asked by", asked)]
    }

    /// The last request about an order, if it went to an external venue.
    private func asked(
        _ types: [EventType], of order: OrderID, before event: KeptEvent
    ) throws -> SequenceNumber? {
        try last(types, before: event.sequence, event.instrument, from: order) {
            try Self.order($0) == order
        }
    }

    private func ended(_ event: KeptEvent, _ reason: EndReason) throws -> [Link] {
        let order = try event.read { try Self.order($0) }
        var links = [Link(event.type == .cancelIntended ? "takes back" : "ends", order)]
        if event.type != .cancelIntended,
            let asked = try asked([.cancelIntended], of: order, before: event)
        {
            return links + [Link("as was asked by", asked), Link("ended at", event.cause)]
        }
        let because: [EventType]
        switch reason {
        case .otherExitFilled: because = [.orderFilled]
        case .positionClosed:
            because =
                [.orderFilled, .positionAdjusted]
                // What protects a position at an external venue makes way for the order that closes
                // it.
                + (event.type == .cancelIntended ? [.orderIntended] : [])
        case .halted: because = [.latchEngaged, .drawdownChanged]
        default: return links + [Link("ended at", event.cause)]
        }
        links.append(Link("because of", try sibling(event, because) ?? event.cause))
        return links
    }

    private func dividend(_ event: KeptEvent, _ strategy: StrategyID) throws -> [Link] {
        let book: PositionBook = try fold(before: event.cause)
        let lots = book.position(event.account, strategy, event.instrument)?.lots ?? []
        // The newest lots; `project positions --lots` shows them all.
        return lots.suffix(3).map { Link("on units of", $0.fill) }
    }

    // MARK: Safety

    /// The gate of an event's account, before it.
    private func gate(before event: KeptEvent) throws -> TradingGate {
        try fold(ByAccount<TradingGate>.self, before: event.sequence)[event.account]
    }

    private func latch(_ event: KeptEvent) throws -> [Link] {
        let latch = try event.read { try LatchEngaged($0) }
        var links: [Link] = []
        let because: [EventType]
        switch latch.source {
        case .drawdown: because = [.drawdownChanged]
        case .reconciliation: because = [.reconciliationEnded, .discrepancyFound]
        case .mode: because = [.modeChanged]
        case .duplicateIntents: because = [.intentRejected]
        default: because = []
        }
        if let sibling = try sibling(event, because) { links.append(Link("because of", sibling)) }
        let gate = try gate(before: event)
        let standing = gate.latch(
            latch.source, latch.scope, strategy: latch.strategy, instrument: latch.instrument)
        if let standing { links.append(Link("hardens", standing.sequence)) }
        return links
    }

    private func clearing(_ event: KeptEvent) throws -> [Link] {
        let clear = try event.read { try LatchCleared($0) }
        let gate = try gate(before: event)
        let standing = gate.latch(
            clear.source, clear.scope, strategy: clear.strategy, instrument: clear.instrument)
        var links = standing.map { [Link("takes down", $0.sequence)] } ?? []
        let because: [EventType] = [
            .drawdownChanged, .healthChecked, .reconciliationEnded, .modeChanged,
        ]
        if let sibling = try sibling(event, because) { links.append(Link("because of", sibling)) }
        return links
    }

    private func drawdown(_ event: KeptEvent) throws -> [Link] {
        var links: [Link] = []
        if event.type != .healthChecked,
            let check = try sibling(event, [.healthChecked, .drawdownChanged])
        {
            links.append(Link("after", check))
        }
        // A fall from the peak began the phase that ends now; NORMAL has no such beginning.
        let stop = try fold(ByAccount<DrawdownStop>.self, before: event.sequence)[event.account]
        if event.type != .peakRebased, stop.phase != .normal,
            let began = try last([.drawdownChanged], before: event.sequence)
        {
            links.append(Link("in the phase of", began))
        }
        return links
    }

    private func alert(_ event: KeptEvent) throws -> [Link] {
        let because: [EventType]
        switch try event.read({ try AlertRaised($0).kind }) {
        case .drawdownHalt, .drawdownPanic: because = [.drawdownChanged]
        case .reconciliationFailed, .reconciliationPassed: because = [.reconciliationEnded]
        case .killSwitch, .duplicateIntents, .dataQuality, .clockSkew, .latency:
            because = [.latchEngaged]
        default: because = []
        }
        return try sibling(event, because).map { [Link("tells of", $0)] } ?? []
    }

    private func reconciliation(_ event: KeptEvent) throws -> [Link] {
        var links: [Link] = []
        var snapshot: UInt64?
        try event.read { record in
            switch record.type {
            case .discrepancyFound:
                let found = try DiscrepancyFound(record)
                snapshot = found.snapshot
                links.append(Link("about", found.order))
            case .reconciliationEnded: snapshot = try ReconciliationEnded(record).snapshot
            case .positionAdjusted: snapshot = try PositionAdjusted(record).snapshot
            default: snapshot = try CashAdjusted(record).snapshot
            }
        }
        if snapshot == 0 {
            // A venue's charge for a fill, or a fill of no open order.
            return try sibling(event, [.orderFilled]).map { links + [Link("paid for", $0)] }
                ?? links
        }
        if event.type == .reconciliationEnded {
            links += try step(before: event).filter { $0.type == .discrepancyFound }
                .map { Link("found", $0.sequence) }
        }
        let began = try last([.venueSnapshotBegan], before: event.sequence) { record in
            try VenueSnapshotBegan(record).snapshot == snapshot
        }
        if let began { links.append(Link("compared with", began)) }
        return links
    }
}
