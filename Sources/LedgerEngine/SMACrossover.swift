import LedgerDomain
import LedgerEvents
import LedgerSettings

/// Long while the fast average of the price is above the slow one: buys when flat and above, sells
/// when long and below. On bars the price is the close, on quotes the mid, on trades the price.
///
/// With `signal: cross` it asks for an entry once, at the price that takes the fast average from below the
/// slow one to above it. An exit is asked for as long as there is something to sell, in both forms.
struct SMACrossover: Strategy {
    static let kind = "sma_crossover"
    static let codeVersion: UInt16 = 1

    /// Averages are compared in one of two ways, which differ when the averages are equal: running sums of
    /// doubles carry rounding from bar to bar and may see a cross that does not exist. One window is used; the
    /// other stays empty.
    private let isExact: Bool
    private let entersAtCrossings: Bool
    /// The sign of the last difference of the averages that was not 0; 0 before the first.
    private var side = 0
    private var exact: Window<Int128>
    private var doubles: Window<Double>
    private let quantity: Quantity
    private let stopLoss: Price
    private let takeProfit: Price

    init(_ settings: SettingsEntry) throws(SettingsError) {
        let fast = try settings[CrossoverKeys.fast]
        let slow = try settings[CrossoverKeys.slow]
        guard fast < slow else {
            throw settings.error(
                CrossoverKeys.fast, "\(fast) is not below slow, which is \(slow)")
        }
        isExact = try settings[CrossoverKeys.arithmetic] == .exact
        entersAtCrossings = try settings[CrossoverKeys.signal] == .cross
        exact = Window(fast: isExact ? fast : 0, slow: isExact ? slow : 0)
        doubles = Window(fast: isExact ? 0 : fast, slow: isExact ? 0 : slow)
        quantity = try settings[StrategyKeys.quantity]
        stopLoss = try settings[CrossoverKeys.stopLoss]
        takeProfit = try settings[CrossoverKeys.takeProfit]
    }

    mutating func bar(_ bar: Bar, _ view: StrategyView, _ decisions: inout Decisions) {
        see(bar.close, bar.close.double, view, &decisions)
    }

    mutating func quote(_ quote: Quote, _ view: StrategyView, _ decisions: inout Decisions) {
        guard quote.bid.raw > 0, quote.ask.raw > 0, let mid = quote.mid else { return }
        see(mid, (quote.bid.double + quote.ask.double) / 2, view, &decisions)
    }

    mutating func trade(_ trade: Trade, _ view: StrategyView, _ decisions: inout Decisions) {
        see(trade.price, trade.price.double, view, &decisions)
    }

    @inline(__always)
    private mutating func see(
        _ price: Price, _ value: Double, _ view: StrategyView, _ decisions: inout Decisions
    ) {
        let cross: Int
        if isExact {
            exact.push(Int128(price.raw))
            cross = exact.isFull ? exact.compareExactly() : 0
        } else {
            doubles.push(value)
            cross = doubles.isFull ? doubles.compareDoubles() : 0
        }
        guard cross != 0 else { return }
        let isEntry = cross > 0 && (!entersAtCrossings || side < 0)
        side = cross
        guard view.workingOrders == 0 else { return }
        if isEntry, view.position.raw == 0 { decisions.append(decision(.buy, .entry, price)) }
        if cross < 0, view.position.raw > 0 { decisions.append(decision(.sell, .exit, price)) }
    }

    private func decision(_ side: Side, _ purpose: Purpose, _ price: Price) -> Decision {
        let (fast, slow) = isExact ? exact.exactMeans : doubles.means
        var decision = Decision(
            side: side, purpose: purpose, size: purpose == .entry ? .units(quantity) : .position,
            price: price, indicator: fast, threshold: slow)
        if purpose == .entry {
            decision.stopLossDistance = stopLoss
            decision.takeProfitDistance = takeProfit
        }
        return decision
    }

