import LedgerDomain
import LedgerConfiguration
import LedgerSafety
import LedgerTransport
import LedgerUpkeep
import LedgerVenues
import VenueNetwork

/// Checks of venues over the network (V01, V06): whether they answer, how fast, with which clock,
/// and what they say about the key.
struct NetworkChecks {
    static let permissions = "permissions"
    /// Milliseconds from which an answer is slow, and from which it is too slow (C16).
    private static let slow: Int64 = 500
    private static let tooSlow: Int64 = 1000

    /// A venue, and the settings with which it is asked.
    private struct Subject {
        var connection: VenueConnection
        var configuration: Configuration
        /// Of the account; nil where no more than one trades outside.
        var account: String?
    }

    private let configuration: Configuration?
    private let subjects: [Subject]

    /// - Parameter venues: empty for those of the accounts that trade outside where there are several, else
    ///   for those with keys, or all if none has keys.
    init(_ configuration: Configuration?, venues: [String]) {
        self.configuration = configuration
        guard let configuration else {
            subjects = []
            return
        }
        let feeds = (try? VenueFeed.all(of: configuration)) ?? []
        if venues.isEmpty, feeds.count > 1 {
            subjects = feeds.compactMap { feed in
                ConnectedVenues.named(feed.kind).map {
                    Subject(
                        connection: $0, configuration: feed.configuration, account: feed.account)
                }
            }
            return
        }
        let named = venues.compactMap(ConnectedVenues.named)
        let keyed = ConnectedVenues.all.filter { Self.keys($0, configuration).areComplete }
        let chosen = !named.isEmpty ? named : !keyed.isEmpty ? keyed : ConnectedVenues.all
        subjects = chosen.map { Subject(connection: $0, configuration: configuration) }
    }

    /// No keys if they cannot be read; the check of the keys explains why.
    private static func keys(_ venue: VenueConnection, _ configuration: Configuration) -> VenueKeys
    {
        (try? KeyFile.keys(of: venue.name, configuration))
            ?? VenueKeys(key: Secret(""), secret: Secret(""))
    }

    func checks() -> [DoctorCheck] {
        guard configuration != nil else {
            return [
                DoctorCheck(
                    .network, named: "network", passed: false, severity: .warning,
                    "not checked, because the configuration cannot be read")
            ]
        }
        var checks: [DoctorCheck] = []
        var reached = 0
        for subject in subjects {
            let keys = Self.keys(subject.connection, subject.configuration)
            guard
                let client = try? VenueOptions.client(
                    subject.connection, subject.configuration, keys: keys)
            else { continue }
            defer { client.stop() }
            let (found, isReached) = look(client, keys)
            checks += found.map { check in
                var check = check
                if let account = subject.account { check.name = "\(account) \(check.name)" }
                return check
            }
            if isReached { reached += 1 }
        }
        checks.append(
            DoctorCheck(
                .network, named: "any venue", passed: reached > 0,
                reached > 0 ? "the network works" : "no venue can be reached",
                expected: "at least one within 5 s", actual: "\(reached) of \(subjects.count)"))
        return checks
    }

    private func look(_ client: VenueClient, _ keys: VenueKeys) -> ([DoctorCheck], Bool) {
        let venue = client.connection
        let (reach, isReached) = reachCheck(client)
        guard isReached else { return ([reach], false) }
        var checks = [reach]
        guard keys.areComplete else {
            if venue.questions.hasPublicClock { checks.append(clockCheck(client)) }
            return (checks, true)
        }
        let (key, answer) = keyCheck(client)
        checks += [clockCheck(client), key]
        if let answer { checks.append(permissionCheck(client, answer)) }
        return (checks, true)
    }

