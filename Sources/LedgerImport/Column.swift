import LedgerDomain

/// What a field of a row means.
public enum Column: UInt8, Worded {
    case time
    case open, high, low, close, volume
    case bid, ask, bidSize, askSize
    case price, size, side, tradeId
    case predicted, error, horizon
    /// A flag in LEAN's tick files. Flagged rows are left out and counted.
    case suspicious
    /// The symbol that an action or a prediction refers to.
    case symbol
    /// `split` or `dividend`.
    case action
    /// A split as `2:1` (new units to old units), or a dividend in currency per unit.
    case value
    case priceFactor, splitFactor, referencePrice
    /// The day on which a dividend is paid.
    case payDate

    public var word: String {
        switch self {
        case .time: "time"
        case .open: "open"
        case .high: "high"
        case .low: "low"
        case .close: "close"
        case .volume: "volume"
        case .bid: "bid"
        case .ask: "ask"
        case .bidSize: "bidSize"
        case .askSize: "askSize"
        case .price: "price"
        case .size: "size"
        case .side: "side"
        case .tradeId: "tradeId"
        case .predicted: "predicted"
        case .error: "error"
        case .horizon: "horizon"
        case .suspicious: "suspicious"
        case .symbol: "symbol"
        case .action: "action"
        case .value: "value"
        case .priceFactor: "priceFactor"
        case .splitFactor: "splitFactor"
        case .referencePrice: "referencePrice"
        case .payDate: "payDate"
        }
    }

    static func needed(by kind: ImportFormat.Kind) -> [Column] {
        switch kind {
        case .bar: [.time, .open, .high, .low, .close, .volume]
        case .quote: [.time, .bid, .ask, .bidSize, .askSize]
        case .trade: [.time, .price, .size]
        case .prediction: [.time, .predicted]
        case .action: [.time, .action, .value]
        case .factor: [.time, .priceFactor, .splitFactor, .referencePrice]
        }
    }

    static func optional(for kind: ImportFormat.Kind) -> [Column] {
        switch kind {
        case .bar: [.symbol, .suspicious]
        case .quote: [.suspicious]
        case .trade: [.side, .tradeId, .suspicious]
        case .prediction: [.symbol, .error, .horizon]
        case .action: [.symbol, .payDate]
        case .factor: []
        }
    }

    /// Header names recognised without a column map: lower case, letters and digits only. The first
    /// name that the header contains is used.
    var commonNames: [String] {
        switch self {
        case .time:
            [
                "tsns", "tsus", "tsms", "tss", "ts", "timestamp", "time", "datetime", "date",
                "opentime", "unix",
            ]
        case .open: ["open", "openprice", "o"]
        case .high: ["high", "highprice", "h"]
        case .low: ["low", "lowprice", "l"]
        case .close: ["close", "closeprice", "c"]
        case .volume: ["volume", "vol", "v", "volumebtc", "basevolume"]
        case .bid: ["bid", "bidprice", "bidpx", "bestbid", "bestbidprice"]
        case .ask: ["ask", "askprice", "askpx", "bestask", "bestaskprice"]
        case .bidSize: ["bidsize", "bidqty", "bidamount", "bidvolume", "bestbidqty"]
        case .askSize: ["asksize", "askqty", "askamount", "askvolume", "bestaskqty"]
        case .price: ["price", "px", "tradeprice"]
        case .size: ["size", "qty", "quantity", "amount", "volume"]
        case .side: ["side", "aggressor", "takerside"]
        case .tradeId: ["tradeid", "id"]
        case .predicted: ["predicted", "prediction", "forecast", "predictedprice"]
        case .error: ["error", "sigma", "stderr", "stddev"]
        case .horizon: ["horizon", "horizons", "horizonseconds"]
        case .suspicious: ["suspicious"]
        case .symbol: ["symbol", "ticker"]
        case .action: ["action", "type"]
        case .value: ["value"]
        case .priceFactor: ["pricefactor"]
        case .splitFactor: ["splitfactor"]
        case .referencePrice: ["referenceprice"]
        case .payDate: ["paydate", "paymentdate", "payabledate"]
        }
    }
}

/// Where a column is found.
public enum ColumnPlace: Hashable, Sendable, CustomStringConvertible {
    /// By its header.
    case named(String)
    /// By its position, from 1.
    case number(Int)

    public var description: String {
        switch self {
        case .named(let name): "'\(name)'"
        case .number(let number): "column \(number)"
        }
    }
}
