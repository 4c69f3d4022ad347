/// A column of 8-byte words, stored as the residuals of a prediction.
///
///     predictor (1), argument (1), first word (varint), divisor (varint), mask (1), then for each
///     bit
///     of the mask one plane of `rows` bytes: byte n of every residual
///
/// A residual is word − guess (modulo 2^64), divided by the common divisor of all residuals, with
/// its sign folded into the lowest bit. A column that the guess predicts completely has mask 0 and
/// no plane. The first word is stored for guesses that need the row above; for other guesses it is
/// 0.
enum Column {
    /// How a word is predicted; all arithmetic is modulo 2^64.
    enum Predictor: UInt8 {
        /// 0.
        case nothing = 0
        /// The word above.
        case previous = 1
        /// Linear extrapolation of the two words above.
        case line = 2
        /// The event's own sequence number.
        case sequence = 3
        /// Column `argument` of the same row; it is to the left.
        case left = 4
        /// Column `argument` of the row above.
        case above = 5

        /// Whether the first row cannot be predicted.
        var needsFirst: Bool { self == .previous || self == .line || self == .above }
    }

    /// The columns of one shape: `words` × `rows`, one column after another.
    struct Matrix {
        let base: UnsafeMutablePointer<UInt64>
        let rows: Int

        @inline(__always)
        func column(_ index: Int) -> UnsafeMutablePointer<UInt64> { base + index * rows }
    }

    @inline(__always)
    static func folded(_ value: UInt64) -> UInt64 {
        let sign = UInt64(bitPattern: Int64(bitPattern: value) >> 63)
        return (value << 1) ^ sign
    }

    @inline(__always)
    static func unfolded(_ value: UInt64) -> UInt64 { (value >> 1) ^ (0 &- (value & 1)) }

    static func commonDivisor(_ a: UInt64, and b: UInt64) -> UInt64 {
        var (a, b) = (a, b)
        while b != 0 { (a, b) = (b, a % b) }
        return a
    }

    /// The inverse of an odd number modulo 2^64.
    static func inverse(ofOdd odd: UInt64) -> UInt64 {
        var inverse = odd
        for _ in 0..<5 { inverse = inverse &* (2 &- odd &* inverse) }
        return inverse
    }

    // MARK: Guesses

    /// Fills `into` with word − guess for each row.
    @inline(__always)
    static func subtract(
        _ predictor: Predictor, argument: Int, column index: Int, _ matrix: Matrix,
        _ sequences: UnsafePointer<UInt64>, into: UnsafeMutablePointer<UInt64>
    ) {
        let rows = matrix.rows
        let words = matrix.column(index)
        switch predictor {
        case .nothing: for row in 0..<rows { into[row] = words[row] }
        case .previous:
            into[0] = 0
            for row in 1..<max(rows, 1) { into[row] = words[row] &- words[row - 1] }
        case .line:
            into[0] = 0
            if rows > 1 { into[1] = words[1] &- words[0] }
            for row in 2..<max(rows, 2) {
                into[row] = words[row] &- (words[row - 1] &* 2 &- words[row - 2])
            }
        case .sequence: for row in 0..<rows { into[row] = sequences[row] &- words[row] }
        case .left:
            let other = matrix.column(argument)
            for row in 0..<rows { into[row] = words[row] &- other[row] }
        case .above:
            let other = matrix.column(argument)
            into[0] = 0
            for row in 1..<max(rows, 1) { into[row] = words[row] &- other[row - 1] }
        }
    }

    /// Converts residuals back to words, in place.
    static func restore(
        _ predictor: Predictor, argument: Int, column index: Int, _ matrix: Matrix,
        _ sequences: UnsafePointer<UInt64>
    ) {
        let rows = matrix.rows
        let words = matrix.column(index)
        switch predictor {
        case .nothing: break
        case .previous: for row in 1..<max(rows, 1) { words[row] &+= words[row - 1] }
        case .line:
            if rows > 1 { words[1] &+= words[0] }
            for row in 2..<max(rows, 2) { words[row] &+= words[row - 1] &* 2 &- words[row - 2] }
        case .sequence: for row in 0..<rows { words[row] = sequences[row] &- words[row] }
        case .left:
            let other = matrix.column(argument)
            for row in 0..<rows { words[row] &+= other[row] }
        case .above:
            let other = matrix.column(argument)
            for row in 1..<max(rows, 1) { words[row] &+= other[row - 1] }
        }
    }
}