    /// Any answer counts: a venue that refuses an unknown key can be reached.
    private func reachCheck(_ client: VenueClient) -> (DoctorCheck, Bool) {
        var fastest: Nanoseconds?
        var problem = ""
        // The first request opens the connection, so its time does not count.
        for _ in 0..<3 {
            do throws(VenueFault) {
                let (outcome, span) = try client.timeClock()
                switch outcome {
                case .answer(let answer) where answer.status < 500:
                    fastest = min(fastest ?? span, span)
                case .answer(let answer): problem = "answers \(answer.status)"
                case .failed(_, let reason): problem = reason
                }
            } catch {
                problem = VenueTrouble.text(error)
            }
            if fastest == nil { break }
        }
        let name = "\(client.connection.name) \(client.settings.addresses.trading)"
        guard let fastest else {
            return (
                DoctorCheck(
                    .network, named: name, passed: false, severity: .warning, problem,
                    expected: "an answer within 5 s", actual: "none"), false
            )
        }
        let milliseconds = fastest.count / 1_000_000
        return (
            DoctorCheck(
                .network, named: name, passed: milliseconds < Self.slow,
                severity: milliseconds > Self.tooSlow ? .error : .warning,
                milliseconds < Self.slow ? "answers" : "answers slowly",
                expected: "below \(Self.slow) ms", actual: "\(milliseconds) ms"), true
        )
    }

    /// Uses the engine's own thresholds (N02).
    private func clockCheck(_ client: VenueClient) -> DoctorCheck {
        let name = "\(client.connection.name) clock"
        let warn =
            configuration?[ClockKeys.warnThresholdMs] ?? ClockKeys.warnThresholdMs.standard
        let kill =
            configuration?[ClockKeys.killThresholdMs] ?? ClockKeys.killThresholdMs.standard
        do throws(VenueFault) {
            let reading = try client.measureClock()
            let offset = reading.measured.count / 1_000_000
            let isNear = warn == 0 || offset.magnitude <= warn.magnitude
            let isFar = kill > 0 && offset.magnitude > kill.magnitude
            return DoctorCheck(
                .network, named: name, passed: isNear, severity: isFar ? .error : .warning,
                isNear ? "the venue's clock and ours agree" : "the venue's clock and ours differ",
                expected: "at most \(warn) ms", actual: "\(offset) ms",
                details: [
                    "venue minus ours \(reading.measured.count) ns",
                    "round trip \(reading.roundTrip.count) ns", "\(reading.kept) samples",
                ], fixCommand: isNear ? "" : "timedatectl set-ntp true")
        } catch {
            return DoctorCheck(
                .network, named: name, passed: false, severity: .warning, VenueTrouble.text(error),
                expected: "at most \(warn) ms", actual: "unknown")
        }
    }

    private func keyCheck(_ client: VenueClient) -> (DoctorCheck, WireAnswer?) {
        let venue = client.connection.name
        do throws(VenueFault) {
            let answer = try client.ask(client.connection.questions.account)
            return (
                DoctorCheck(
                    .network, named: "\(venue) key", passed: true, "the venue accepts the key",
                    expected: "accepted", actual: "accepted"), answer
            )
        } catch {
            return (
                DoctorCheck(
                    .network, named: "\(venue) key", passed: false, VenueTrouble.text(error),
                    expected: "accepted", actual: "not accepted"), nil
            )
        }
    }

    /// X06: a key that can withdraw is worth stealing.
    private func permissionCheck(_ client: VenueClient, _ account: WireAnswer) -> DoctorCheck {
        let name = "\(client.connection.name) \(Self.permissions)"
        let permissions = client.connection.questions.permissions(client, account)
        guard let permissions, let canWithdraw = permissions.canWithdraw else {
            return DoctorCheck(
                .network, named: name, passed: true, severity: .info,
                "the venue does not say what the key may do; make sure that it cannot withdraw",
                expected: "no withdrawals", actual: "not known")
        }
        let canTrade = permissions.canTrade ?? true
        return DoctorCheck(
            .network, named: name, passed: !canWithdraw && canTrade,
            canWithdraw
                ? "the key can withdraw; create one that cannot"
                : canTrade ? "the key can trade but not withdraw" : "the account cannot trade",
            expected: "trade, no withdrawals",
            actual: (canTrade ? "trade" : "no trade") + (canWithdraw ? ", withdrawals" : ""))
    }
}
