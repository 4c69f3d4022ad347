import LedgerDomain
import LedgerEvents

/// A version of the engine's rules: the decisions and the arithmetic that turn inputs into events and into
/// equity. `docs/RULES.md` has a paragraph for each.
///
/// `RulesDeclared` names the version in the journal, and rules 1 hold before the first one. A fold keeps the
/// version in its state, so an old journal always gives what it gave when it was written.
public struct RulesVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// What each version changed, from version 2 on, one line each.
    public static let changes = [
        "corporate actions leave equity unchanged; no more than one price in a row is held back; a split "
            + "leaves orders in whole lots or cancels them; buy_and_hold tries again until it holds",
        "an entry that a venue refuses or lets expire empty is not decided again at once; a cancel without "
            + "an answer raises an alert, and so does an exit that a venue refuses for good; a refusal that "
            + "repeats is counted; a condition that lasts raises one alert",
        "history teaches each rule the days that it does not know, in any order, and days are kept for rules "
            + "that are off; the latency of an order counts from when it could be sent; a trading day of a "
            + "paper or live account ends with a sum of the refusals that repeated",
        "each exit that a venue refuses or lets expire waits by itself before it is decided again; its second "
            + "refusal raises the alert, and so does an exit without an answer; a stop over all accounts "
            + "counts real, paper and simulated money apart",
    ]

    public static let first = RulesVersion(number: 1)
    public static let newest = RulesVersion(number: UInt16(changes.count + 1))

    public let number: UInt16

    private init(number: UInt16) { self.number = number }

    /// Nil for a version that this program does not know.
    public init?(_ number: UInt16) {
        guard (1...Self.newest.number).contains(number) else { return nil }
        self.number = number
    }

    public static func < (a: RulesVersion, b: RulesVersion) -> Bool { a.number < b.number }

    public var description: String { "\(number)" }

    /// What changed since this version: `2: …`, one line a version.
    public var changesSince: [String] {
        Self.changes.enumerated().dropFirst(Int(number) - 1).map { "\($0 + 2): \($1)" }
    }

    /// Follows a declaration. Rules never return to an older version.
    ///
    /// - Throws: `FoldError` for a version that this program does not know.
    public mutating func follow(
        _ declared: RulesDeclared, _ sequence: SequenceNumber
    ) throws(FoldError) {
        guard let version = RulesVersion(declared.rules) else {
            throw .inconsistent(
                "rules \(declared.rules) are unknown, the newest are \(Self.newest); use the program that "
                    + "wrote the journal", sequence)
        }
        self = max(self, version)
    }

    // MARK: What changed

    /// Rules 2: a dividend takes off the mark what it adds to cash, and what a split rounds off stays in
    /// equity, until the next price.
    public var keepEquityThroughActions: Bool { number >= 2 }

    /// Rules 2: the price after a held one is accepted, whatever it is.
    public var holdOnePrice: Bool { number >= 2 }

    /// Rules 2: working orders stay on the lot and the tick after a split.
    public var keepOrdersOnLot: Bool { number >= 2 }

    /// Rules 2: `buy_and_hold` tries again until it holds.
    public var retryHolding: Bool { number >= 2 }

    /// Rules 3: after an entry that a venue refused or let expire empty, the next one waits.
    public var pauseEmptyEntries: Bool { number >= 3 }

    /// Rules 3: such an entry waits also where the strategy holds a position.
    public var pauseGrowth: Bool { number >= 3 }

    /// Rules 3: a refusal that repeats is counted; only the first is journaled in full.
    public var countRepeatedRefusals: Bool { number >= 3 }

    /// Rules 3: a condition that lasts raises one alert, and more conditions raise one.
    public var tellEpisodes: Bool { number >= 3 }

    /// Rules 3: a cancel that a venue does not answer for a minute raises an alert.
    public var tellPendingCancels: Bool { number >= 3 }

    /// Rules 4: history is merged into the days that are known, and days are kept for rules that are switched on
    /// later.
    public var keepHistory: Bool { number >= 4 }

    /// Rules 4: the latency of an order counts from when it could be sent.
    public var timeReachableOrders: Bool { number >= 4 }

    /// Rules 4: a trading day of a paper or live account ends with the sums of its repeated refusals.
    public var sumUpRefusals: Bool { number >= 4 }

    /// Rules 5: each exit that a venue refuses or lets expire empty waits by itself, and exits without an answer
    /// raise an alert.
    public var pauseEachExit: Bool { number >= 5 }

    /// Rules 5: a large state is digested less often.
    public var spreadDigests: Bool { number >= 5 }

    /// Rules 5: a stop over all accounts counts real, paper and simulated money apart.
    public var sumByKind: Bool { number >= 5 }

    /// Rules 5: interest that a venue reports is interest, not a fee.
    public var separateInterest: Bool { number >= 5 }

    /// Rules 3: an exit that a venue refuses for good raises an alert, once until something fills.
    public var tellRefusedExits: Bool { number >= 3 }
}

extension RulesVersion {
    public init(from reader: inout StateReader) throws(StateError) {
        let number: UInt16 = try reader.read()
        guard let version = RulesVersion(number) else {
            throw StateError("a saved state was made under rules \(number)")
        }
        self = version
    }

    public func encode(into writer: inout StateWriter) { writer.write(number) }

    /// A state that was saved without its rules, with them.
    public func before(_ bytes: [UInt8]) -> [UInt8] {
        var writer = StateWriter()
        encode(into: &writer)
        return writer.bytes + bytes
    }
}
