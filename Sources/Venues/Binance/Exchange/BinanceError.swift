import LedgerDomain
import LedgerEvents
import LedgerExchange
import LedgerVenues

/// A refusal with Binance's own code.
struct BinanceError: Error, Hashable {
    var status = 400
    var code: Int64
    var message: String

    init(_ code: Int64, _ message: String, status: Int = 400) {
        (self.code, self.message, self.status) = (code, message, status)
    }

    static func missing(_ name: String) -> BinanceError {
        BinanceError(
            -1102, "Mandatory parameter '\(name)' was not sent, was empty/null, or malformed.")
    }

    static func filter(_ name: String) -> BinanceError {
        BinanceError(-1013, "Filter failure: \(name)")
    }

    static let unknownOrder = BinanceError(-2011, "Unknown order sent.")
    static let noOrder = BinanceError(-2013, "Order does not exist.")
    static let badSymbol = BinanceError(-1121, "Invalid symbol.")
    static let insufficient = BinanceError(
        -2010, "Account has insufficient balance for requested action.")
    static let badKey = BinanceError(
        -2015, "Invalid API-key, IP, or permissions for action.", status: 401)

    /// An internal error of the exchange.
    init(_ error: any Error) {
        self.init(
            -1000, "An unknown error occurred while processing the request: \(error)", status: 500)
    }

    init(_ refusal: Refusal) {
        switch refusal.reason {
        case .insufficientCash, .noPosition: self = .insufficient
        case .belowLot, .sizeZero: self = .filter("LOT_SIZE")
        case .badPrice: self = .filter("PRICE_FILTER")
        case let reason: self.init(-2010, "Order refused: \(reason).")
        }
    }

    var value: WireValue { ["code": .integer(code), "msg": .text(message)] }
    var answer: Answer { Answer(status, value) }
}

extension WireValue {
    /// Eight decimals, as Binance writes every amount, and a ninth if a fee has one, so that the
    /// text equals what was booked.
    static func eight(_ raw: Int128) -> WireValue {
        var text: [UInt8] = []
        if raw < 0 { text.append(UInt8(ascii: "-")) }
        let units = raw.magnitude / 10
        text += String(units / 100_000_000).utf8
        text.append(UInt8(ascii: "."))
        text.append(decimal: UInt64(units % 100_000_000), digits: 8)
        if raw % 10 != 0 { text += String(raw.magnitude % 10).utf8 }
        return .text(String(decoding: text, as: UTF8.self))
    }

    static func eight(_ price: Price) -> WireValue { eight(Int128(price.raw)) }
    static func eight(_ quantity: Quantity) -> WireValue { eight(quantity.raw) }
    static func eight(_ money: Money) -> WireValue { eight(money.raw) }
}
