import Glibc

/// Reads the fields of a line into `RowValues` in one pass. This is the fast path; it reports only
/// success or failure.
// unsafe: reads the line in place. A readable byte that is not a digit follows every line, so
// scanning digits needs no bounds check. The steps are copied out of their array to read them
// without checks.
struct RowScanner: ~Copyable {
    private let steps: UnsafeMutableBufferPointer<RowPlan.Step>
    private let minimum: Int
    private let delimiter: UInt8
    private let symbol: [UInt8]

    init(_ plan: RowPlan, delimiter: UInt8) {
        steps = .allocate(capacity: plan.steps.count)
        _ = steps.initialize(from: plan.steps)
        minimum = plan.minimum
        self.delimiter = delimiter
        symbol = plan.symbol
    }

    deinit { steps.deallocate() }

    /// False if a field is not in the simplest form or the number of fields is wrong; `values` is
    /// then undefined.
    @inline(__always)
    func scan(_ line: UnsafeBufferPointer<UInt8>, into values: inout RowValues) -> Bool {
        guard var at = line.baseAddress else { return false }
        let end = at + line.count
        var index = 0
        while true {
            guard read(steps[index], at: &at, end: end, &values) else { return false }
            index += 1
            if at == end { break }
            guard at.pointee == delimiter, index < steps.count else { return false }
            at += 1
        }
        if index == steps.count { return true }
        for step in steps[index...] where step.action != .ignore { values[step.column] = 0 }
        return index >= minimum
    }

    @inline(__always)
    private func read(
        _ step: RowPlan.Step, at: inout UnsafePointer<UInt8>, end: UnsafePointer<UInt8>,
        _ values: inout RowValues
    ) -> Bool {
        if step.action == .decimal {
            let start = at
            if let value = Self.decimal(&at, step.rule), at == end || at.pointee == delimiter {
                values[step.column] = Int128(value)
                return true
            }
            at = start
        }
        return readText(step, at: &at, end: end, &values)
    }

    /// Up to 19 digits with at most one point, in units of 10^-9; nil for anything longer. Leaves
    /// `at` at the first other byte.
    @inline(__always)
    private static func decimal(_ at: inout UnsafePointer<UInt8>, _ rule: DecimalRule) -> Int64? {
        let start = at
        var mantissa: UInt64 = 0
        var exponent = rule.exponent
        accumulate(&at, &mantissa)
        var digits = at - start
        if at.pointee == UInt8(ascii: ".") {
            at += 1
            let point = at
            accumulate(&at, &mantissa)
            digits += at - point
            exponent -= at - point
        }
        // 19 digits fit in 64 unsigned bits; more would have wrapped.
        if digits > 0, digits <= 19, exponent >= rule.floor, mantissa <= UInt64(Int64.max) {
            let (value, overflow) = Int64(bitPattern: mantissa)
                .multipliedReportingOverflow(by: power(exponent))
            if !overflow { return value }
        }
        return nil
    }

    @inline(__always)
    private static func accumulate(_ at: inout UnsafePointer<UInt8>, _ mantissa: inout UInt64) {
        while true {
            let digit = at.pointee &- 48
            if digit > 9 { return }
            mantissa = mantissa &* 10 &+ UInt64(digit)
            at += 1
        }
    }

    @inline(__always)
    private static func power(_ exponent: Int) -> Int64 {
        switch exponent {
        case 0: 1
        case 1: 10
        case 2: 100
        case 3: 1000
        case 4: 10_000
        case 5: 100_000
        case 6: 1_000_000
        case 7: 10_000_000
        case 8: 100_000_000
        default: 1_000_000_000
        }
    }

    /// A field that is not a short plain number, up to the next delimiter.
    @inline(never)
    private func readText(
        _ step: RowPlan.Step, at: inout UnsafePointer<UInt8>, end: UnsafePointer<UInt8>,
        _ values: inout RowValues
    ) -> Bool {
        let found = memchr(at, Int32(delimiter), end - at)
        let stop = found.map { UnsafePointer($0.assumingMemoryBound(to: UInt8.self)) } ?? end
        let field = UnsafeBufferPointer(start: at, count: stop - at)
        at = stop
        // A quoted field may contain a delimiter.
        guard field.first != UInt8(ascii: "\"") else { return false }
        switch step.action {
        // There are few of these, and some rows produce no event or two.
        case .actionName, .factor: return false
        case .symbol: return symbol.isEmpty || field.elementsEqual(symbol)
        default: return values.read(field, step) == nil
        }
    }
}

extension RowValues {
    /// Reads one field. Returns its error, or nil.
    mutating func read(
        _ field: UnsafeBufferPointer<UInt8>, _ step: RowPlan.Step
    ) -> ImportError.Kind? {
        switch step.action {
        case .ignore, .symbol: return nil
        case _ where field.isEmpty:
            guard step.allowsEmpty else { return .emptyField }
            self[step.column] = 0
            if step.action == .identifier { tradeId = 0 }
            if step.action == .payDate { payDate = nil }
            return nil
        case .decimal, .factor:
            switch ExactDecimal.read(field, step.rule) {
            case .value(let value): self[step.column] = value
            case .failed(let kind):
                return step.column == .time && kind != .emptyField ? .badTime : kind
            }
            return nil
        case .side: return readSide(field)
        case .identifier: return readIdentifier(field)
        case .writtenTime: return readTime(field, compact: false)
        case .compactTime: return readTime(field, compact: true)
        case .payDate: return readPayDate(field)
        case .actionName: return readAction(field)
        case .actionValue:
            readActionValue(field, step.rule)
            return nil
        }
    }

    private mutating func readTime(
        _ field: UnsafeBufferPointer<UInt8>, compact: Bool
    ) -> ImportError.Kind? {
        guard let time = WrittenTime.read(field, compact: compact) else { return .badTime }
        self[.time] = Int128(time.nanoseconds)
        timeOffset = time.offset
        timeIsDay = time.isDay
        return nil
    }

    /// `B`, `buy`, `S`, `sell` or `unknown`, in any case.
    private func readSide(_ field: UnsafeBufferPointer<UInt8>) -> ImportError.Kind? {
        if Self.matches(field, "b") || Self.matches(field, "buy") {
            self[.side] = 1
        } else if Self.matches(field, "s") || Self.matches(field, "sell") {
            self[.side] = 2
        } else if Self.matches(field, "unknown") {
            self[.side] = 0
        } else {
            return .unknownSide
        }
        return nil
    }

    static func matches(_ field: UnsafeBufferPointer<UInt8>, _ word: StaticString) -> Bool {
        guard field.count == word.utf8CodeUnitCount else { return false }
        return (0..<field.count).allSatisfy { field[$0] | 32 == word.utf8Start[$0] }
    }

    private mutating func readIdentifier(
        _ field: UnsafeBufferPointer<UInt8>
    ) -> ImportError.Kind? {
        var value: UInt64 = 0
        for byte in field {
            let digit = byte &- 48
            guard digit < 10 else { return .notANumber }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
            guard !overflow, !carry else { return .tooLarge }
            value = sum
        }
        tradeId = value
        return nil
    }
}
