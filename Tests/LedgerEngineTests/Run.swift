import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSettings
import LedgerSimulation

/// An engine and the journal it writes, as a sequencer would drive them.
final class Run {
    var engine = Engine()
    private var step = Step(next: .first)
    var batch: Batch { _read { yield step.batch } }

    struct Input: Sendable {
        var event: any Event
        var seconds: Int64
        var account = AccountID.none
    }

    init() {}

    /// A run with these settings, the instruments A and B with a lot of one and a tick of 0.01, and
    /// 100,000 in cash.
    init(
        _ settings: [(key: String, value: String)], strategies: StrategyCatalog = .shipped
    ) throws {
        engine = Engine(strategies: strategies)
        for input in Run.opening(settings) { try append(input) }
    }

    static func opening(_ settings: [(key: String, value: String)]) -> [Input] {
        // Times are seconds since 1970, when the exchange's calendar is not known.
        let text = Settings(settings + [("account.calendar", "crypto")]).text
        return [
            Input(event: ConfigurationLoaded(seed: 0, build: "", settings: text), seconds: 0),
            Input(event: define("A", 1), seconds: 0), Input(event: define("B", 2), seconds: 0),
            Input(
                event: CashDeposited(amount: Money(raw: 100_000_000_000_000)), seconds: 0,
                account: AccountID(.simulated, index: 1)),
        ]
    }

    static func define(_ symbol: String, _ number: UInt32, currency: String = "USD")
        -> InstrumentDefined
    {
        InstrumentDefined(
            Instrument(
                id: InstrumentID(number), symbol: symbol, venue: "", currency: currency,
                kind: .equity, tick: Price(raw: 10_000_000), lot: Quantity(raw: 1_000_000_000),
                priceScale: 2, quantityScale: 0))
    }

    func append(_ event: some Event, at seconds: Int64) throws {
        try append(Input(event: event, seconds: seconds))
    }

    func append(_ input: Input) throws {
        let sequence = try append(input.event, input)
        guard let record = step.batch.record(sequence) else { return }
        try engine.step(record, in: &step)
    }

    /// Takes what a venue says, as a sequencer does: what cannot be stepped is as if it had never come.
    func attempt(_ input: Input) throws -> EngineError? {
        let (saved, next) = (state, batch.nextSequence)
        do { try append(input) } catch let error as EngineError {
            step.truncate(to: next)
            engine = try Engine(restoring: saved)
            return error
        } catch let error as NumberError {
            return .number(error)
        }
        return nil
    }

    private func append(_ event: some Event, _ input: Input) throws -> SequenceNumber {
        try step.append(
            event,
            Envelope(
                account: input.account,
                time: Timestamp(nanoseconds: input.seconds * 1_000_000_000)))
    }

    /// A bar of a minute of instrument A.
    func bar(
        _ open: Double, _ high: Double, _ low: Double, _ close: Double, volume: Int = 1_000_000,
        at seconds: Int64
    ) throws {
        try append(Run.bar(1, open, high, low, close, volume: volume), at: seconds)
    }

    static func bar(
        _ number: UInt32, _ open: Double, _ high: Double, _ low: Double, _ close: Double,
        volume: Int
    ) -> Bar {
        func price(_ value: Double) -> Price { Price(rounding: value) ?? .zero }
        return Bar(
            instrument: InstrumentID(number), interval: 60, open: price(open), high: price(high),
            low: price(low), close: price(close),
            volume: Quantity(raw: Int128(volume) * 1_000_000_000))
    }

    /// The bytes of every event, in order.
    var journal: [[UInt8]] {
        var result: [[UInt8]] = []
        batch.forEachRecord(from: .first) { result.append(Array($0.bytes)) }
        return result
    }

    func events<E: Event>(_ type: E.Type) throws -> [E] {
        var result: [E] = []
        try batch.forEachRecord(from: .first) {
            if $0.type == E.type { result.append(try E($0)) }
        }
        return result
    }

    /// `name quantity` of what was derived, without submissions and acceptances.
    var story: [String] {
        var result: [String] = []
        try? batch.forEachRecord(from: .first) { record in
            switch record.type {
            case .signalGenerated:
                let event = try SignalGenerated(record)
                result.append("signal \(event.side) \(event.quantity)")
            case .intentRejected:
                result.append("refused \(try IntentRejected(record).refusal.reason)")
            case .orderIntended:
                let event = try OrderIntended(record)
                let price = max(event.limitPrice, event.stopPrice)
                result.append(
                    "\(event.purpose) \(event.side) \(event.quantity)"
                        + (price == .zero ? "" : " at \(price)"))
            case .orderFilled:
                let event = try OrderFilled(record)
                result.append("filled \(event.side) \(event.quantity) at \(event.price)")
            case .orderCancelled:
                result.append("cancelled \(try OrderCancelled(record).reason)")
            case .orderExpired: result.append("expired \(try OrderExpired(record).reason)")
            default: break
            }
        }
        return result
    }

    var position: Quantity {
        engine.profit.equity.quantity(AccountID(.simulated, index: 1), InstrumentID(1))
    }

    var state: [UInt8] {
        var writer = StateWriter()
        engine.encode(into: &writer)
        return writer.bytes
    }
}

extension Projection {
    var bytes: [UInt8] {
        var writer = StateWriter()
        encode(into: &writer)
        return writer.bytes
    }
}
