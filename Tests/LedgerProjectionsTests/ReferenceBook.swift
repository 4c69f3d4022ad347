import LedgerDomain
import LedgerEvents

/// Positions, cash and equity in the plainest way, with its own arithmetic and nothing kept that can
/// be added up again.
struct ReferenceBook {
    struct Key: Hashable {
        var account: UInt16
        var strategy: UInt16
        var instrument: UInt32
    }

    struct Lot: Equatable {
        var quantity: Int128
        var cost: Int128
    }

    struct Holding {
        var lots: [Lot] = []
        var realised: Int128 = 0
        var fees: Int128 = 0
        var dividends: Int128 = 0
        var quantity: Int128 { lots.reduce(0) { $0 + $1.quantity } }
        var cost: Int128 { lots.reduce(0) { $0 + $1.cost } }
    }

    struct Cash {
        var cash: Int128 = 0
        var deposits: Int128 = 0
        var fees: Int128 = 0
        var dividends: Int128 = 0
        /// After each event: worth in 10^-18 and what was deposited with it.
        var history: [(worth: Int128, deposit: Int128)] = []
    }

    var holdings: [Key: Holding] = [:]
    var accounts: [UInt16: Cash] = [:]
    var marks: [UInt32: Int128] = [:]
    /// Prices that wait to be confirmed.
    var held: [UInt32: Int128] = [:]

    /// A price that is not within half of the last one waits for a second one near it.
    mutating func mark(_ number: UInt32, _ price: Int128) {
        func isNear(_ other: Int128) -> Bool {
            price > 0 && other > 0 && 2 * (price - other).magnitude <= other.magnitude
        }
        if let mark = marks[number], mark > 0, !isNear(mark), !isNear(held[number] ?? 0) {
            held[number] = price
        } else {
            held[number] = nil
            marks[number] = price
        }
    }

    /// a × b / c, half to even, bit by bit, for any size of the product.
    static func scaled(_ a: Int128, _ b: Int128, _ c: Int128) -> Int128 {
        let divisor = c.magnitude
        var (quotient, rest) = (UInt128(0), UInt128(0))
        for bit in stride(from: 127, through: 0, by: -1) {
            quotient *= 2
            rest *= 2
            if rest >= divisor { (quotient, rest) = (quotient + 1, rest - divisor) }
            if b.magnitude >> UInt128(bit) & 1 == 1 {
                quotient += a.magnitude / divisor
                rest += a.magnitude % divisor
                if rest >= divisor { (quotient, rest) = (quotient + 1, rest - divisor) }
            }
        }
        let twice = rest * 2
        if twice > divisor || (twice == divisor && quotient % 2 == 1) { quotient += 1 }
        let isNegative = [a, b, c].count { $0 < 0 } % 2 == 1
        return isNegative ? -Int128(quotient) : Int128(quotient)
    }

    static func money(_ price: Int128, _ quantity: Int128) -> Int128 {
        scaled(price, quantity, 1_000_000_000)
    }

    func quantity(_ key: Key) -> Int128 { holdings[key]?.quantity ?? 0 }

    func marketWorth(_ account: UInt16) -> Int128 {
        holdings.filter { $0.key.account == account }.reduce(0) {
            $0 + $1.value.quantity * (marks[$1.key.instrument] ?? 0)
        }
    }

    func equity(_ account: UInt16) -> Int128 {
        (accounts[account]?.cash ?? 0)
            + Self.scaled(marketWorth(account), 1, 1_000_000_000)
    }

