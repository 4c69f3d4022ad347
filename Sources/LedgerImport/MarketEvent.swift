import LedgerDomain
import LedgerEvents

/// A row as an event, with the earliest time at which a decision may use it.
public enum MarketEvent: Hashable, Sendable {
    case bar(Bar, Timestamp)
    case quote(Quote, Timestamp)
    case trade(Trade, Timestamp)
    case prediction(PredictionRecorded, Timestamp)
    case split(SplitApplied, Timestamp)
    case dividend(DividendDeclared, Timestamp)
    /// A dividend that is paid on a later day.
    case scheduled(DividendScheduled, Timestamp)

    public var time: Timestamp {
        switch self {
        case .bar(_, let time), .quote(_, let time), .trade(_, let time), .prediction(_, let time),
            .split(_, let time), .dividend(_, let time), .scheduled(_, let time):
            time
        }
    }
}

extension MarketEvent {
    /// Appends the event as an input.
    public func append(to batch: inout Batch) throws(NumberError) {
        let envelope = Envelope(time: time)
        switch self {
        case .bar(let bar, _): try batch.append(bar, envelope)
        case .quote(let quote, _): try batch.append(quote, envelope)
        case .trade(let trade, _): try batch.append(trade, envelope)
        case .prediction(let forecast, _): try batch.append(forecast, envelope)
        case .split(let split, _): try batch.append(split, envelope)
        case .dividend(let dividend, _): try batch.append(dividend, envelope)
        case .scheduled(let dividend, _): try batch.append(dividend, envelope)
        }
    }
}

extension RowValues {
    /// - Precondition: `finding` returned nil.
    @inline(__always)
    func event(
        _ kind: ImportFormat.Kind, _ instrument: InstrumentID, interval: UInt32, at time: Timestamp
    ) -> MarketEvent {
        switch kind {
        case .bar:
            .bar(
                Bar(
                    instrument: instrument, interval: interval, open: price(.open),
                    high: price(.high), low: price(.low), close: price(.close),
                    volume: quantity(.volume)), time)
        case .quote:
            .quote(
                Quote(
                    instrument: instrument, bid: price(.bid), ask: price(.ask),
                    bidSize: quantity(.bidSize), askSize: quantity(.askSize)), time)
        case .trade:
            .trade(
                Trade(
                    instrument: instrument, aggressor: Side(rawValue: UInt8(self[.side])),
                    price: price(.price), size: quantity(.size), tradeId: tradeId), time)
        case .prediction:
            .prediction(
                PredictionRecorded(
                    instrument: instrument, predicted: price(.predicted), error: price(.error),
                    horizon: Nanoseconds(Int64(truncatingIfNeeded: self[.horizon]))), time)
        case .action: action(instrument, at: time)
        case .factor: preconditionFailure("factor rows become events in pairs")
        }
    }
}