/// Writes columns; reuses its scratch memory from one column to the next.
struct ColumnWriter: ~Copyable {
    private var residuals: UnsafeMutablePointer<UInt64>
    private var capacity: Int
    /// The first row of each sample.
    private static let runs = 4
    private static let runLength = 16
    /// How many columns to the left are tried.
    private static let reach = 8

    init() {
        capacity = 1 << 15
        residuals = .allocate(capacity: capacity)
    }

    deinit { residuals.deallocate() }

    /// Writes column `index`; the columns to its left must be complete.
    ///
    /// - Parameter ends: called after each plane that deserves a compression block of its own.
    mutating func write(
        _ index: Int, _ matrix: Column.Matrix, _ sequences: UnsafePointer<UInt64>,
        to output: ByteBuffer, ends: (Int) -> Void
    ) {
        let rows = matrix.rows
        if rows > capacity {
            residuals.deallocate()
            capacity = rows
            residuals = .allocate(capacity: rows)
        }
        let (predictor, argument) = choose(index, matrix, sequences)
        Column.subtract(
            predictor, argument: argument, column: index, matrix, sequences, into: residuals)
        let divisor = divide(rows)
        var seen: UInt64 = 0
        for row in 0..<rows {
            let value = Column.folded(residuals[row])
            residuals[row] = value
            seen |= value
        }
        output.append(predictor.rawValue)
        output.append(UInt8(argument))
        output.appendVarint(predictor.needsFirst && rows > 0 ? matrix.column(index)[0] : 0)
        output.appendVarint(divisor)
        var mask: UInt8 = 0
        for byte in 0..<8 where (seen >> UInt64(8 * byte)) & 0xFF != 0 { mask |= 1 << byte }
        output.append(mask)
        for byte in 0..<8 where mask & (1 << byte) != 0 {
            let plane = output.extend(rows).assumingMemoryBound(to: UInt8.self)
            let shift = UInt64(8 * byte)
            for row in 0..<rows { plane[row] = UInt8(truncatingIfNeeded: residuals[row] >> shift) }
            if rows >= 4096 { ends(output.count) }
        }
    }

    /// Divides the residuals by their greatest common divisor.
    private func divide(_ rows: Int) -> UInt64 {
        var divisor: UInt64 = 0
        for row in 0..<min(rows, 64) {
            divisor = Column.commonDivisor(
                divisor, and: Int64(bitPattern: residuals[row]).magnitude)
        }
        guard divisor > 1 || rows > 64 else { return 1 }
        while true {
            if divisor == 1 { return 1 }
            if divisor == 0 {
                guard let other = (0..<rows).first(where: { residuals[$0] != 0 }) else { return 1 }
                divisor = Int64(bitPattern: residuals[other]).magnitude
                continue
            }
            let shift = UInt64(divisor.trailingZeroBitCount)
            let odd = divisor >> shift
            let inverse = Column.inverse(ofOdd: odd)
            let low = (UInt64(1) << shift) &- 1
            let most = Int64.max / Int64(clamping: odd)
            var misfits: UInt64 = 0
            var wild = false
            for row in 0..<rows {
                let value = residuals[row]
                let quotient = Int64(bitPattern: value) >> Int64(shift)
                let whole = Int64(bitPattern: UInt64(bitPattern: quotient) &* inverse)
                misfits |= value & low
                wild = wild || whole > most || whole < -most
            }
            if misfits == 0, !wild {
                for row in 0..<rows {
                    let quotient = Int64(bitPattern: residuals[row]) >> Int64(shift)
                    residuals[row] = UInt64(bitPattern: quotient) &* inverse
                }
                return divisor
            }
            let before = divisor
            for row in 0..<rows {
                let value = Int64(bitPattern: residuals[row]).magnitude
                if value % divisor != 0 { divisor = Column.commonDivisor(divisor, and: value) }
            }
            // Leave values whole that only the range excludes, such as the smallest integer.
            if divisor == before { return 1 }
        }
    }

