import LedgerDomain
import LedgerReading

/// How the exchange misbehaves, as `name=value,…`. Shares are probabilities from 0 to 1. Each fault
/// has its own generator, so that one does not affect another.
public struct FaultPlan: Hashable, Sendable {
    /// All faults: name, meaning, and whether the value is a probability.
    public enum Fault: String, Sendable, CaseIterable {
        case delay
        case drop
        case duplicate
        case reorder
        case disconnect
        case halfFrame = "half-frame"
        case reject
        case rateLimit = "rate-limit"
        case ban
        case lostRequest = "lost-request"
        case errorBeforeAccept = "error-before-accept"
        case errorAfterAccept = "error-after-accept"
        case timeoutAfterAccept = "timeout-after-accept"
        case silenceAfterAccept = "silence-after-accept"
        case timestamp
        case unauthorized
        case proxy
        case silentWait = "silent-wait"
        case maintenance
        case restOutage = "rest-outage"
        case proxyStatus = "proxy-status"
        case refuseExit = "refuse-exit"
        case emptyMarket = "empty-market"
        case pendingCancel = "pending-cancel"
        case pendingCancelSeconds = "pending-cancel-s"
        case bust
        case correct
        case handshake
        case handshakeStatus = "handshake-status"
        case clockSkew = "clock-skew-ms"
        case retryAfter = "retry-after-s"
        case seed

        public var meaning: String {
            switch self {
            case .delay: "maximum delay of answers and messages in milliseconds"
            case .drop: "an order update is not sent"
            case .duplicate: "an order update is sent twice"
            case .reorder: "an order update is sent after the next one"
            case .disconnect: "the stream is closed instead of sending an order update"
            case .halfFrame: "half an order update is sent, then the stream closes"
            case .reject: "an order is refused"
            case .rateLimit: "a request gets 429 with Retry-After"
            case .ban: "a request gets 418 with Retry-After, or 403"
            case .lostRequest: "the connection closes before the request is handled"
            case .errorBeforeAccept: "an order gets 503 and is not accepted"
            case .errorAfterAccept: "an order gets 500 but is accepted"
            case .timeoutAfterAccept: "an order gets 504 but is accepted"
            case .silenceAfterAccept: "an order is accepted but not answered"
            case .timestamp:
                "an order gets 400 with -1021 or 503 and is not accepted"
            case .unauthorized: "a request gets 401 in the venue's own words"
            case .proxy: "a request gets an HTML page of a proxy"
            case .silentWait: "a rate limit or ban has no header for its length"
            case .proxyStatus: "status of the proxy's page (default: 403)"
            case .refuseExit: "a sell is refused for good"
            case .emptyMarket: "a market order expires without a fill"
            case .pendingCancel: "a cancel is taken and not done"
            case .pendingCancelSeconds: "seconds until such a cancel is done (default: 0, never)"
            case .bust: "the last fill of a buy is taken back"
            case .correct: "the last fill of an order gets another price"
            case .handshake: "a web socket is refused with Retry-After"
            case .handshakeStatus: "status of that refusal (default: 429)"
            case .maintenance: "1: everything gets 503 and streams are closed"
            case .restOutage: "a request gets 503; streams stay open"
            case .clockSkew: "milliseconds by which the exchange's clock is ahead"
            case .retryAfter: "seconds in Retry-After (default: 1)"
            case .seed: "seed of the random generator"
            }
        }

        public var isShare: Bool {
            switch self {
            case .delay, .pendingCancelSeconds, .proxyStatus, .handshakeStatus, .clockSkew,
                .retryAfter,
                .seed:
                false
            default: true
            }
        }
    }

    /// In units of 10^-9, indexed by fault.
    private var values = [Int64](repeating: 0, count: Fault.allCases.count)

    public init() { self[.retryAfter] = FixedPoint.one }

    /// - Throws: `InputError` for an unknown name or a value out of range.
    public init(_ text: String) throws {
        self.init()
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1).map(\.spaceless)
            guard pair.count == 2 else { throw InputError("faults: '\(part)' is no NAME=VALUE") }
            try set(pair[0], to: pair[1])
        }
    }

    public mutating func set(_ name: String, to text: String) throws {
        guard let fault = Fault(rawValue: name) else {
            let names = Fault.allCases.map(\.rawValue).joined(separator: ", ")
            throw InputError("faults: '\(name)' is not one of \(names)")
        }
        guard let value = try? Price(text).raw, !fault.isShare || (0...FixedPoint.one) ~= value,
            fault == .clockSkew || value >= 0, value.magnitude <= 86_400_000 * 1_000_000_000
        else { throw InputError("faults: \(name)=\(text) is out of range") }
        self[fault] = value
    }

    public subscript(fault: Fault) -> Int64 {
        get { values[Fault.allCases.firstIndex(of: fault) ?? 0] }
        set { values[Fault.allCases.firstIndex(of: fault) ?? 0] = newValue }
    }

    /// A whole number that is not a probability.
    public func whole(_ fault: Fault) -> Int64 { self[fault] / FixedPoint.one }

    public var text: String {
        Fault.allCases.filter { self[$0] != 0 }.map {
            "\($0.rawValue)=\(FixedPoint.format(Int128(self[$0])))"
        }.joined(separator: ",")
    }
}

/// Draws the faults of a plan.
public struct FaultDice {
    public var plan: FaultPlan {
        didSet { if plan[.seed] != oldValue[.seed] { reseed() } }
    }
    private var generators: [SplitMix64] = []
    public private(set) var counts: [Int]

    public init(_ plan: FaultPlan) {
        self.plan = plan
        counts = [Int](repeating: 0, count: FaultPlan.Fault.allCases.count)
        reseed()
    }

    private mutating func reseed() {
        generators = FaultPlan.Fault.allCases.map { fault in
            var hash = FNV1a()
            hash.add(fault.rawValue.utf8)
            return SplitMix64(seed: hash.value ^ UInt64(bitPattern: plan.whole(.seed)))
        }
    }

    /// Whether the fault happens now.
    public mutating func happens(_ fault: FaultPlan.Fault) -> Bool {
        let share = plan[fault]
        guard share > 0 else { return false }
        let place = FaultPlan.Fault.allCases.firstIndex(of: fault) ?? 0
        let happens = generators[place].next(upTo: UInt64(FixedPoint.one) - 1) < UInt64(share)
        if happens { counts[place] += 1 }
        return happens
    }

    /// How late the next message is, in nanoseconds.
    public mutating func delay() -> Int64 {
        let most = plan.whole(.delay)
        guard most > 0 else { return 0 }
        return Int64(generators[0].next(upTo: UInt64(most) * 1_000_000))
    }
}
