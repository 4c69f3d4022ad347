import LedgerDomain

extension OrderIntended {
    /// The same order after a split: more units at lower prices, rounded half to even to 10^-9.
    public func split(_ event: SplitApplied) throws(NumberError) -> OrderIntended {
        var changed = self
        changed.quantity = try quantity.scaled(by: event.numerator, over: event.denominator)
        changed.limitPrice = try limitPrice.split(event)
        changed.stopPrice = try stopPrice.split(event)
        changed.stopLossDistance = try stopLossDistance.split(event)
        changed.takeProfitDistance = try takeProfitDistance.split(event)
        changed.referencePrice = try referencePrice.split(event)
        return changed
    }
}

extension Price {
    public func split(_ event: SplitApplied) throws(NumberError) -> Price {
        let value = FixedPoint.dividedHalfEven(
            Int128(raw) * Int128(event.denominator), by: Int128(event.numerator))
        guard let raw = Int64(exactly: value) else {
            throw .overflow("price \(self) after a split")
        }
        return Price(raw: raw)
    }
}

extension OrderIntended {
    public func encodeState(into writer: inout StateWriter) {
        writer.write(instrument)
        writer.write(strategy)
        writer.write(side)
        writer.write(orderType)
        writer.write(intent.high)
        writer.write(intent.low)
        writer.write(quantity)
        for price in [limitPrice, stopPrice, stopLossDistance, takeProfitDistance, referencePrice] {
            writer.write(price)
        }
        writer.write(parent)
        writer.write(timeInForce)
        writer.write(purpose)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        self.init(
            instrument: try reader.read(), strategy: try reader.read(), side: try reader.read(),
            orderType: try reader.read(),
            intent: IntentID(high: try reader.read(), low: try reader.read()),
            quantity: try reader.read(), limitPrice: try reader.read(),
            stopPrice: try reader.read(), stopLossDistance: try reader.read(),
            takeProfitDistance: try reader.read(), referencePrice: try reader.read(),
            parent: try reader.read(), timeInForce: try reader.read(), purpose: try reader.read())
    }
}
