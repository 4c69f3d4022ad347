import Glibc
import LedgerArchive
import LedgerConfiguration
import LedgerEngine
import LedgerSafety
import LedgerVenues
import VenueRegister

/// Keys and settings.
extension Doctor {
    /// The venue that the configuration trades at or takes data from; the first known one if it
    /// names none.
    var concernedVenue: VenueDescriptor {
        let named = [ModeKeys.venue, FeedKeys.venue].compactMap { key in
            configuration.flatMap { KnownVenues.named($0[key]) }
        }
        return named.first ?? KnownVenues.all[0]
    }

    /// The accounts with gateways of their own, where there are several.
    private var feeds: [VenueFeed] {
        let all = configuration.flatMap { try? VenueFeed.all(of: $0) } ?? []
        return all.count > 1 ? all : []
    }

    /// Checks that keys exist and where they are stored; never shows them (V05, C18).
    func keyChecks() -> [DoctorCheck] {
        var checks: [DoctorCheck] = []
        var found = 0
        for venue in KnownVenues.names {
            if let conflict = conflict(venue) {
                checks.append(conflict)
                continue
            }
            let check = keyCheck(venue, configuration)
            if check.passed, check.actual == "key and secret" { found += 1 }
            checks.append(check)
        }
        for feed in feeds {
            var check = keyCheck(feed.kind, feed.configuration)
            check.name = "\(feed.account ?? "") \(check.name)"
            if check.passed, check.actual == "key and secret" { found += 1 }
            checks.append(check)
        }
        checks.append(
            DoctorCheck(
                .keys, named: "any venue", passed: found > 0,
                severity: isForVenue ? .error : .warning,
                found > 0 ? "a venue can be reached with keys" : "no venue has keys",
                expected: "at least one venue", actual: "\(found)",
                fixCommand: found > 0 ? "" : concernedVenue.keys.export))
        return checks
    }

    /// One secret has two names with different values; a program must not choose which one to send.
    private func conflict(_ venue: String) -> DoctorCheck? {
        guard let keys = KnownVenues.named(venue)?.credentials else { return nil }
        for key in [keys.key, keys.secret] {
            let set = Configuration.variables(key.setting).filter { subject.variable($0) != nil }
            let values = set.compactMap(subject.variable)
            guard let first = values.first, values.contains(where: { $0 != first }) else {
                continue
            }
            return DoctorCheck(
                .keys, named: venue, passed: false,
                "\(set.joined(separator: " and ")) have different values", expected: "one value",
                actual: "\(values.count) values", fixCommand: "unset \(set.last ?? "")")
        }
        return nil
    }

    private func keyCheck(_ venue: String, _ configuration: Configuration?) -> DoctorCheck {
        guard let configuration else {
            return DoctorCheck(
                .keys, named: venue, passed: false, severity: .warning,
                "not checked, because the configuration cannot be read")
        }
        let keysOf = KnownVenues.named(venue)?.credentials
        let file = keysOf.map { configuration[$0.file] } ?? ""
        let keys: VenueKeys
        do { keys = try KeyFile.keys(of: venue, configuration) } catch {
            let isOpen = !file.isEmpty && access(file, F_OK) == 0 && !PrivateFile.isPrivate(file)
            return DoctorCheck(
                .keys, named: venue, passed: false, "\(error)",
                expected: "the environment or mode 0600",
                actual: isOpen ? "readable by others" : "refused",
                fixCommand: isOpen ? "chmod 600 \(file)" : "",
                fix: isOpen ? .makePrivate(file) : nil)
        }
        if keys.areComplete {
            return DoctorCheck(
                .keys, named: venue, passed: true,
                "from \(file.isEmpty ? "the environment" : "a private file")",
                expected: "key and secret", actual: "key and secret")
        }
        let isNone = keys.key.isEmpty && keys.secret.isEmpty
        let lacking = keys.key.isEmpty ? "key" : "secret"
        return DoctorCheck(
            .keys, named: venue, passed: isNone, severity: isNone ? .info : .error,
            isNone ? "no keys, so this venue is not used" : "the \(lacking) is missing or empty",
            expected: isNone ? "key and secret, or neither" : "key and secret",
            actual: isNone ? "neither" : "no \(lacking)",
            fixCommand: isNone
                ? "" : "export \(venue.uppercased())_API_\(lacking.uppercased())=…")
    }

    /// The named configuration, or every one in `configs/`.
    func configurationChecks() -> [DoctorCheck] {
        var checks = [
            DoctorCheck(
                .configuration, named: subject.path ?? "environment", passed: configuration != nil,
                configuration != nil ? "can be read" : configurationError,
                expected: "known settings without contradictions",
                actual: configuration != nil ? "good" : "refused",
                fixCommand: configuration != nil ? "" : "ledger config show --all")
        ]
        if subject.path == nil {
            let names = (try? Folder.names("configs")) ?? []
            for name in names where name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
                let path = "configs/\(name)"
                var problem = ""
                do { _ = try subject.load(path) } catch { problem = "\(error)" }
                // Report an error caused by the environment once.
                if problem == configurationError, !problem.isEmpty { continue }
                checks.append(
                    DoctorCheck(
                        .configuration, named: path, passed: problem.isEmpty,
                        problem.isEmpty ? "can be read" : problem,
                        expected: "known settings without contradictions",
                        actual: problem.isEmpty ? "good" : "refused",
                        fixCommand: problem.isEmpty ? "" : "ledger config show --config \(path)"))
            }
        }
        if let configuration, isForVenue { checks.append(riskCheck(configuration)) }
        return checks
    }

    /// X04: risk limits are always on if orders are sent.
    private func riskCheck(_ configuration: Configuration) -> DoctorCheck {
        let isOn = configuration.hasRiskLimits
        return DoctorCheck(
            .configuration, named: "risk limits", passed: isOn,
            severity: configuration[ModeKeys.mode] == .live ? .error : .warning,
            isOn ? "risk limits are on" : "risk limits are off",
            expected: "risk.enabled true or auto",
            actual: "risk.enabled \(configuration[RiskKeys.enabled])",
            fixCommand: isOn ? "" : "set risk.enabled: true")
    }
}

extension Configuration {
    /// Whether the limits are on, also if the account's kind decides.
    var hasRiskLimits: Bool {
        self[RiskKeys.enabled].isOn(self[AccountKeys.kind] != .simulated)
    }
}