    mutating func split(_ event: SplitApplied) {
        doubles.rescale { $0 * Double(event.denominator) / Double(event.numerator) }
        exact.rescale {
            Int128(
                Int64(
                    clamping: FixedPoint.dividedHalfEven(
                        $0 * Int128(event.denominator), by: Int128(event.numerator))))
        }
    }

    func encode(into writer: inout StateWriter) {
        exact.encode(into: &writer) { $0.write($1) }
        doubles.encode(into: &writer) { $0.write($1) }
        if entersAtCrossings { writer.write(Int64(side)) }
    }

    mutating func restore(from reader: inout StateReader) throws(StateError) {
        try exact.restore(from: &reader) { (reader) throws(StateError) in try reader.read() }
        try doubles.restore(from: &reader) { (reader) throws(StateError) in try reader.read() }
        if entersAtCrossings { side = Int(try reader.read(Int64.self)) }
    }
}

/// The last `slow` values with the sums of the last `fast` and of all: each push costs two additions.
private struct Window<Value: Numeric & Sendable>: Sendable {
    private(set) var values: [Value]
    private(set) var fastSum: Value = 0
    private(set) var slowSum: Value = 0
    private(set) var fast: Int
    /// How many have been pushed, up to the length: enough to know whether the window is full.
    private var count = 0
    private var newest = 0
    /// Where the value lies that leaves the fast sum next.
    private var leaving: Int

    init(fast: Int, slow: Int) {
        values = Array(repeating: 0, count: slow)
        self.fast = fast
        leaving = slow - fast
    }

    var isFull: Bool { count == values.count }

    @inline(__always)
    mutating func push(_ value: Value) {
        slowSum += value - values[newest]
        // Slots not yet written hold 0, as a window that is not full has it.
        fastSum += value - values[leaving]
        values[newest] = value
        newest += 1
        if newest == values.count { newest = 0 }
        leaving += 1
        if leaving == values.count { leaving = 0 }
        if count < values.count { count += 1 }
    }

    mutating func rescale(_ change: (Value) -> Value) {
        slowSum = 0
        fastSum = 0
        for index in values.indices {
            values[index] = change(values[index])
            slowSum += values[index]
        }
        var index = leaving
        for _ in 0..<fast {
            fastSum += values[index]
            index = index + 1 == values.count ? 0 : index + 1
        }
    }

    func encode(into writer: inout StateWriter, _ write: (inout StateWriter, Value) -> Void) {
        writer.write(values, write)
        write(&writer, fastSum)
        write(&writer, slowSum)
        writer.write(UInt32(count))
        writer.write(UInt32(newest))
    }

    mutating func restore(
        from reader: inout StateReader, _ read: (inout StateReader) throws(StateError) -> Value
    ) throws(StateError) {
        let saved = try reader.readArray(read)
        guard saved.count == values.count else {
            throw StateError("a saved average has \(saved.count) values, not \(values.count)")
        }
        values = saved
        fastSum = try read(&reader)
        slowSum = try read(&reader)
        count = Int(try reader.read(UInt32.self))
        newest = Int(try reader.read(UInt32.self))
        guard count <= values.count, newest < max(values.count, 1) else {
            throw StateError("a saved average points outside its values")
        }
        leaving = values.isEmpty ? 0 : (newest + values.count - fast) % values.count
    }
}

extension Window<Double> {
    var means: (fast: Double, slow: Double) {
        (fastSum / Double(fast), slowSum / Double(values.count))
    }

    @inline(__always)
    func compareDoubles() -> Int {
        let (fast, slow) = means
        return fast > slow ? 1 : fast < slow ? -1 : 0
    }
}

extension Window<Int128> {
    var exactMeans: (fast: Double, slow: Double) {
        (
            FixedPoint.double(fastSum) / 1e9 / Double(fast),
            FixedPoint.double(slowSum) / 1e9 / Double(values.count)
        )
    }

    /// The sign of fastSum / fast − slowSum / slow, without a division.
    @inline(__always)
    func compareExactly() -> Int {
        let left = fastSum * Int128(values.count)
        let right = slowSum * Int128(fast)
        return left > right ? 1 : left < right ? -1 : 0
    }
}
