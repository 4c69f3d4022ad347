import LedgerDomain
import LedgerEvents

/// What an operator may command.
///
/// The command is the input, with its actor and reason; what it does is derived from it. The journal keeps
/// a verb and an argument as text. This type is the only reader and the only writer of the two:
///
///     verb           argument
///     deposit        AMOUNT, or AMOUNT CURRENCY
///     withdrawal     AMOUNT, or AMOUNT CURRENCY
///     fee            AMOUNT, or AMOUNT CURRENCY
///     note           any text
///     engage         EFFECT SCOPE
///     clear          SOURCE SCOPE
///     mode           MODE, or halt hard
///     override
///     health-check
///     flatten        SCOPE
///     sync           the snapshot's 16 hexadecimal digits
///     hold           NAME
///     release-hold   NAME
///     prune          a `PruneRecord`
///     doctor         a `DoctorRecord`
///     adopt          SYMBOL, or SYMBOL PRICE
///     conversion     AMOUNT CURRENCY AMOUNT CURRENCY: sold and bought
///     rate           RATE CURRENCY/CURRENCY
///     transfer       AMOUNT to ACCOUNT, or AMOUNT CURRENCY to ACCOUNT
///     borrow         AMOUNT, perhaps CURRENCY, perhaps `of SYMBOL`, perhaps `received`
///     interest       the same
///     funding        the same
///     position-transfer  QUANTITY SYMBOL to ACCOUNT, or QUANTITY SYMBOL of STRATEGY to ACCOUNT
///     action         an `OperatorAction`
///     correction     an `OperatorCorrection`
///
/// AMOUNT and RATE are numbers above 0. SCOPE is `global`, `strategy:NAME` or `symbol:NAME`. EFFECT, SOURCE and MODE
/// are the words of `LatchEffect`, `LatchSource` and `TradingMode`. All of them are on disk for ever.
public enum OperatorCommand: Hashable, Sendable {
    case deposit(OperatorAmount)
    case withdrawal(OperatorAmount)
    /// A cost that no fill bears; the reason becomes its kind.
    case fee(OperatorAmount)
    case note(String)
    /// Engages the operator's latch.
    case engage(LatchEffect, GateScope)
    case clear(LatchSource, GateScope)
    /// - Parameter isHard: a halt that stops exits too.
    case mode(TradingMode, isHard: Bool)
    /// Ends a drawdown stop at once.
    case override
    /// Runs the checks before a resume. After the cooldown they resume trading or extend the wait.
    case healthCheck
    /// Closes positions.
    case flatten(GateScope)
    /// Sets the books to the venue's last snapshot.
    case sync(snapshot: UInt64)
    /// Keeps every event from being pruned until the hold is released.
    case hold(name: String)
    case releaseHold(name: String)
    /// Old events are removed. The driver removes them.
    case prune(PruneRecord)
    /// What the doctor found. Live trading requires a healthy and recent record (V02).
    case doctor(DoctorRecord)
    /// Takes what the account has of a symbol beyond the books into the books.
    case adopt(symbol: String, price: Price?)
    /// Books money of one currency that became money of another.
    case conversion(OperatorConversion)
    /// Tells a rate that the settings expect from a file.
    case rate(OperatorRate)
    /// Moves money to another account.
    case transfer(OperatorTransfer)
    /// Moves units and what they cost to another account.
    case positionTransfer(OperatorPositionTransfer)
    /// Tells a corporate action, which concerns all accounts.
    case action(OperatorAction)
    /// Corrects a dividend that a position booked.
    case correction(OperatorCorrection)
    /// A fee for units that were borrowed to be sold short.
    case borrow(OperatorCharge)
    case interest(OperatorCharge)
    case funding(OperatorCharge)

    private static let hard = "hard"

    // MARK: Text to command

    public init(_ event: OperatorCommanded) throws(OperatorCommandError) {
        try self.init(verb: event.command, argument: event.argument)
    }

    public init(verb: String, argument: String) throws(OperatorCommandError) {
        guard let known = OperatorVerb(word: verb) else { throw .unknownVerb(verb) }
        try self.init(known, argument)
    }

    public init(_ verb: OperatorVerb, _ argument: String) throws(OperatorCommandError) {
        switch verb {
        case .deposit: self = .deposit(try OperatorAmount(argument))
        case .withdrawal: self = .withdrawal(try OperatorAmount(argument))
        case .fee: self = .fee(try OperatorAmount(argument))
        case .note: self = .note(argument)
        case .engage: self = try Self.readEngage(argument)
        case .clear: self = try Self.readClear(argument)
        case .mode: self = try Self.readMode(argument)
        // Their arguments say nothing.
        case .override: self = .override
        case .healthCheck: self = .healthCheck
        case .flatten: self = .flatten(try Self.readScope(argument))
        case .sync: self = .sync(snapshot: try Self.readSnapshot(argument))
        case .hold: self = .hold(name: try Self.readName(argument))
        case .releaseHold: self = .releaseHold(name: try Self.readName(argument))
        case .prune:
            guard let record = PruneRecord(argument) else { throw .notAPruneRecord(argument) }
            self = .prune(record)
        case .doctor:
            guard let record = DoctorRecord(argument) else { throw .notADoctorRecord(argument) }
            self = .doctor(record)
        case .adopt: self = try Self.readAdopt(argument)
        case .conversion: self = .conversion(try OperatorConversion(argument))
        case .rate: self = .rate(try OperatorRate(argument))
        case .transfer: self = .transfer(try OperatorTransfer(argument))
        case .positionTransfer:
            self = .positionTransfer(try OperatorPositionTransfer(argument))
        case .action: self = .action(try OperatorAction(argument))
        case .correction: self = .correction(try OperatorCorrection(argument))
        case .borrow: self = .borrow(try OperatorCharge(argument))
        case .interest: self = .interest(try OperatorCharge(argument))
        case .funding: self = .funding(try OperatorCharge(argument))
        }
    }

