import LedgerDomain
import LedgerEvents
import LedgerSafety

/// What an operator may command. The command is the input, with its actor and reason; what it does is
/// derived from it.
public enum OperatorVerb: String, Sendable, CaseIterable {
    case deposit, withdrawal, fee, note
    /// Puts the operator's latch up: `EFFECT SCOPE`, for example `blockEntries global`.
    case engage
    /// Takes a latch down: `SOURCE SCOPE`, for example `killSwitch strategy:trend`.
    case clear
    /// `auto`, `manual`, `paper`, `halt` or `halt hard`.
    case mode
    /// Resumes after a drawdown at once.
    case override
    /// Runs the checks before a resume; one whose cooldown is over resumes or waits longer.
    case healthCheck = "health-check"
    /// Closes positions: a scope.
    case flatten
    /// Sets the books to the venue's last snapshot, named by its 16 digits.
    case sync
    /// Keeps every event from being pruned until it is released: a name.
    case hold
    /// Releases a hold: its name.
    case releaseHold = "release-hold"
    /// Old events go: `through SEQUENCE chain LINK kind KIND name NAME`. What is removed is the driver's.
    case prune
    /// What the doctor found: a `DoctorRecord`. Live asks for one that is healthy and young (V02).
    case doctor

    /// Those that put a fact into the books.
    public static let facts: [OperatorVerb] = [.deposit, .withdrawal, .fee, .note]

    /// Nil when the argument is good, else what is wrong with it.
    public func problem(with argument: String) -> String? {
        switch self {
        case .note, .override, .healthCheck: return nil
        case .hold, .releaseHold:
            return argument.allSatisfy(\.isWhitespace) ? "a hold has a name" : nil
        case .prune:
            return PruneRecord(argument) == nil ? "'\(argument)' does not say what goes" : nil
        case .doctor:
            return DoctorRecord(argument) == nil
                ? "'\(argument)' does not say what the doctor found" : nil
        case .sync:
            return UInt64(argument, radix: 16) != nil && argument.utf8.count == 16
                ? nil : "'\(argument)' is no snapshot's number of 16 hexadecimal digits"
        case .deposit, .withdrawal, .fee:
            guard let amount = try? Money(argument) else {
                return "'\(argument)' is not an amount such as 12.50"
            }
            guard amount.raw > 0, amount <= Money.limit else {
                return "an amount is above 0 and at most 1000000000000, not \(argument)"
            }
            return nil
        case .engage:
            let (effect, scope) = Self.halves(argument)
            guard LatchEffect.allCases.contains(where: { "\($0)" == effect }) else {
                return "'\(effect)' is none of "
                    + LatchEffect.allCases.map { "\($0)" }.joined(separator: ", ")
            }
            return GateScope.problem(with: scope)
        case .clear:
            let (source, scope) = Self.halves(argument)
            guard LatchSource.allCases.contains(where: { "\($0)" == source }) else {
                return "'\(source)' is none of "
                    + LatchSource.allCases.map { "\($0)" }.joined(separator: ", ")
            }
            return GateScope.problem(with: scope)
        case .mode:
            let (mode, hard) = Self.halves(argument)
            guard TradingMode.allCases.contains(where: { "\($0)" == mode }),
                hard.isEmpty || (mode == "halt" && hard == "hard")
            else {
                return "'\(argument)' is none of "
                    + TradingMode.allCases.map { "\($0)" }.joined(separator: ", ") + ", halt hard"
            }
            return nil
        case .flatten: return GateScope.problem(with: argument)
        }
    }

    /// What stands before and behind the first space.
    static func halves(_ text: String) -> (String, String) {
        guard let space = text.firstIndex(of: " ") else { return (text, "") }
        return (String(text[..<space]), String(text[text.index(after: space)...]))
    }

    /// Nil when the command may be stepped, else why not.
    public static func problem(with command: OperatorCommanded) -> String? {
        guard let verb = OperatorVerb(rawValue: command.command) else {
            let known = allCases.map(\.rawValue).joined(separator: ", ")
            return "'\(command.command)' is none of \(known)"
        }
        return verb.problem(with: command.argument)
    }
}

/// What a command is about: everything, `strategy:NAME` or `symbol:NAME`.
public enum GateScope: Hashable, Sendable {
    case global
    case strategy(String)
    case symbol(String)

    public init?(_ text: String) {
        if text == "global" {
            self = .global
        } else if text.hasPrefix("strategy:"), text.utf8.count > 9 {
            self = .strategy(String(text.dropFirst(9)))
        } else if text.hasPrefix("symbol:"), text.utf8.count > 7 {
            self = .symbol(String(text.dropFirst(7)))
        } else {
            return nil
        }
    }

    static func problem(with text: String) -> String? {
        GateScope(text) == nil
            ? "'\(text)' is no scope: global, strategy:NAME or symbol:NAME" : nil
    }

    public var text: String {
        switch self {
        case .global: "global"
        case .strategy(let name): "strategy:\(name)"
        case .symbol(let name): "symbol:\(name)"
        }
    }
}

/// What a `prune` command says: the last event that goes, the chain's link there, and what event 1 said
/// of the journal, because it goes with the others.
public struct PruneRecord: Hashable, Sendable {
    public var through: SequenceNumber
    /// 64 hexadecimal digits.
    public var link: String
    public var kind: String
    public var name: String

    public init(through: SequenceNumber, link: String, kind: String, name: String) {
        (self.through, self.link, self.kind, self.name) = (through, link, kind, name)
    }

    public var text: String { "through \(through) chain \(link) kind \(kind) name \(name)" }

    public init?(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 7, omittingEmptySubsequences: false)
        guard parts.count == 8, parts[0] == "through", parts[2] == "chain", parts[4] == "kind",
            parts[6] == "name", let last = UInt64(parts[1]), last > 0, parts[3].utf8.count == 64
        else { return nil }
        self.init(
            through: SequenceNumber(last), link: String(parts[3]), kind: String(parts[5]),
            name: String(parts[7]))
    }
}
