import LedgerDomain
import LedgerEvents
import LedgerImport
import LedgerVenues

extension GatewayReport {
    /// Market data as an input; nil for other reports and for instruments that were not requested.
    func market(_ instrument: (String) -> InstrumentID?) -> MarketEvent? {
        switch self {
        case .quote(let symbol, let bid, let bidSize, let ask, let askSize, let time):
            guard let id = instrument(symbol) else { return nil }
            return .quote(
                Quote(instrument: id, bid: bid, ask: ask, bidSize: bidSize, askSize: askSize), time
            )
        case .trade(let symbol, let price, let size, let aggressor, let number, let time):
            guard let id = instrument(symbol) else { return nil }
            return .trade(
                Trade(
                    instrument: id, aggressor: aggressor, price: price, size: size,
                    tradeId: number), time)
        case .bar(
            let symbol, let open, let high, let low, let close, let volume, let length, let time):
            guard let id = instrument(symbol) else { return nil }
            return .bar(
                Bar(
                    instrument: id, interval: length, open: open, high: high, low: low,
                    close: close, volume: volume), time)
        default: return nil
        }
    }

    /// A measured clock difference as an input; nil for other reports.
    func clockSkew(_ origin: String) -> MetricReported? {
        guard case .clock(let offset, _) = self else { return nil }
        // Milliseconds in units of 10^-9. A value that does not fit becomes the largest one.
        let (raw, overflow) = offset.count.multipliedReportingOverflow(by: 1000)
        let limit: Int64 = offset.count < 0 ? .min : .max
        return MetricReported(
            .clockSkew, value: Price(raw: overflow ? limit : raw), origin: origin)
    }
}
