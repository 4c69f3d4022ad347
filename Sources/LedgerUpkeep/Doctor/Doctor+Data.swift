import Glibc
import LedgerArchive
import LedgerConfiguration
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerImport
import LedgerJournal
import LedgerReading
import LedgerRunning
import LedgerVenues
import VenueRegister

/// Files that trading depends on, and the journal.
extension Doctor {
    func dataChecks() -> [DoctorCheck] {
        filterChecks() + feeChecks() + modelChecks()
    }

    /// The files of all accounts that trade outside.
    private func files(_ named: (Configuration) -> [String]) -> [String] {
        guard let configuration else { return [] }
        let views = ((try? VenueFeed.all(of: configuration)) ?? []).map(\.configuration)
        let all = (views.isEmpty ? [configuration] : views).flatMap(named)
        return all.indices.filter { !all[..<$0].contains(all[$0]) }.map { all[$0] }
    }

    private func filterChecks() -> [DoctorCheck] {
        let files = files { $0[VenueFileKeys.filters] }
        let days =
            configuration?[VenueFileKeys.filtersMaxAgeDays] ?? FiltersFile.standardDays
        guard !files.isEmpty else {
            return [
                DoctorCheck(
                    .data, named: "filters", passed: false,
                    severity: isForVenue ? .error : .warning,
                    "venue.filters names no file, so orders would be sent as decided",
                    expected: "a file, less than \(days) days old", actual: "none",
                    fixCommand: "ledgerd data \(concernedVenue.filters.fetchCommand)")
            ]
        }
        return files.map { file in
            do {
                let catalogue = try FiltersFile.read(file)
                let problem = FiltersFile.problem(catalogue, at: subject.now, maximumDays: days)
                return DoctorCheck(
                    .data, named: file, passed: problem == nil,
                    problem ?? "\(catalogue.instruments.count) instruments of \(catalogue.venue)",
                    expected: "less than \(days) days old", actual: "of \(catalogue.madeAt)",
                    fixCommand: problem == nil ? "" : fetch(of: catalogue.venue, to: file))
            } catch {
                return DoctorCheck(
                    .data, named: file, passed: false, "\(error)",
                    expected: "less than \(days) days old", actual: "cannot be read",
                    fixCommand: fetch(of: owner(of: file)?.name ?? "", to: file))
            }
        }
    }

    /// The command that fetches a venue's filters into a file.
    private func fetch(of name: String, to file: String) -> String {
        let venue = KnownVenues.named(name) ?? concernedVenue
        return "ledgerd data \(venue.filters.fetchCommand) --out \(file)"
    }

    /// The venue whose commands write a file of that name.
    private func owner(of file: String) -> VenueDescriptor? {
        KnownVenues.all.first { $0.filters.path == file }
    }

    private func feeChecks() -> [DoctorCheck] {
        files { $0[VenueFileKeys.fees] }.map { file in
            do {
                let schedule = try FeesFile.read(file)
                return DoctorCheck(
                    .data, named: file, passed: true, "fees of \(schedule.venue)",
                    actual: "of \(schedule.madeAt)")
            } catch {
                return DoctorCheck(
                    .data, named: file, passed: false, "\(error)", actual: "cannot be read",
                    fixCommand: "ledgerd data refresh-fees --out \(file)")
            }
        }
    }

    // MARK: Model

    private static let bestModel = "models/best_model.zip"
    /// A checkpoint states the library's version; with another major version it may not load.
    private static let versionEntry = "_stable_baselines3_version"
    private static let knownMajor = "2."

