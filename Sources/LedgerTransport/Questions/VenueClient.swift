import Glibc
import LedgerDomain
import LedgerVenues

/// Sends queries to a venue one at a time and waits for each answer. For commands, which have
/// nothing else to do. It sends no orders; gateways do.
///
/// A gateway sends its queries through `RequestChannel` instead, which may not block and shares a budget with
/// orders. Both send a query again as `Backoff` says.
///
/// Temporary failures are retried with full-jitter back-off. `Retry-After` is obeyed up to a
/// minute. After a complaint about a time stamp, the clock is measured again.
public final class VenueClient {
    public struct Settings: Sendable {
        public var addresses: Addresses
        public var keys: VenueKeys
        public var http = HTTPClient.Settings()
        /// Milliseconds within which the venue must accept a request, if it has such a limit.
        public var receiveWindow: Int64 = 5000
        public var retries = 3
        public var backoff = Backoff.Rules(
            base: Nanoseconds(500_000_000), cap: Nanoseconds(5_000_000_000))

        public init(addresses: Addresses, keys: VenueKeys) {
            (self.addresses, self.keys) = (addresses, keys)
        }
    }

    /// Addresses of orders and account, and of data, without a trailing slash.
    public struct Addresses: Hashable, Sendable {
        public var trading: String
        public var data: String

        public init(trading: String, data: String) {
            (self.trading, self.data) = (Self.plain(trading), Self.plain(data))
        }

        private static func plain(_ text: String) -> String {
            text.hasSuffix("/") ? String(text.dropLast()) : text
        }
    }

    public let connection: VenueConnection
    public let settings: Settings
    private let client: HTTPClient
    private let dialect: RequestDialect
    private let redaction: Redaction
    private var clock = ClockEstimator()
    private var backoff: Backoff

    /// Nobody waits longer than this at a terminal.
    private static let longestWait = Nanoseconds(60_000_000_000)

    public init(_ connection: VenueConnection, _ settings: Settings) {
        (self.connection, self.settings) = (connection, settings)
        client = HTTPClient(settings.http)
        redaction = Redaction(settings.keys)
        dialect = connection.requests(settings.keys, settings.receiveWindow)
        backoff = Backoff(settings.backoff, seed: UInt64(bitPattern: MachineTime.steady))
    }

    public func stop() { client.stop() }

    /// - Throws: `VenueFault`; `malformed` for an address that would send keys unencrypted.
    public func ask(_ request: WireRequest) throws(VenueFault) -> WireAnswer {
        var left = settings.retries
        while true {
            let fault: VenueFault
            do throws(VenueFault) {
                let answer = try askOnce(request)
                backoff.reset()
                return answer
            } catch { fault = error }
            guard let wait = backoff.wait(after: fault, left: left), wait <= Self.longestWait
            else { throw fault }
            left -= 1
            if case .timestamp = fault {
                clock.invalidate()
                _ = try measureClock()
            }
            Self.pause(wait)
        }
    }

    /// Queries the venue's time once and measures how long the answer took.
    public func timeClock() throws(VenueFault) -> (WireOutcome, Nanoseconds) {
        let result = client.perform(try http(dialect.clock))
        return (result.outcome, Nanoseconds(result.endedAt - result.queuedAt))
    }

    private func askOnce(_ request: WireRequest) throws(VenueFault) -> WireAnswer {
        try checkSafety(request)
        if request.security == .signed, clock.isDue(at: MachineTime.now) {
            _ = try measureClock()
        }
        switch client.perform(try http(request)).outcome {
        case .answer(let answer) where answer.isSuccess: return answer
        case .answer(let answer):
            let fault = dialect.fault(answer, false)
            throw redaction.applied(to: fault)
        // A query may be repeated whether or not it arrived.
        case .failed(_, let reason): throw .unreachable(reason)
        }
    }

    /// Queries the venue's time `attempts` times.
    ///
    /// - Throws: `unreachable` if no answer contains it.
    public func measureClock() throws(VenueFault) -> ClockEstimator.Reading {
        var samples: [ClockSample] = []
        for _ in 0..<clock.rules.attempts {
            let result = client.perform(try http(dialect.clock))
            guard case .answer(let answer) = result.outcome, answer.isSuccess else { continue }
            guard let server = try? dialect.readClock(answer.body) else { continue }
            // The round trip only; the time spent waiting for a connection does not count.
            let trip = result.endedAt - max(result.writtenAt, result.queuedAt)
            samples.append(
                ClockSample(server: server, roundTrip: Nanoseconds(trip), local: MachineTime.now))
        }
        guard let reading = clock.add(samples, at: MachineTime.now) else {
            throw .unreachable("\(connection.name) does not tell the time")
        }
        return reading
    }

    // MARK: Requests

    private func http(_ request: WireRequest) throws(VenueFault) -> HTTPRequest {
        try checkSafety(request)
        return dialect.http(
            request, to: base(request), now: clock.venueTime(at: MachineTime.now))
    }

    private func base(_ request: WireRequest) -> String {
        request.place == .data ? settings.addresses.data : settings.addresses.trading
    }

    private func checkSafety(_ request: WireRequest) throws(VenueFault) {
        guard request.security != .none, !Self.isSafe(base(request)) else { return }
        throw .malformed("\(base(request)) would get the key in clear: write https://")
    }

    /// Keys are sent over TLS or stay on this machine.
    static func isSafe(_ url: String) -> Bool {
        url.hasPrefix("https://")
            || GatewayPairing.host(url).map(GatewayPairing.isLoopback) ?? false
    }

    private static func pause(_ span: Nanoseconds) {
        var rest = timespec(
            tv_sec: Int(span.count / 1_000_000_000), tv_nsec: Int(span.count % 1_000_000_000))
        var left = timespec()
        while nanosleep(&rest, &left) != 0, errno == EINTR { rest = left }
    }
}
