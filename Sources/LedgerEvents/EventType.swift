/// What an event says. The number is on disk for ever; a name is never used for something else.
public enum EventType: UInt16, Sendable, CaseIterable {
    case journalOpened = 1
    case configurationLoaded = 2
    case instrumentDefined = 3
    case accountDefined = 4
    case strategyDefined = 5
    case runStarted = 6
    case runEnded = 7
    case runFailed = 8
    case stateDigested = 9
    case operatorCommanded = 10
    case clockTicked = 11
    case sessionOpened = 12
    case sessionClosed = 13
    case bar = 14
    case quote = 15
    case trade = 16
    case predictionRecorded = 17
    case dividendDeclared = 18
    case splitApplied = 19
    case cashDeposited = 20
    case cashWithdrawn = 21
    case feeCharged = 22
    case dividendPaid = 23
    case signalGenerated = 24
    case signalRejected = 25
    case orderIntended = 26
    case intentRejected = 27
    case orderSubmitted = 28
    case orderAccepted = 29
    case orderRejected = 30
    case orderFilled = 31
    case orderCancelled = 32
    case orderExpired = 33
    case faultReported = 34
    case metricReported = 35
    case flagFileObserved = 36
    case feedPaused = 37
    case feedResumed = 38
    case gapDetected = 39
    case venueSnapshotBegan = 40
    case venuePositionReported = 41
    case venueOrderReported = 42
    case venueSnapshotEnded = 43
    case latchEngaged = 44
    case latchCleared = 45
    case modeChanged = 46
    case drawdownChanged = 47
    case peakRebased = 48
    case healthChecked = 49
    case sizeAdjusted = 50
    case markHeld = 51
    case discrepancyFound = 52
    case reconciliationEnded = 53
    case positionAdjusted = 54
    case cashAdjusted = 55
    case alertRaised = 56
    case orderRequested = 57
    case orderCancelRequested = 58
    case orderReplaceRequested = 59
    case orderReplaced = 60
    case cancelIntended = 61
    case replaceIntended = 62
    case venueStatusReported = 63
    case venueFillReported = 64
    case linkChanged = 65
    case venueFiltersLoaded = 66
    case intentReleased = 67

    /// `OrderFilled`: the name in JSON lines, filters and documents.
    public var name: String {
        let text = String(describing: self)
        return text.prefix(1).uppercased() + text.dropFirst()
    }

    public init?(name: String) {
        let wanted = name.lowercased()
        guard let found = Self.allCases.first(where: { $0.name.lowercased() == wanted }) else {
            return nil
        }
        self = found
    }
}

/// A set of event types as a block header has it: bit `type & 63`.
public struct EventTypeSet: Hashable, Sendable {
    public var bits: UInt64

    public init(bits: UInt64) { self.bits = bits }
    public init(_ types: some Sequence<EventType>) {
        bits = types.reduce(0) { $0 | Self.bit($1.rawValue) }
    }

    public static func bit(_ type: UInt16) -> UInt64 { 1 << UInt64(type & 63) }
    public func mayContain(_ type: UInt16) -> Bool { bits & Self.bit(type) != 0 }
}
