import LedgerDomain

/// The message for a bad row: the offending text and the fix.
struct RowComplaint {
    let format: ImportFormat
    let plan: RowPlan
    let file: String
    let zone: String
    let line: Int
    /// The fields that the row has.
    let fields: [[UInt8]]
    /// The shortest distance between two rows so far, in seconds.
    let spacing: Int64
    /// Whether the one row before this one was accepted.
    let isSecond: Bool

    private func text(_ column: Column) -> String {
        guard
            let index = plan.steps.firstIndex(where: { $0.column == column && $0.action != .ignore }
            ),
            index < fields.count
        else { return "''" }
        return quoted(fields[index])
    }

    func sentence(_ kind: ImportError.Kind, _ column: Column) -> String {
        switch kind {
        case .emptyField, .notANumber, .notFinite, .unknownSide, .tooPrecise, .tooLarge,
            .notPositive, .negative:
            valueSentence(kind, column)
        case .unknownAction, .notARatio, .fallingFactor, .noReference, .badPayDate, .earlyPayDate:
            actionSentence(kind, column)
        case .badTime, .missingLocalTime, .duplicateTime, .backwardTime, .backwardRows:
            timeSentence(kind)
        case .changedOffset:
            "\(text(.time)) has another offset than the rows before, so a day between them was longer "
                + "or shorter than 24 hours; name their zone with --zone, such as America/New_York"
        case .shortInterval: intervalSentence
        case .highBelowLow:
            "the high \(text(.high)) is below the low \(text(.low)); are the columns swapped?"
        case .outsideRange:
            "the \(column) \(text(column)) is outside the low \(text(.low)) to the high "
                + "\(text(.high))"
        case .noQuote: "neither side has a price; drop the row"
        case .crossedQuote:
            "crossed quote: the ask \(text(.ask)) is below the bid \(text(.bid)); drop the row or "
                + "set refuseCrossed to false"
        case .missingColumns, .extraColumns: countSentence(kind)
        case .badQuoting: "a quoted field is not closed, or text follows its closing quote"
        case .nulByte: "the line contains a NUL byte; is this a UTF-8 text file?"
        default: "the row cannot be read"
        }
    }

    private func valueSentence(_ kind: ImportError.Kind, _ column: Column) -> String {
        let value = text(column)
        switch kind {
        case .emptyField: return "the field is empty; fill it in or drop the row"
        case .notFinite: return "\(value) is not a finite number; fill it in or drop the row"
        case .unknownSide:
            return "\(value) is not a side; write B, buy, S or sell, or leave the field empty"
        case .tooPrecise: return tooPrecise(value, column)
        case .tooLarge: return "\(value) is too large; \(limit(column))"
        case .notPositive: return "\(value) is not positive; \(noun(column)) must be"
        case .negative: return "\(value) is negative; \(column) cannot be negative"
        default:
            return column == .tradeId
                ? "\(value) is not a whole number below 2^64"
                : "\(value) is not a number; write a plain decimal such as 12.5"
        }
    }

    private func noun(_ column: Column) -> String {
        switch column {
        case .value: "a dividend"
        case .priceFactor, .splitFactor: "a factor"
        default: "a price"
        }
    }

    private func actionSentence(_ kind: ImportError.Kind, _ column: Column) -> String {
        let value = text(column)
        return switch kind {
        case .unknownAction: "\(value) is not an action; write split or dividend"
        case .badPayDate:
            "\(value) is not a pay date; write a day such as 2024-02-15, or leave the field empty"
        case .earlyPayDate:
            "the pay date \(value) is before the ex-date \(text(.time)); are the columns swapped?"
        case .fallingFactor:
            "\(value) is below the previous row's factor, which would be a negative dividend"
        case .noReference:
            "\(value) differs from the previous row's factor, but that row lacks the reference "
                + "price needed to compute the dividend"
        case _ where column == .splitFactor:
            "\(value) and the previous row's factor are in no ratio of whole numbers from 1 to "
                + "\(SplitRatio.largest)"
        default:
            "\(value) is not a split ratio; write new units to old units as in 2:1, each a whole "
                + "number from 1 to \(SplitRatio.largest)"
        }
    }

    private func tooPrecise(_ value: String, _ column: Column) -> String {
        let isPrice = plan.steps.contains {
            $0.column == column && $0.action == .decimal && $0.rule.exponent != 9
        }
        let scale = isPrice ? " once divided by \(smallPowers[format.priceDigits])" : ""
        return "\(value) has more than nine decimals\(scale); add --round-to 9 to round it"
    }

    private func limit(_ column: Column) -> String {
        switch column {
        case .volume, .size, .bidSize, .askSize:
            "the largest size is 9223372036854775807000000"
        case .tradeId: "the largest identifier is 18446744073709551615"
        default: "the largest price is 9223372036.854775807"
        }
    }

    private func timeSentence(_ kind: ImportError.Kind) -> String {
        let value = text(.time)
        switch kind {
        case .missingLocalTime:
            return
                "\(value) does not exist in \(zone): clocks skipped it; is the time zone right?"
        case .duplicateTime where plan.kind == .action:
            return "\(value) already has a split; an instrument splits at most once a day"
        case .duplicateTime where plan.kind == .factor:
            return "\(value) is the day of the previous row or the weekend after it; drop one row"
        case .duplicateTime:
            return "\(value) repeats the time of the previous row; each bar needs its own time"
        case .backwardTime where isSecond:
            return
                "\(value) is before the first row, so rows run backwards in time; \(oldestFirst(2))"
        case .backwardTime: return "\(value) is before the previous row; sort the file by time"
        case .backwardRows:
            return
                "rows run backwards in time: \(value) is before the row above it, and that before the "
                + "first row; \(oldestFirst(3))"
        default:
            let header = line == 1 ? ", or declare that line 1 is a header" : ""
            return "\(value) is not a time between 1678 and 2261 written as "
                + "'\(plan.timeFormat.example)' (\(plan.timeFormat.rawValue)); name its format "
                + "with --time\(header)"
        }
    }

    /// How to turn the file around.
    ///
    /// - Parameter row: the number of this row; what is above the first one is the header.
    private func oldestFirst(_ row: Int) -> String {
        let isPlain =
            [".csv", ".tsv", ".txt"].contains { file.hasSuffix($0) }
            && file.utf8.allSatisfy {
                UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
                    || UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0
                    || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0
                    || Array("._-/".utf8).contains($0)
            }
        let above = line - row
        guard isPlain, above >= 0 else { return "put the oldest row first" }
        let command =
            above == 0
            ? "tac \(file)" : "(head -n \(above) \(file); tail -n +\(above + 1) \(file) | tac)"
        return "put the oldest row first, for example with `\(command) > oldest-first.csv`"
    }

    private var intervalSentence: String {
        let length =
            spacing == 86_400
            ? "a day" : spacing % 86_400 == 0 ? "\(spacing / 86_400) days" : "\(spacing) seconds"
        return "rows are at least \(length) apart, but --interval says that a bar lasts "
            + "\(format.interval) seconds, so each bar would be known before it ends. Give the bars' "
            + "true length with --interval, or times of their ends with --label end"
    }

    private func countSentence(_ kind: ImportError.Kind) -> String {
        let most = plan.steps.count
        let wanted = plan.minimum == most ? "\(most)" : "\(plan.minimum) to \(most)"
        let mend =
            kind == .missingColumns
            ? "is the row truncated, or is the delimiter not \(quoted([format.delimiter]))?"
            : "quote values that contain \(quoted([format.delimiter]))"
        return "the row has \(fields.count) fields instead of \(wanted); \(mend)"
    }
}
