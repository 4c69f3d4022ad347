import LedgerDomain
import LedgerEvents

/// Why a text is not an operator's command. Each message says what to write instead.
public enum OperatorCommandError: Error, Hashable, CustomStringConvertible {
    case unknownVerb(String)
    case notAnAmount(String)
    case amountOutOfRange(String)
    case unknownEffect(String)
    case unknownSource(String)
    case unknownScope(String)
    case unknownMode(String)
    case notASnapshot(String)
    case holdWithoutName
    case notAPruneRecord(String)
    case notADoctorRecord(String)
    case notAHolding(String)
    case notAConversion(String)
    case notARate(String)
    case notATransfer(String)
    case notAPositionTransfer(String)
    case notAnAction(String)
    case notACorrection(String)
    case notACharge(String)

    public var description: String {
        switch self {
        case .unknownVerb(let word):
            "'\(word)' is not a command; use \(Self.choice(OperatorVerb.allCases.map(\.word)))"
        case .notAnAmount(let text): "'\(text)' is not an amount; write a number such as 12.50"
        case .amountOutOfRange(let text):
            "an amount must be above 0 and at most \(Money.limit), not \(text)"
        case .unknownEffect(let word):
            "'\(word)' is not an effect; use \(Self.choice(LatchEffect.words))"
        case .unknownSource(let word):
            "'\(word)' is not a latch; use \(Self.choice(LatchSource.words))"
        case .unknownScope(let text):
            "'\(text)' is not a scope; use global, strategy:NAME or symbol:NAME"
        case .unknownMode(let text):
            "'\(text)' is not a mode; use \(Self.choice(TradingMode.words + ["halt hard"]))"
        case .notASnapshot(let text):
            "'\(text)' is not a snapshot number; write its 16 hexadecimal digits in lower case"
        case .holdWithoutName: "a hold needs a name"
        case .notAPruneRecord(let text): "'\(text)' does not state which events to remove"
        case .notADoctorRecord(let text): "'\(text)' does not state what the doctor found"
        case .notAHolding(let text):
            "'\(text)' is not a symbol, or a symbol with a price above 0 behind it"
        case .notAConversion(let text):
            "'\(text)' is not a conversion; write what was sold and what was bought, such as "
                + "1000 EUR 1085.20 USD"
        case .notATransfer(let text):
            "'\(text)' is not a transfer; write it such as 1000 EUR to paper"
        case .notAPositionTransfer(let text):
            "'\(text)' is not a transfer of a position; write it such as 10 AAPL to paper, or 10 AAPL "
                + "of sma to paper"
        case .notACharge(let text):
            "'\(text)' is not an amount that was charged; write it such as 12.50 EUR, 12.50 of AAPL or "
                + "12.50 received"
        case .notARate(let text):
            "'\(text)' is not a rate above 0 of two currencies; write it such as 1.0852 EUR/USD"
        case .notAnAction(let text):
            "'\(text)' is not a dividend above 0 of a symbol; write it such as dividend AAPL 0.24"
        case .notACorrection(let text):
            "'\(text)' is not the correction of a dividend; use ledger record dividend-correction"
        }
    }

    private static func choice(_ words: [String]) -> String {
        words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
    }
}
