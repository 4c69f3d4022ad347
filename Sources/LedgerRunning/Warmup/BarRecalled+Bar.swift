import LedgerDomain
import LedgerEvents

extension BarRecalled {
    public init(_ bar: Bar, ended: Timestamp) {
        self.init(
            instrument: bar.instrument, interval: bar.interval, open: bar.open, high: bar.high,
            low: bar.low, close: bar.close, volume: bar.volume, ended: ended)
    }
}
