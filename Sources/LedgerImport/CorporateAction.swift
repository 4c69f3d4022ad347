import LedgerDomain
import LedgerEvents

/// New units to old units: 7 for 1.
struct SplitRatio: Hashable {
    /// The largest value of either number.
    static let largest: Int64 = 1_000_000

    var numerator: Int64
    var denominator: Int64

    /// Nil outside 1 to 1,000,000.
    init?(_ numerator: Int64, to denominator: Int64) {
        let range = 1...Self.largest
        guard range.contains(numerator), range.contains(denominator) else { return nil }
        (self.numerator, self.denominator) = (numerator, denominator)
    }

    /// Reads `7:1`, digits only.
    init?(_ text: some Collection<UInt8>) {
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2, let numerator = Self.number(parts[0]),
            let denominator = Self.number(parts[1])
        else { return nil }
        self.init(numerator, to: denominator)
    }

    private static func number(_ digits: some Collection<UInt8>) -> Int64? {
        guard (1...7).contains(digits.count) else { return nil }
        var value: Int64 = 0
        for byte in digits {
            guard byte &- 48 < 10 else { return nil }
            value = value * 10 + Int64(byte - 48)
        }
        return value
    }
}

/// The value field of an action. The action decides which of the two it must be.
enum ActionValue: Equatable {
    case ratio(SplitRatio)
    /// Stored in `RowValues[.value]`.
    case amount
    case failed(ImportError.Kind)
}

// unsafe: fields are read in place, like the rest of the row.
extension RowValues {
    private static let split: Int128 = 1
    private static let dividend: Int128 = 2

    var isSplit: Bool { self[.action] == Self.split }

    /// `split` or `dividend`, in any case.
    mutating func readAction(_ field: UnsafeBufferPointer<UInt8>) -> ImportError.Kind? {
        if Self.matches(field, "split") {
            self[.action] = Self.split
        } else if Self.matches(field, "dividend") {
            self[.action] = Self.dividend
        } else {
            return .unknownAction
        }
        return nil
    }

    /// The action may follow its value, so `finding` reports an invalid combination of the two.
    mutating func readActionValue(_ field: UnsafeBufferPointer<UInt8>, _ rule: DecimalRule) {
        if let ratio = SplitRatio(field) {
            actionValue = .ratio(ratio)
            return
        }
        switch ExactDecimal.read(field, rule) {
        case .value(let value):
            self[.value] = value
            actionValue = .amount
        case .failed(let kind): actionValue = .failed(kind)
        }
    }

    mutating func readPayDate(_ field: UnsafeBufferPointer<UInt8>) -> ImportError.Kind? {
        payDate =
            WrittenTime.read(field, compact: false) ?? WrittenTime.read(field, compact: true)
        return payDate == nil ? .badPayDate : nil
    }

    /// - Precondition: `finding` returned nil.
    func action(_ instrument: InstrumentID, at time: Timestamp) -> MarketEvent {
        guard case .ratio(let ratio) = actionValue else {
            if let payable, payable > time {
                return .scheduled(
                    DividendScheduled(
                        instrument: instrument, perUnit: price(.value), payable: payable), time)
            }
            return .dividend(
                DividendDeclared(instrument: instrument, perUnit: price(.value)), time)
        }
        return .split(SplitApplied(instrument: instrument, ratio), time)
    }
}

extension SplitApplied {
    init(instrument: InstrumentID, _ ratio: SplitRatio) {
        self.init(
            instrument: instrument, numerator: ratio.numerator, denominator: ratio.denominator)
    }
}