    mutating func fill(_ fill: OrderFilled, _ account: UInt16) {
        let key = Key(
            account: account, strategy: fill.strategy.number, instrument: fill.instrument.number)
        let price = Int128(fill.price.raw)
        if marks[key.instrument] ?? 0 == 0 { marks[key.instrument] = price }
        var left = fill.side == .buy ? fill.quantity.raw : -fill.quantity.raw
        var paid = Self.money(price, left)
        accounts[account, default: Cash()].cash -= paid + fill.fee.raw
        accounts[account, default: Cash()].fees += fill.fee.raw
        var holding = holdings[key] ?? Holding()
        holding.fees += fill.fee.raw
        while left != 0, let lot = holding.lots.first, lot.quantity.signum() != left.signum() {
            let closed =
                lot.quantity.magnitude <= left.magnitude ? lot.quantity : -left
            let basis =
                closed == lot.quantity
                ? lot.cost : Self.scaled(lot.cost, closed, lot.quantity)
            left += closed
            let part = left == 0 ? paid : Self.money(price, -closed)
            paid -= part
            holding.realised -= part + basis
            if closed == lot.quantity {
                holding.lots.removeFirst()
            } else {
                holding.lots[0] = Lot(quantity: lot.quantity - closed, cost: lot.cost - basis)
            }
        }
        if left != 0 { holding.lots.append(Lot(quantity: left, cost: paid)) }
        holdings[key] = holding
    }

    mutating func split(_ event: SplitApplied) {
        let (up, down) = (Int128(event.numerator), Int128(event.denominator))
        for key in holdings.keys where key.instrument == event.instrument.number {
            var holding = holdings[key] ?? Holding()
            var lots: [Lot] = []
            var carried: Int128 = 0
            for index in holding.lots.indices {
                func sum(_ count: Int) -> Int128 {
                    Self.scaled(
                        holding.lots[..<count].reduce(0) { $0 + $1.quantity }, up, down)
                }
                let lot = Lot(
                    quantity: sum(index + 1) - sum(index), cost: holding.lots[index].cost + carried)
                carried = lot.quantity == 0 ? lot.cost : 0
                if lot.quantity != 0 { lots.append(lot) }
            }
            if lots.isEmpty {
                holding.realised -= carried
            } else {
                lots[lots.count - 1].cost += carried
            }
            holding.lots = lots
            holdings[key] = holding
        }
        held[event.instrument.number] = nil
        if let mark = marks[event.instrument.number] {
            marks[event.instrument.number] = Self.scaled(mark, down, up)
        }
    }

    mutating func dividend(_ event: DividendPaid, _ account: UInt16) {
        let key = Key(
            account: account, strategy: event.strategy.number, instrument: event.instrument.number)
        holdings[key, default: Holding()].dividends += event.amount.raw
        accounts[account, default: Cash()].cash += event.amount.raw
        accounts[account, default: Cash()].dividends += event.amount.raw
    }

    /// Notes what every account is worth now.
    mutating func observe(deposited: Int128, _ account: UInt16) {
        for number in accounts.keys.sorted() {
            let worth = (accounts[number]?.cash ?? 0) * 1_000_000_000 + marketWorth(number)
            accounts[number]?.history.append((worth, number == account ? deposited : 0))
        }
    }

    /// A transfer keeps the proportion to equity, rounded up, where there is one.
    private func moved(_ value: Int128, _ worth: Int128, _ deposit: Int128) -> Int128 {
        let moved = deposit * 1_000_000_000
        let before = worth - moved
        guard before > 0, worth > 0 else { return max(0, value + moved) }
        guard moved != 0 else { return value }
        let product = value.magnitude.multipliedFullWidth(by: worth.magnitude)
        let (quotient, rest) = before.magnitude.dividingFullWidth(product)
        let up = Int128(quotient) + (rest == 0 ? 0 : 1)
        return value < 0 ? -up : up
    }

    /// The peak, and the deepest fall from a peak as its two ends, from the whole history.
    func peaks(_ account: UInt16) -> (peak: Int128, worstPeak: Int128, worstLow: Int128) {
        var (peak, low) = (Int128(0), Int128(0))
        var worst = (depth: 0.0, peak: Int128(0), low: Int128(0))
        for (worth, deposit) in accounts[account]?.history ?? [] {
            (peak, low) = (moved(peak, worth, deposit), moved(low, worth, deposit))
            if worth > peak { (peak, low) = (worth, worth) }
            guard worth < low else { continue }
            low = worth
            let depth = peak > 0 ? 1 - FixedPoint.double(low) / FixedPoint.double(peak) : 0
            if depth > worst.depth { worst = (depth, peak, low) }
        }
        return (peak, worst.peak, worst.low)
    }
}
