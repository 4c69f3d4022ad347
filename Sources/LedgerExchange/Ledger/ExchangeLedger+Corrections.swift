import LedgerDomain
import LedgerEvents
import LedgerReading

extension ExchangeLedger {
    /// Gives a fill other terms; a quantity of 0 takes it back. The account changes by the difference.
    ///
    /// - Throws: `InputError` for a fill that was corrected already.
    public func correct(
        _ entry: (order: Int, fill: Int), price: Price, quantity: Quantity
    ) throws {
        let order = book[entry.order]
        let fill = order.fills[entry.fill]
        guard
            !book.corrections.contains(where: { $0.order == entry.order && $0.fill == entry.fill })
        else { throw InputError("fill \(fill.sequence) was corrected already") }
        let gone = Quantity(raw: -order.side.sign * fill.quantity.raw)
        let new = Quantity(raw: order.side.sign * quantity.raw)
        var last = try activity(gone, at: fill.price, of: order, fill)
        if quantity.raw > 0 {
            try take(last)
            last = try activity(new, at: price, of: order, fill)
        }
        last.activityType = ExchangeCorrection.type
        last.detail = "\(quantity)"
        try take(last)
        try settle()
    }

    /// Books what came into the account, or left it, without an order.
    ///
    /// - Parameter instrument: none for cash.
    public func move(
        _ type: String, of asset: String, _ instrument: InstrumentID, _ quantity: Quantity
    ) throws {
        let isCash = instrument == .none
        try take(
            VenueActivityReported(
                instrument: instrument, kind: .transfer, isIncluded: false,
                amount: isCash ? Money(units: quantity) : .zero,
                quantity: isCash ? .zero : quantity, price: .zero, occurred: lastTime,
                activityType: type, id: "", symbol: asset, detail: ""))
        try settle()
    }

    /// Units that come are paid for, those that go are paid back.
    private func activity(
        _ units: Quantity, at price: Price, of order: ExchangeOrder, _ fill: ExchangeFill
    ) throws -> VenueActivityReported {
        let worth = try Money.notional(price, units.magnitude)
        return VenueActivityReported(
            instrument: order.instrument, kind: .other, isIncluded: false,
            amount: units.raw > 0 ? -worth : worth, quantity: units, price: price,
            occurred: lastTime, activityType: "reversal", id: "\(fill.sequence)", symbol: "",
            detail: "")
    }
}
