import LedgerDomain

/// What a file's rows hold and how they are written.
public struct ImportFormat: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case bar, quote, trade, prediction
        /// A split or a dividend.
        case action
        /// LEAN's factors; their changes imply splits and dividends.
        case factor
    }

    public enum Header: String, Hashable, Sendable, CaseIterable {
        /// True unless every column is mapped by number.
        case detect
        case present
        case absent
    }

    /// Which moment of a bar its time names.
    public enum BarLabel: String, Hashable, Sendable, CaseIterable {
        case start, end
    }

    /// What to do with a bad row.
    public enum BadRows: String, Hashable, Sendable, CaseIterable {
        case stop, skip
    }

    /// Nil: deduced from the header's names.
    public var kind: Kind?
    /// Actions and predictions for other symbols are skipped. Empty: none are skipped.
    public var symbol = ""
    public var delimiter = UInt8(ascii: ",")
    public var header = Header.detect
    /// Empty: the usual header names.
    public var columns: [Column: ColumnPlace] = [:]
    /// The number of fields in a row without a header. 0: as many as the first row has.
    public var fieldCount = 0
    /// How many trailing fields a row may omit.
    public var optionalFields = 0
    public var timeFormat = TimeFormat.detect
    /// The day from which times since midnight count. Nil: the file's name begins with it,
    /// YYYYMMDD.
    public var baseDate: CivilDate?
    /// Prices are multiplied by 10 to this power: 4 for LEAN's equities.
    public var priceDigits = 0
    public var zone = "UTC"
    public var label = BarLabel.start
    /// A bar's nominal length in seconds; required for bars. Bars of whole days end at local
    /// midnight. Quotes with an interval are the last quote of that interval.
    public var interval: UInt32 = 0
    /// Round prices and sizes to this many decimals, half to even. Nil: more than nine is an error.
    public var roundTo: Int?
    /// Whether a quote with an ask below its bid is an error.
    public var refuseCrossed = false
    /// Whether an empty side of a quote means that there is no quote on that side.
    public var allowsEmptySide = false
    public var badRows = BadRows.stop
    /// Whether bars without an interval have that of the distances of the first rows.
    var infersInterval = false

    public init(kind: Kind? = nil, interval: UInt32 = 0) {
        self.kind = kind
        self.interval = interval
    }

    /// Sets the divisor of prices.
    ///
    /// - Throws: `ImportError` if the divisor is not a power of ten from 1 to 10^9.
    public mutating func setPriceDivisor(_ divisor: Int64) throws(ImportError) {
        guard let digits = smallPowers.firstIndex(of: divisor), digits <= 9 else {
            throw ImportError(
                .badFormat, file: "--price-divisor",
                "\(divisor) is not a power of ten from 1 to 1000000000")
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
                    .badFormat, file: "--columns",
                    "'\(part)' is not COLUMN=NAME or COLUMN=NUMBER; columns are \(names)")
            }
            columns[column] = Int(pair[1]).map(ColumnPlace.number) ?? .named(String(pair[1]))
        }
    }

    /// Settings that are invalid whatever the file.
    func check(file: String) throws(ImportError) {
        func refuse(_ problem: String) -> ImportError {
            ImportError(.badFormat, file: file, problem)
        }
        if let roundTo, !(0...9).contains(roundTo) {
            throw refuse("--round-to is \(roundTo); it must be 0 to 9")
        }
        guard (0...9).contains(priceDigits) else {
            throw refuse("--price-divisor is 10^\(priceDigits); the power must be 0 to 9")
        }
        guard !isPartOfValues(delimiter) else {
            throw refuse(
                "\(quoted([delimiter])) cannot separate columns; use ',', ';', '|' or a tab")
        }
        guard optionalFields >= 0, fieldCount >= 0, fieldCount <= 4096 else {
            throw refuse("the number of fields must be 1 to 4096")
        }
        for (column, place) in columns.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            if case .number(let number) = place, !(1...4096).contains(number) {
                throw refuse(
                    "\(column) is mapped to column \(number); columns are numbered from 1 to 4096")
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
