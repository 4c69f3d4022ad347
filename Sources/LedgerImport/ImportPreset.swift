/// Named formats: `csv`; `actions` with a header such as `Symbol,Date,Action,Value`; and LEAN's
/// folders for equities (New York, prices times 10,000) and, with the suffix `-crypto`, for crypto
/// (UTC, plain decimals).
extension ImportFormat {
    public static let presetNames: [String] =
        ["csv", "actions"] + leanNames + ["lean-factors"] + leanNames.map { $0 + "-crypto" }

    private static let leanNames = [
        "lean-daily", "lean-hour", "lean-minute-trade", "lean-minute-quote", "lean-tick-trade",
        "lean-tick-quote",
    ]

    /// - Throws: `ImportError` that lists the presets if `name` is not one of them.
    public init(preset name: String) throws(ImportError) {
        self.init()
        if name == "csv" { return }
        if name == "actions" {
            kind = .action
            header = .present
            return
        }
        let crypto = name.hasSuffix("-crypto")
        header = .absent
        if crypto {
            // Sizes are sums of binary fractions, such as 6.1153319800000006, so they need
            // rounding.
            roundTo = 9
        } else {
            zone = "America/New_York"
            priceDigits = 4
        }
        guard applyLean(crypto ? String(name.dropLast("-crypto".count)) : name, crypto: crypto)
        else {
            throw ImportError(
                .badFormat, file: "format",
                "there is no preset '\(name)'; choose one of "
                    + Self.presetNames.joined(separator: ", "))
        }
    }

    private mutating func applyLean(_ name: String, crypto: Bool) -> Bool {
        switch name {
        case "lean-daily": setLeanBars(86_400, .compactDate)
        case "lean-hour": setLeanBars(3600, .compactDate)
        case "lean-minute-trade": setLeanBars(60, .millisSinceMidnight)
        case "lean-minute-quote": setLeanQuotes()
        case "lean-tick-trade": setLeanTrades(crypto: crypto)
        case "lean-tick-quote": setLeanQuoteTicks(crypto: crypto)
        case "lean-factors" where !crypto: setLeanFactors()
        default: return false
        }
        return true
    }

    /// `time,open,high,low,close,volume`
    private mutating func setLeanBars(_ seconds: UInt32, _ time: TimeFormat) {
        kind = .bar
        interval = seconds
        timeFormat = time
        setPositions([.time, .open, .high, .low, .close, .volume])
    }

    /// `ms,bidOpen,bidHigh,bidLow,bidClose,bidSize,askOpen,askHigh,askLow,askClose,askSize`: the
    /// quote in force at the end of each minute. A side without a quote is empty.
    private mutating func setLeanQuotes() {
        kind = .quote
        interval = 60
        timeFormat = .millisSinceMidnight
        allowsEmptySide = true
        setPositions([.time, nil, nil, nil, .bid, .bidSize, nil, nil, nil, .ask, .askSize])
    }

    /// `ms,price,size,exchange,condition,suspicious`; crypto has `ms,price,size` and sometimes the
    /// flag.
    private mutating func setLeanTrades(crypto: Bool) {
        kind = .trade
        timeFormat = .millisSinceMidnight
        setPositions(
            crypto
                ? [.time, .price, .size, .suspicious]
                : [.time, .price, .size, nil, nil, .suspicious])
        optionalFields = crypto ? 1 : 0
    }

    /// `ms,bid,bidSize,ask,askSize,exchange,condition,suspicious`; crypto ends after `askSize`.
    private mutating func setLeanQuoteTicks(crypto: Bool) {
        kind = .quote
        timeFormat = .millisSinceMidnight
        allowsEmptySide = true
        let sides: [Column?] = [.time, .bid, .bidSize, .ask, .askSize]
        setPositions(sides + (crypto ? [.suspicious] : [nil, nil, .suspicious]))
        optionalFields = crypto ? 1 : 0
    }

    /// `date,priceFactor,splitFactor,referencePrice`: the factors for raw prices up to that day,
    /// and that day's close. Plain decimals.
    private mutating func setLeanFactors() {
        kind = .factor
        timeFormat = .compactDate
        priceDigits = 0
        setPositions([.time, .priceFactor, .splitFactor, .referencePrice])
    }

    private mutating func setPositions(_ order: [Column?]) {
        fieldCount = order.count
        for (index, column) in order.enumerated() {
            if let column { columns[column] = .number(index + 1) }
        }
    }
}