    /// V07: the checkpoint is an archive with a policy, of a known version.
    private func modelChecks() -> [DoctorCheck] {
        let path = subject.model ?? Self.bestModel
        guard access(path, F_OK) == 0 else {
            let isAsked = subject.model != nil
            return [
                DoctorCheck(
                    .data, named: path, passed: !isAsked, severity: isAsked ? .error : .info,
                    isAsked ? "Model not found: \(path)" : "no model, and none is required",
                    expected: isAsked ? "a checkpoint" : "", actual: "missing")
            ]
        }
        do {
            let listing = try ZipListing(path)
            let names = listing.entries.map(\.name)
            let hasPolicy = names.contains { $0 == "policy.pth" || $0.hasSuffix(".onnx") }
            var version = ""
            if names.contains(Self.versionEntry) {
                let bytes = try listing.bytes(of: Self.versionEntry, limit: 256)
                version = String(decoding: bytes, as: UTF8.self).filter { $0.isNumber || $0 == "." }
            }
            let isKnown = version.isEmpty || version.hasPrefix(Self.knownMajor)
            return [
                DoctorCheck(
                    .data, named: path, passed: hasPolicy && isKnown,
                    !hasPolicy
                        ? "the archive contains no policy"
                        : isKnown ? "a checkpoint" : "created by another major version",
                    expected: "a policy, version \(Self.knownMajor)x",
                    actual:
                        "\(names.count) entries, version \(version.isEmpty ? "unknown" : version)",
                    details: listing.entries.prefix(100).map { "\($0.name) \($0.size)" })
            ]
        } catch {
            return [
                DoctorCheck(
                    .data, named: path, passed: false, "\(error)", expected: "a zip archive",
                    actual: "cannot be read")
            ]
        }
    }

    // MARK: Journal

    /// Checks that it opens, that its last block matches its chain, and that only its owner can
    /// access its key.
    func journalChecks() -> [DoctorCheck] {
        guard let name = subject.journal else { return [] }
        let directory = JournalHome.directory(name)
        var checks = [openingCheck(name, directory: directory)]
        let key = "\(directory)/\(SigningKey.fileName)"
        if access(key, F_OK) == 0 {
            let isPrivate = PrivateFile.isPrivate(key)
            checks.append(
                DoctorCheck(
                    .keys, named: key, passed: isPrivate,
                    isPrivate ? "only its owner can access it" : "others can access it",
                    expected: "mode 0600", actual: isPrivate ? "private" : "open",
                    fixCommand: isPrivate ? "" : "chmod 600 \(key)",
                    fix: isPrivate ? nil : .makePrivate(key)))
        }
        return checks
    }

    private func openingCheck(_ name: String, directory: String) -> DoctorCheck {
        do {
            let journal = try SealedJournal.open(directory: directory, mode: .readOnly)
            let head = try journal.head
            guard head.lastSequence != .none else {
                return DoctorCheck(
                    .data, named: "journal \(name)", passed: true, "opens",
                    expected: "opens, head verifies",
                    actual: "empty")
            }
            let verified = try journal.verifyChain(from: head.lastSequence)
            let isSame = verified == head
            var last = Timestamp.zero
            try journal.forEachRecord(from: head.lastSequence) { record in
                last = record.time
                return false
            }
            // A journal's time never goes back: with a slow clock, every event would get the time
            // of the last one.
            let isAhead = last > subject.now.advanced(by: Nanoseconds.minute)
            let isBacktest = try JournalIdentity(journal)?.kind == "backtest"
            let isLate = isAhead && !isBacktest
            return DoctorCheck(
                .data, named: "journal \(name)", passed: isSame && !isLate,
                !isSame
                    ? "its last block does not match its head"
                    : isLate ? "its last event, at \(last), is ahead of our clock" : "opens",
                expected: "opens, head verifies", actual: "\(head.lastSequence) events",
                fixCommand: isSame ? "" : "ledger verify --journal \(name)")
        } catch {
            return DoctorCheck(
                .data, named: "journal \(name)", passed: false, "\(error)",
                expected: "opens, head verifies", actual: "does not",
                fixCommand: JournalHome.isJournal(directory)
                    ? "ledger verify --journal \(name)" : "ledger init \(name) --config …")
        }
    }
}