    private static func readAdopt(_ argument: String) throws(OperatorCommandError) -> Self {
        let (symbol, rest) = words(argument)
        guard !symbol.isEmpty else { throw .notAHolding(argument) }
        guard !rest.isEmpty else { return .adopt(symbol: symbol, price: nil) }
        guard let price = try? Price(rest), price.raw > 0, "\(price)" == rest else {
            throw .notAHolding(argument)
        }
        return .adopt(symbol: symbol, price: price)
    }

    private static func readEngage(_ argument: String) throws(OperatorCommandError) -> Self {
        let (word, rest) = words(argument)
        guard let effect = LatchEffect(word: word) else { throw .unknownEffect(word) }
        return .engage(effect, try readScope(rest))
    }

    private static func readClear(_ argument: String) throws(OperatorCommandError) -> Self {
        let (word, rest) = words(argument)
        guard let source = LatchSource(word: word) else { throw .unknownSource(word) }
        return .clear(source, try readScope(rest))
    }

    private static func readMode(_ argument: String) throws(OperatorCommandError) -> Self {
        let (word, rest) = words(argument)
        guard let mode = TradingMode(word: word),
            rest.isEmpty || (mode == .halt && rest == hard)
        else { throw .unknownMode(argument) }
        return .mode(mode, isHard: rest == hard)
    }

    private static func readScope(_ text: String) throws(OperatorCommandError) -> GateScope {
        guard let scope = GateScope(text) else { throw .unknownScope(text) }
        return scope
    }

    private static func readSnapshot(_ text: String) throws(OperatorCommandError) -> UInt64 {
        guard let number = UInt64(text, radix: 16), number.hex == text else {
            throw .notASnapshot(text)
        }
        return number
    }

    private static func readName(_ text: String) throws(OperatorCommandError) -> String {
        guard !text.allSatisfy(\.isWhitespace) else { throw .holdWithoutName }
        return text
    }

    /// What stands before and after the first space.
    private static func words(_ text: String) -> (first: String, rest: String) {
        guard let space = text.firstIndex(of: " ") else { return (text, "") }
        return (String(text[..<space]), String(text[text.index(after: space)...]))
    }

    // MARK: Command to text

    public var verb: OperatorVerb {
        switch self {
        case .deposit: .deposit
        case .withdrawal: .withdrawal
        case .fee: .fee
        case .note: .note
        case .engage: .engage
        case .clear: .clear
        case .mode: .mode
        case .override: .override
        case .healthCheck: .healthCheck
        case .flatten: .flatten
        case .sync: .sync
        case .hold: .hold
        case .releaseHold: .releaseHold
        case .prune: .prune
        case .doctor: .doctor
        case .adopt: .adopt
        case .conversion: .conversion
        case .rate: .rate
        case .transfer: .transfer
        case .positionTransfer: .positionTransfer
        case .action: .action
        case .correction: .correction
        case .borrow: .borrow
        case .interest: .interest
        case .funding: .funding
        }
    }

    public var argument: String {
        switch self {
        case .deposit(let amount), .withdrawal(let amount), .fee(let amount): amount.text
        case .note(let text): text
        case .engage(let effect, let scope): "\(effect.word) \(scope.text)"
        case .clear(let source, let scope): "\(source.word) \(scope.text)"
        case .mode(let mode, let isHard): isHard ? "\(mode.word) \(Self.hard)" : mode.word
        case .override, .healthCheck: ""
        case .flatten(let scope): scope.text
        case .sync(let snapshot): snapshot.hex
        case .hold(let name), .releaseHold(let name): name
        case .prune(let record): record.text
        case .doctor(let record): record.text
        case .adopt(let symbol, let price): price.map { "\(symbol) \($0)" } ?? symbol
        case .conversion(let conversion): conversion.text
        case .rate(let rate): rate.text
        case .transfer(let transfer): transfer.text
        case .positionTransfer(let transfer): transfer.text
        case .action(let action): action.text
        case .correction(let correction): correction.text
        case .borrow(let charge), .interest(let charge), .funding(let charge): charge.text
        }
    }
}

extension OperatorCommanded {
    public init(_ command: OperatorCommand, actor: String, reason: String) {
        self.init(
            actor: actor, command: command.verb.word, argument: command.argument, reason: reason)
    }
}
