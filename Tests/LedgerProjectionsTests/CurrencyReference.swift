import LedgerDomain
import LedgerEvents
import LedgerProjections

/// The balances of `CurrencyLog`'s account, counted again without the projection.
struct CurrencyReference {
    private var cash: [String: Int128] = [:]
    private var currencies: [UInt32: String] = [:]
    /// EUR for one USD.
    private var euros: Int128 = 0

    mutating func apply(_ record: Record) throws {
        func paid(_ fill: OrderFilled) -> Int128 {
            let product = Int128(fill.price.raw) * fill.quantity.raw * fill.side.sign
            return Self.halfEven(product, 1_000_000_000) + fill.fee.raw
        }
        func move(_ currency: String, _ amount: Int128) { cash[currency, default: 0] += amount }
        switch record.type {
        case .instrumentDefined:
            let instrument = try InstrumentDefined(record).definition
            currencies[instrument.id.number] = instrument.currency
        case .cashDeposited: move("USD", try CashDeposited(record).amount.raw)
        case .rateObserved: euros = Int128(try RateObserved(record).rate.raw)
        case .balanceDeposited:
            let event = try BalanceDeposited(record)
            move(event.currency, event.amount.raw)
        case .balanceWithdrawn:
            let event = try BalanceWithdrawn(record)
            move(event.currency, -event.amount.raw)
        case .balanceCharged:
            let event = try BalanceCharged(record)
            move(event.currency, -event.amount.raw)
        case .balanceConverted:
            let event = try BalanceConverted(record)
            move(event.soldCurrency, -event.sold.raw)
            move(event.boughtCurrency, event.bought.raw)
        case .feeCharged:
            let event = try FeeCharged(record)
            move(currencies[event.instrument.number] ?? "", -event.amount.raw)
        case .orderFilled:
            let fill = try OrderFilled(record)
            move(currencies[fill.instrument.number] ?? "", -paid(fill))
        default: break
        }
    }

    /// Cash, balances and holdings at the marks, each currency's two sums rounded once.
    func equity(marks: EquityBook, _ positions: PositionBook) -> Money {
        let bitcoin = Int128(marks.mark(InstrumentID(4)).raw)
        let one: Int128 = 1_000_000_000
        var sum = (cash["USD"] ?? 0) * one
        for currency in ["USD", "EUR", "BTC"] {
            var value: Int128 = 0
            for position in positions.positions
            where currencies[position.instrument.number] == currency {
                value += position.quantity.raw * Int128(marks.mark(position.instrument).raw)
            }
            let amount = cash[currency] ?? 0
            switch currency {
            case "USD": sum += value
            case "EUR":
                if amount != 0 { sum += Self.halfEven(amount * one, euros) * one }
                if value != 0 { sum += Self.halfEven(value, euros) * one }
            default:
                // × EUR for one BTC / EUR for one USD.
                if amount != 0 { sum += Self.halfEven(amount * bitcoin, euros) * one }
                if value != 0 { sum += Self.wide(value, bitcoin, euros * one) * one }
            }
        }
        return Money(raw: Self.halfEven(sum, one))
    }

    private static func halfEven(_ value: Int128, _ divisor: Int128) -> Int128 {
        let sign: Int128 = value < 0 ? -1 : 1
        let (quotient, rest) = (value * sign).quotientAndRemainder(dividingBy: divisor)
        let isUp = rest * 2 > divisor || rest * 2 == divisor && quotient % 2 != 0
        return sign * (isUp ? quotient + 1 : quotient)
    }

    /// value × factor / divisor through its quotient and rest, which keeps every product in 128 bits.
    private static func wide(_ value: Int128, _ factor: Int128, _ divisor: Int128) -> Int128 {
        let (high, low) = value.magnitude.multipliedFullWidth(by: factor.magnitude)
        let (quotient, rest) = divisor.magnitude.dividingFullWidth((high, low))
        let twice = rest * 2
        let isUp = twice > divisor.magnitude || twice == divisor.magnitude && quotient % 2 != 0
        let size = Int128(quotient) + (isUp ? 1 : 0)
        return value < 0 ? -size : size
    }
}
