import LedgerDomain
import LedgerEvents
import LedgerSafety

/// One readable line per event. A line only states what is in the event; nothing is computed.
public struct EventText: Sendable {
    private let names: NameBook

    public init(_ names: NameBook) { self.names = names }

    /// A sentence for the type, or its fields if there is none. Where the journal has several accounts, their
    /// names come first.
    public func describe(_ record: Record) throws -> String {
        let sentence = try sentence(record)
        let isOfOne = names.accounts.count > 1 && record.account != .none
        return isOfOne ? "\(names.name(record.account)): \(sentence)" : sentence
    }

    private func sentence(_ record: Record) throws -> String {
        switch record.type {
        case .bar:
            let bar = try Bar(record)
            return "\(symbol(record)) \(bar.interval) s, open \(bar.open), high \(bar.high), "
                + "low \(bar.low), close \(bar.close), volume \(bar.volume)"
        case .quote:
            let quote = try Quote(record)
            return "\(symbol(record)) bid \(quote.bid) of \(quote.bidSize), ask \(quote.ask) of "
                + "\(quote.askSize)"
        case .trade:
            let trade = try Trade(record)
            return "\(symbol(record)) \(trade.size) at \(trade.price)"
        case .configurationLoaded:
            let loaded = try ConfigurationLoaded(record)
            return "\(loaded.settings.split(separator: "\n").count) settings, seed \(loaded.seed)"
        case .operatorCommanded:
            let command = try OperatorCommanded(record)
            return "\(command.actor): \(command.command) \(command.argument)"
                + (command.reason.isEmpty ? "" : ", because \(command.reason)")
        case .signalGenerated, .signalRejected, .intentRejected, .sizeAdjusted, .refusalRepeated:
            return try describeSignal(record)
        case .orderIntended, .orderFilled, .orderCancelled, .orderExpired, .orderAccepted:
            return try describeOrder(record)
        case .latchEngaged, .latchCleared, .drawdownChanged, .peakRebased, .modeChanged:
            return try describeSafety(record)
        default: return try fields(record)
        }
    }

    private func symbol(_ record: Record) -> String { names.symbol(record.instrument) }

    private func refusal(_ refusal: Refusal) -> String {
        let isCompared = refusal.limit.raw != 0 || refusal.value.raw != 0
        return "\(refusal.reason)"
            + (isCompared ? ": value \(refusal.value), limit \(refusal.limit)" : "")
    }

    private func describeSignal(_ record: Record) throws -> String {
        switch record.type {
        case .signalGenerated:
            let signal = try SignalGenerated(record)
            let (left, right) = (signal.indicator, signal.threshold)
            let relation =
                left > right
                ? "above"
                : left < right ? "below" : left == right ? "equal to" : "not comparable to"
            return "\(names.name(signal.strategy)) wants to \(signal.side) \(signal.quantity) "
                + "\(symbol(record)) at \(signal.price) (\(signal.purpose)): indicator \(left) is "
                + "\(relation) threshold \(right)"
        case .signalRejected:
            let event = try SignalRejected(record)
            return "\(names.name(event.strategy)), \(event.side) \(symbol(record)): "
                + refusal(event.refusal)
        case .refusalRepeated:
            let event = try RefusalRepeated(record)
            return "\(names.name(event.strategy)), \(event.side) \(symbol(record)), "
                + "\(event.count) times more from \(event.first) to \(event.last): "
                + refusal(event.refusal)
        case .intentRejected:
            let event = try IntentRejected(record)
            return "\(names.name(event.strategy)), \(event.side) \(symbol(record)): "
                + refusal(event.refusal)
        default:
            let event = try SizeAdjusted(record)
            return
                "from \(event.from) to \(event.to) \(symbol(record)) by \(refusal(event.refusal))"
        }
    }