    // MARK: Which guess

    private func choose(
        _ index: Int, _ matrix: Column.Matrix, _ sequences: UnsafePointer<UInt64>
    ) -> (Column.Predictor, Int) {
        let rows = matrix.rows
        let words = matrix.column(index)
        guard rows > 2 else { return (.nothing, 0) }
        var best = (Column.Predictor.nothing, 0)
        var least = cost(rows) { words[$0] }
        func ask(_ predictor: Column.Predictor, _ argument: Int, _ guess: (Int) -> UInt64) {
            guard least > 0 else { return }
            let bits = cost(rows) { words[$0] &- guess($0) }
            if bits < least { (least, best) = (bits, (predictor, argument)) }
        }
        ask(.previous, 0) { words[$0 - 1] }
        ask(.line, 0) { words[$0 - 1] &* 2 &- words[$0 - 2] }
        ask(.sequence, 0) { sequences[$0] }
        for other in stride(from: index - 1, through: max(0, index - Self.reach), by: -1) {
            let column = matrix.column(other)
            ask(.left, other) { column[$0] }
            ask(.above, other) { column[$0 - 1] }
        }
        return best
    }

    /// The number of bits in a sample's residuals, as they are or divided by their common divisor.
    @inline(__always)
    private func cost(_ rows: Int, _ residual: (Int) -> UInt64) -> Int {
        var sample: (count: Int, divisor: UInt64) = (0, 0)
        return withUnsafeTemporaryAllocation(
            of: Int64.self, capacity: Self.runs * Self.runLength
        ) { values in
            let step = max(Self.runLength, (rows - 2) / Self.runs)
            var start = 2
            while start < rows, sample.count < values.count {
                for row in start..<min(rows, start + Self.runLength)
                where sample.count < values.count {
                    let value = Int64(bitPattern: residual(row))
                    values[sample.count] = value
                    sample.count += 1
                    if sample.divisor != 1 {
                        sample.divisor = Column.commonDivisor(sample.divisor, and: value.magnitude)
                    }
                }
                start += step
            }
            let divisor = max(sample.divisor, 1)
            return values[..<sample.count].reduce(0) {
                $0 + 64 - ($1.magnitude / divisor).leadingZeroBitCount
                    + ($1 == 0 ? 0 : 1)
            }
        }
    }
}

/// Reads what `ColumnWriter` wrote.
enum ColumnReader {
    static func read(
        _ index: Int, _ matrix: Column.Matrix, _ sequences: UnsafePointer<UInt64>,
        from input: inout ByteCursor
    ) throws(FrameError) {
        let rows = matrix.rows
        let code: UInt8 = try input.read()
        guard let predictor = Column.Predictor(rawValue: code) else {
            throw FrameError("column \(index) has an unknown predictor \(code)")
        }
        let argument = Int(try input.read(UInt8.self))
        let first = try input.readVarint()
        let divisor = try input.readVarint()
        let mask: UInt8 = try input.read()
        guard divisor > 0, argument == 0 || argument < index else {
            throw FrameError("column \(index) refers to column \(argument)")
        }
        if predictor == .left || predictor == .above, argument >= index {
            throw FrameError("column \(index) refers to column \(argument)")
        }
        let words = matrix.column(index)
        words.update(repeating: 0, count: rows)
        for byte in 0..<8 where mask & (1 << byte) != 0 {
            let plane = try input.read(rows)
            let shift = UInt64(8 * byte)
            for row in 0..<rows { words[row] |= UInt64(plane[row]) << shift }
        }
        if mask != 0 {
            for row in 0..<rows { words[row] = Column.unfolded(words[row]) &* divisor }
        }
        if predictor.needsFirst {
            guard rows > 0, words[0] == 0 else {
                throw FrameError("column \(index) stores its first word twice")
            }
            words[0] = first
        } else if first != 0 {
            throw FrameError("column \(index) has an unused first word")
        }
        Column.restore(predictor, argument: argument, column: index, matrix, sequences)
    }
}
