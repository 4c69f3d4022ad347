import LedgerDomain

/// The message about a bad row: the offending text and the fix.
struct RowComplaint {
    let format: ImportFormat
    let plan: RowPlan
    let zone: String
    let line: Int
    /// The row's fields, as far as it has them.
    let fields: [[UInt8]]

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
        case .unknownAction, .notARatio, .fallingFactor, .noReference: actionSentence(kind, column)
        case .badTime, .missingLocalTime, .duplicateTime, .backwardTime: timeSentence(kind)
        case .highBelowLow:
            "the high \(text(.high)) is below the low \(text(.low)); are the columns swapped?"
        case .outsideRange:
            "the \(column) \(text(column)) is outside the low \(text(.low)) to the high \(text(.high))"
        case .noQuote: "neither side has a price; drop the row"
        case .crossedQuote:
            "crossed quote: the ask \(text(.ask)) is below the bid \(text(.bid)); drop the row or let "
                + "refuseCrossed be false"
        case .missingColumns, .extraColumns: countSentence(kind)
        case .badQuoting: "a quoted field is not closed, or goes on behind its closing quote"
        case .nulByte: "the line holds a NUL byte; is this a text file in UTF-8?"
        default: "the row cannot be read"
        }
    }

    private func valueSentence(_ kind: ImportError.Kind, _ column: Column) -> String {
        let value = text(column)
        switch kind {
        case .emptyField: return "the field is empty; fill it in or drop the row"
        case .notFinite: return "\(value) is not a finite number; fill it in or drop the row"
        case .unknownSide:
            return "\(value) is no side; write B or buy, S or sell, or leave it empty"
        case .tooPrecise: return tooPrecise(value, column)
        case .tooLarge: return "\(value) is too large; \(limit(column))"
        case .notPositive: return "\(value) is not above zero; \(noun(column)) must be"
        case .negative: return "\(value) is below zero, which \(column) cannot be"
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
        case .unknownAction: "\(value) is no action; write split or dividend"
        case .fallingFactor:
            "\(value) is below the factor of the row before, as if a dividend were negative"
        case .noReference:
            "\(value) differs from the factor of the row before, which lacks the reference price "
                + "that tells the dividend"
        case _ where column == .splitFactor:
            "\(value) is to the factor of the row before in no ratio of whole numbers from 1 to "
                + "\(SplitRatio.largest)"
        default:
            "\(value) is no ratio of a split; write new units to old ones such as 2:1, each a whole "
                + "number from 1 to \(SplitRatio.largest)"
        }
    }

    private func tooPrecise(_ value: String, _ column: Column) -> String {
        let isPrice = plan.steps.contains {
            $0.column == column && $0.action == .decimal && $0.rule.exponent != 9
        }
        let scale = isPrice ? " once divided by \(smallPowers[format.priceDigits])" : ""
        return "\(value) has more than nine decimals\(scale); set roundTo to 0 to 9 to round it"
    }

    private func limit(_ column: Column) -> String {
        switch column {
        case .volume, .size, .bidSize, .askSize:
            "sizes go to 1000000000000, and above 9223372036 with fewer than nine decimals"
        case .tradeId: "identifiers go to 18446744073709551615"
        default: "prices go to 9223372036.854775807"
        }
    }

    private func timeSentence(_ kind: ImportError.Kind) -> String {
        let value = text(.time)
        switch kind {
        case .missingLocalTime:
            return
                "\(value) does not exist in \(zone): clocks went forward past it; is the zone right?"
        case .duplicateTime where plan.kind == .action:
            return "\(value) is the day of another split; a unit is split only once a day"
        case .duplicateTime where plan.kind == .factor:
            return "\(value) is the day of the row before, or the weekend behind it; drop one row"
        case .duplicateTime:
            return "\(value) is the time of the row before; a bar's time may occur only once"
        case .backwardTime: return "\(value) lies before the row before; sort the file by time"
        default:
            let header = line == 1 ? ", or say that line 1 is a header" : ""
            return "\(value) is no time of the years 1678 to 2261 written as "
                + "'\(plan.timeFormat.example)' (\(plan.timeFormat.rawValue)); name its format\(header)"
        }
    }

    private func countSentence(_ kind: ImportError.Kind) -> String {
        let most = plan.steps.count
        let wanted = plan.minimum == most ? "\(most)" : "\(plan.minimum) to \(most)"
        let mend =
            kind == .missingColumns
            ? "is the row cut short, or the delimiter not \(quoted([format.delimiter]))?"
            : "quote values that hold \(quoted([format.delimiter]))"
        return "the row has \(fields.count) fields instead of \(wanted); \(mend)"
    }
}
