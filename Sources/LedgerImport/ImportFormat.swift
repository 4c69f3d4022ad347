import LedgerDomain

/// The kind and the notation of a file's rows.
public struct ImportFormat: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case bar, quote, trade, prediction
        /// A split or a dividend.
        case action
        /// LEAN's factors, whose changes are splits and dividends.
        case factor
    }

    public enum Header: String, Hashable, Sendable, CaseIterable {
        /// There is one unless every column is mapped by number.
        case detect
        case present
        case absent
    }

    /// The moment of a bar that a row's time names.
    public enum BarLabel: String, Hashable, Sendable, CaseIterable {
        case start, end
    }

    /// What to do at a bad row.
    public enum BadRows: String, Hashable, Sendable, CaseIterable {
        case stop, skip
    }

    /// Nil: derived from the header's names.
    public var kind: Kind?
    /// Actions and predictions of other symbols are skipped; empty: none are.
    public var symbol = ""
    public var delimiter = UInt8(ascii: ",")
    public var header = Header.detect
    /// Empty: the header's common names.
    public var columns: [Column: ColumnPlace] = [:]
    /// The number of fields of a row without a header; 0: as many as the first row has.
    public var fieldCount = 0
    /// The number of trailing fields that a row may omit.
    public var optionalFields = 0
    public var timeFormat = TimeFormat.detect
    /// The day of times since midnight; nil: the file's name begins with it, YYYYMMDD.
    public var baseDate: CivilDate?
    /// Prices are written times 10 to this power: 4 for LEAN's equities.
    public var priceDigits = 0
    public var zone = "UTC"
    public var label = BarLabel.start
    /// A bar's nominal length in seconds; bars need one. Whole days end at local midnight. Quotes
    /// with one are the last of their interval.
    public var interval: UInt32 = 0
    /// Decimals of prices and sizes to round to, half to even; nil: more than nine are an error.
    public var roundTo: Int?
    /// Whether a quote with an ask below its bid is an error.
    public var refuseCrossed = false
    /// Whether an empty side of a quote means that this side has none.
    public var allowsEmptySide = false
    public var badRows = BadRows.stop

    public init(kind: Kind? = nil, interval: UInt32 = 0) {
        self.kind = kind
        self.interval = interval
    }

    /// Sets the divisor of prices.
    ///
    /// - Throws: `ImportError` when the divisor is not a power of ten from 1 to 10^9.
    public mutating func setPriceDivisor(_ divisor: Int64) throws(ImportError) {
        guard let digits = smallPowers.firstIndex(of: divisor), digits <= 9 else {
            throw ImportError(
                .badFormat, file: "price divisor",
                "\(divisor) is not one of 1, 10, 100 and so on to 1000000000")
        }
        priceDigits = digits
    }

    /// Reads a column map such as `time=1,open=2,close=Adj Close`.
    public mutating func setColumns(_ text: String) throws(ImportError) {
        columns = [:]
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, let column = Column(word: pair[0]) else {
                let names = Column.words.joined(separator: ", ")
                throw ImportError(
                    .badFormat, file: "column map",
                    "'\(part)' is not COLUMN=NAME or COLUMN=NUMBER with a column of \(names)")
            }
            columns[column] = Int(pair[1]).map(ColumnPlace.number) ?? .named(String(pair[1]))
        }
    }

    /// The settings of this format that are invalid for every file.
    func check(file: String) throws(ImportError) {
        func refuse(_ problem: String) -> ImportError {
            ImportError(.badFormat, file: file, problem)
        }
        if let roundTo, !(0...9).contains(roundTo) {
            throw refuse("roundTo is \(roundTo); it must be 0 to 9 decimals")
        }
        guard (0...9).contains(priceDigits) else {
            throw refuse("the price divisor is 10 to the power \(priceDigits); it must be 0 to 9")
        }
        guard !isPartOfValues(delimiter) else {
            throw refuse(
                "\(quoted([delimiter])) cannot separate columns; use ',', ';', '|' or a tab")
        }
        guard optionalFields >= 0, fieldCount >= 0, fieldCount <= 4096 else {
            throw refuse("a row has 1 to 4096 fields")
        }
        for (column, place) in columns.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            if case .number(let number) = place, !(1...4096).contains(number) {
                throw refuse(
                    "\(column) is mapped to column \(number); columns count from 1 to 4096")
            }
        }
    }

    private func isPartOfValues(_ byte: UInt8) -> Bool {
        switch byte {
        case 0, 10, 13, UInt8(ascii: "\""), UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"):
            true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), 128...255: true
        default: false
        }
    }
}