    private func describeOrder(_ record: Record) throws -> String {
        switch record.type {
        case .orderIntended:
            let order = try OrderIntended(record)
            var text =
                "\(order.purpose): \(names.name(order.strategy)), \(order.side) \(order.quantity) "
                + "\(symbol(record)), \(order.orderType)"
            if order.limitPrice.raw > 0 { text += ", limit \(order.limitPrice)" }
            if order.stopPrice.raw > 0 { text += ", stop \(order.stopPrice)" }
            return text + ", \(order.timeInForce), intent \(order.intent)"
        case .orderFilled:
            let fill = try OrderFilled(record)
            return "\(fill.side) \(fill.quantity) \(symbol(record)) at \(fill.price), fee "
                + "\(fill.fee), \(fill.liquidity), "
                + "\(fill.remaining) of order \(fill.order) left"
        case .orderCancelled:
            let event = try OrderCancelled(record)
            return "order \(event.order), \(event.remaining) left: \(event.reason)"
        case .orderExpired:
            let event = try OrderExpired(record)
            return "order \(event.order), \(event.remaining) left: \(event.reason)"
        default:
            let event = try OrderAccepted(record)
            return "order \(event.order), may fill from \(event.activeFrom)"
        }
    }

    private func describeSafety(_ record: Record) throws -> String {
        func by(_ actor: String, reason: String) -> String {
            ", by \(actor)" + (reason.isEmpty ? "" : ": \(reason)")
        }
        switch record.type {
        case .latchEngaged:
            let event = try LatchEngaged(record)
            let latch = Latch(event, at: record.time, sequence: record.sequence)
            return "\(event.source) \(latch.scope(names)), \(event.effect)"
                + by(event.actor, reason: event.reason) + "; ends with: \(event.source.mend)"
        case .latchCleared:
            let event = try LatchCleared(record)
            return "\(event.source) \(event.scope)" + by(event.actor, reason: event.reason)
        case .modeChanged:
            let event = try ModeChanged(record)
            return "from \(event.from) to \(event.to)" + by(event.actor, reason: event.reason)
        case .peakRebased:
            let event = try PeakRebased(record)
            return "from \(event.from) to \(event.to)" + by(event.actor, reason: event.reason)
        default:
            let event = try DrawdownChanged(record)
            return
                "from \(event.from) to \(event.to) at equity \(event.equity), peak \(event.peak), "
                + "drawdown \(event.drawdown)" + by(event.actor, reason: event.reason)
        }
    }

    /// The fields after the envelope's, as `key=value`.
    private func fields(_ record: Record) throws -> String {
        let line = try json(record)
        let known = ["seq", "type", "time", "recorded", "account", "accountKind"]
        let links = ["cause", "correlation"]
        return Self.plain(line.dropFirst().dropLast()).split(separator: "  ").filter { pair in
            let key = String(pair.prefix { $0 != "=" })
            return !(known + links).contains(key) && !pair.hasSuffix("=")
        }.joined(separator: ", ")
    }

    /// The event's JSON, without its line feed.
    public func json(_ record: Record) throws -> String {
        var writer = JSONLineWriter(names: names)
        var bytes: [UInt8] = []
        try writer.append(record, to: &bytes)
        return String(decoding: bytes.dropLast(), as: UTF8.self)
    }

    /// Turns `"a":"b c","d":1` into `a=b c  d=1`; escapes other than quotes stay.
    public static func plain(_ json: Substring) -> String {
        var plain = ""
        var isText = false
        var isEscaped = false
        for character in json.unicodeScalars {
            switch character {
            case "\"" where isEscaped: plain.unicodeScalars.append(character)
            case "\"": isText.toggle()
            case "\\" where isText && !isEscaped: break
            case "," where !isText: plain += "  "
            case ":" where !isText: plain += "="
            default:
                if isEscaped, character != "\\" { plain += "\\" }
                plain.unicodeScalars.append(character)
            }
            isEscaped = isText && character == "\\" && !isEscaped
        }
        return plain
    }
}
