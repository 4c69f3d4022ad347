/// The first word of an operator's command. The words are on disk for ever: old journals are executed
/// again by them.
public enum OperatorVerb: String, Sendable, CaseIterable {
    case deposit = "deposit"
    case withdrawal = "withdrawal"
    case fee = "fee"
    case note = "note"
    case engage = "engage"
    case clear = "clear"
    case mode = "mode"
    case override = "override"
    case healthCheck = "health-check"
    case flatten = "flatten"
    case sync = "sync"
    case hold = "hold"
    case releaseHold = "release-hold"
    case prune = "prune"
    case doctor = "doctor"
    case adopt = "adopt"
    case conversion = "conversion"
    case rate = "rate"
    case transfer = "transfer"
    case positionTransfer = "position-transfer"
    case action = "action"
    case correction = "correction"
    case borrow = "borrow"
    case interest = "interest"
    case funding = "funding"

    public var word: String { rawValue }

    public init?(word: String) { self.init(rawValue: word) }
}
