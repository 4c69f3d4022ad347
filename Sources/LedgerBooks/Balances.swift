import LedgerDomain
import LedgerEvents

/// The balance of one account in the books.
public struct BookBalance: Hashable, Sendable {
    public let account: BookAccount
    /// Debits minus credits; for a position, the cost of its lots.
    public fileprivate(set) var amount = Money.zero
    /// For a position, the sum over its lots.
    public fileprivate(set) var quantity = Quantity.zero
    private var queue: [BookLot] = []
    /// Lots before this index are closed.
    private var first = 0

    fileprivate init(_ account: BookAccount) { self.account = account }

    /// The open lots, oldest first.
    public var lots: ArraySlice<BookLot> { queue[first...] }

    /// Takes from the oldest lot if it is the one named; otherwise opens a lot.
    fileprivate mutating func move(_ change: BookLot) {
        quantity = quantity + change.quantity
        guard let oldest = lots.first, oldest.opening == change.opening,
            oldest.unitCost == change.unitCost
        else { return queue.append(change) }
        queue[first].quantity = oldest.quantity + change.quantity
        queue[first].cost = oldest.cost + change.cost
        guard queue[first].quantity.raw == 0, queue[first].cost.raw == 0 else { return }
        first += 1
        if first == queue.count || (first >= 1024 && first * 2 >= queue.count) {
            queue.removeFirst(first)
            first = 0
        }
    }
}

/// The sums of all postings by account, in chart order.
public struct Balances: Hashable, Sendable {
    public private(set) var entries: [BookBalance] = []

    public init() {}

    public subscript(account: BookAccount) -> BookBalance? {
        let place = place(account)
        guard place < entries.count, entries[place].account == account else { return nil }
        return entries[place]
    }

    /// Zero if the account has no postings.
    public func amount(_ account: BookAccount) -> Money { self[account]?.amount ?? .zero }

    public mutating func post(_ transaction: Transaction) {
        for posting in transaction.postings { post(posting) }
    }

    mutating func post(_ posting: Posting) {
        let place = place(posting.account)
        if place == entries.count || entries[place].account != posting.account {
            entries.insert(BookBalance(posting.account), at: place)
        }
        entries[place].amount += posting.amount
        if let lot = posting.lot { entries[place].move(lot) }
    }

    /// The index of an account, or where to insert it.
    private func place(_ account: BookAccount) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].account < account { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
