import ArgumentParser
import LedgerArchive
import LedgerCommands
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading
import LedgerRunning
import LedgerUpkeep

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Run the recorded inputs through the engine again.",
        discussion: """
            --verify compares every event that the engine derives with the journaled one, byte
            for byte. Without it, events are printed as they are replayed; --speed sets the
            pace. --step walks through the events and shows the state after each. --diff
            runs the inputs with other settings and shows what the engine decides
            differently.

            A journal is replayed under the rules that it was recorded under. --rules newest steps it under
            the newest rules and prints the first difference.

              ledger replay --journal demo --from 2008-10-01 --to 2008-10-10
              ledger replay --journal demo --from 1 --verify
              ledger replay --journal demo --from 2008-10-01 --speed 100000x
              ledger replay --journal demo --from 2008-10-01 --step
              ledger replay --journal demo --from 1 --verify --rules newest
              ledger replay --journal demo --config other.yaml --diff
              ledger replay --journal demo --from 5000 --set strategies.0.fast=5 --diff

            Exit codes: 0 identical, or a walk or --diff that ran; 1 different, with the first
            difference and its cause; 7 newer rules than the recorded ones give another result,
            with the first difference; 2 to 5 could not run, as for every command; 130
            interrupted.
            """.paragraphs)

    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: FormatOptions
    @Option(
        help: ArgumentHelp(
            "First event to replay: \(Moment.help). With --step and --diff the default is the "
                + "first event."))
    var from: Moment?
    @Option(help: ArgumentHelp("Last event to replay: \(Moment.help)."))
    var to: Moment?
    @Flag(help: "Compare with the journal instead of printing events.")
    var verify = false
    @Option(help: "Rules of the engine to follow: recorded or newest.")
    var rules = ReplayedRules.recorded
    @Flag(help: "Walk from event to event; press ? for the keys.")
    var step = false
    @Option(help: "Pace of printing: 10x is ten times real time, max is without pauses.")
    var speed: Speed?
    @Flag(help: "Run the inputs with other settings and show what differs.")
    var diff = false
    @OptionGroup(title: "Options of --diff") var other: OtherSettingsOptions

    func validate() throws {
        if from == nil, !step, !diff {
            throw ValidationError("Missing expected argument '--from <from>'")
        }
        let ways =
            [("--verify", verify), ("--step", step), ("--speed", speed != nil)]
            + [("--diff", diff)]
        let chosen = ways.filter(\.1).map(\.0)
        guard chosen.count <= 1 else {
            throw ValidationError("\(chosen.joined(separator: " and ")) cannot be combined")
        }
        guard diff || !other.isUsed else {
            throw ValidationError("--config, --set, --limit and --days need --diff")
        }
        guard !diff || to == nil else {
            throw ValidationError("--diff always runs to the journal's end; leave out --to")
        }
        guard rules == .recorded || !(step || diff) else {
            throw ValidationError("--rules cannot be combined with --step or --diff")
        }
    }

    func run() throws {
        let journal = try journals.openForReading()
        let head = try journal.head.lastSequence
        let start = try from?.first(in: journal) ?? .first
        let end = try to?.last(in: journal)
        guard head != .none, start <= head else {
            throw CommandError("the journal ends at event \(head), before \(start)")
        }
        if let end, end < start { throw CommandError("--to is before --from") }
        if step {
            var session = try StepSession(journal, from: start, through: end ?? head)
            try session.run()
        } else if diff {
            try WhatIfReport(journals.journal, journal, other, output.style).run(from: start)
        } else {
            try replay(journal, from: start, through: end, head: head)
        }
    }

    private func replay(
        _ journal: LMDBJournal, from start: SequenceNumber, through end: SequenceNumber?,
        head: SequenceNumber
    ) throws {
        var printer = EventPrinter(
            output.format, try TailCommand.names(journal, before: start))
        var bar = ProgressBar("replay")
        var pace = Pace(speed)
        if speed != nil { Interrupt.catchSignals() }
        if !verify { printer.begin() }
        let result: Replay.Result
        do {
            result = try Replay(journal).run(
                from: start, through: end, under: rules == .newest ? .newest : nil,
                each: { record in
                    if verify { return }
                    if speed != nil {
                        let pause = pace.pause(before: record.time)
                        // Flush, so that the events printed so far are visible during a pause.
                        if pause > 0 { try printer.flush() }
                        try Pace.wait(pause)
                    }
                    try printer.add(record)
                },
                progress: {
                    if speed == nil {
                        bar.show(
                            $0.number - start.number, of: (end ?? head).number - start.number)
                    }
                })
        } catch is Pace.Interrupted {
            try printer.end()
            throw ExitCode(130)
        }
        bar.clear()
        if !verify { try printer.end() }
        guard result.divergence != nil, isOfRules(result) else {
            try report(result, start, isOfRules: false)
            if result.divergence != nil { throw ExitCode(1) }
            return
        }
        // Another result under its own rules too is no matter of rules.
        let recorded = try Replay(journal).run(from: start, through: end)
        let isIntact = recorded.divergence == nil
        try report(isIntact ? result : recorded, start, isOfRules: isIntact)
        throw ExitCode(isIntact ? 7 : 1)
    }

    /// Whether the engine stepped under newer rules than those recorded.
    private func isOfRules(_ result: Replay.Result) -> Bool {
        rules == .newest && result.recordedRules < .newest
    }

    private func report(
        _ result: Replay.Result, _ start: SequenceNumber, isOfRules: Bool
    ) throws {
        if let build = result.otherBuild {
            Terminal.complain(
                "replayed with \(Build.identity); the journal was written by \(build)")
        }
        let lines = lines(result, start, isOfRules: isOfRules) + linesOfRules(result)
        let sentence = lines.joined(separator: "\n")
        guard verify else {
            return result.divergence == nil
                ? Terminal.complain(sentence) : Terminal.print(sentence)
        }
        try Report(
            sentence,
            [
                Report.text("result", result.divergence == nil ? "identical" : "different"),
                Report.number("inputs", result.inputs), Report.number("derived", result.compared),
                Report.number("from", start.number), Report.number("to", result.last.number),
                Report.text("state_digest", result.engine.digest.hex),
                Report.text("recorded_rules", result.recordedRules),
                Report.text("newest_rules", RulesVersion.newest),
                Report.flag("rules_differ", isOfRules),
                Report.number("different_at", result.divergence?.sequence.number),
                Report.text("journaled", result.divergence?.journaled),
                Report.text("derived_instead", result.divergence?.derived),
                Report.text("cause", result.divergence?.causeLine),
            ]
        ).write(output.style)
    }

    private func lines(
        _ result: Replay.Result, _ start: SequenceNumber, isOfRules: Bool
    ) -> [String] {
        guard let divergence = result.divergence else {
            return [
                "identical: \(result.inputs) inputs and \(result.compared) derived events from "
                    + "event \(start) to \(result.last), state digest \(result.engine.digest.hex)"
            ]
        }
        var lines: [String] = []
        if isOfRules {
            lines.append(
                "recorded under rules \(result.recordedRules); rules \(RulesVersion.newest) give "
                    + "another result. The journal is intact.")
        }
        lines += [
            "different at event \(divergence.sequence):",
            "  journaled: \(divergence.journaled ?? "nothing")",
            "  derived:   \(divergence.derived ?? "nothing")",
        ]
        if let cause = divergence.causeLine { lines.append("  cause:     \(cause)") }
        return lines
    }

    /// Under which rules an older journal was recorded, and what changed since.
    private func linesOfRules(_ result: Replay.Result) -> [String] {
        guard result.recordedRules < .newest else { return [] }
        return [
            rules == .newest
                ? "recorded under rules \(result.recordedRules), replayed under rules "
                    + "\(RulesVersion.newest)"
                : "recorded and replayed under rules \(result.recordedRules); "
                    + "--rules newest replays under rules \(RulesVersion.newest)",
            "what changed since, as in docs/RULES.md:",
        ] + result.recordedRules.changesSince.map { "  rules \($0)" }
    }
}

/// The rules under which a replay steps.
enum ReplayedRules: String, ExpressibleByArgument, CaseIterable {
    /// Those that the journal declares.
    case recorded
    case newest
}

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check the integrity of a journal.",
        discussion: """
            Checks LMDB's pages, the checksums and the SHA-256 chain of every block, the
            sequence, payloads, order of times and causes, the state checkpoints against a fold
            from the first event, and the tree with its signed checkpoints against the events.

            The chain alone cannot reveal a journal that was cut off at its end or rewritten
            as a whole. A checkpoint kept elsewhere can:

              ledger verify --journal main --checkpoint kept.checkpoint \\
                --public-key desk.pub

            Without --public-key, verify compares the roots of the tree's checkpoints but not
            their signatures. With it, a journal without a signed checkpoint ends with exit
            code 2.

            --from continues an earlier check: it verifies checksums, chain, payloads, times
            and causes from there on.

            Exit codes: 0 intact; 1 damaged, with each fault; 2 the check could not run.
            """.paragraphs)

    @OptionGroup var journals: JournalOptions
    @Option(
        name: .long, parsing: .singleValue,
        help: "File with a signed checkpoint of this journal; may be repeated.")
    var checkpoint: [String] = []
    @Option(
        help: ArgumentHelp(
            "Public key of the checkpoints as NAME+HASH+BASE64, or a file with one in its first "
                + "line.")
    )
    var publicKey: String?
    @Option(help: ArgumentHelp("Start here: \(Moment.help)."))
    var from: Moment?
    @OptionGroup var output: FormatOptions

    func validate() throws {
        guard from == nil || checkpoint.isEmpty else {
            throw ValidationError(
                "--checkpoint covers the journal from its first event; leave out --from")
        }
        guard checkpoint.isEmpty || publicKey != nil else {
            throw ValidationError("--checkpoint needs --public-key, to check the signature")
        }
        guard from == nil || publicKey == nil else {
            throw ValidationError(
                "--public-key: signed checkpoints are about the first event too; leave out --from")
        }
    }

    func run() throws {
        DamageExit.use(1)
        do { try verify() } catch let error as JournalError {
            // To an auditor, a journal that does not open is as damaged as one with a wrong
            // checksum.
            throw CommandError("\(error)", code: error.exitCode == 3 ? 1 : 2)
        } catch let error as ArchiveError {
            throw CommandError("\(error)", code: error.kind == .damaged ? 1 : 2)
        }
    }

    private func verify() throws {
        let journal = try journals.openForReading()
        try journal.verifyPages()
        let head = try journal.head.lastSequence
        let start = try from?.first(in: journal) ?? .first
        guard start <= head.next else {
            throw CommandError("the journal ends at event \(head), before \(start)")
        }
        let tree = start == .first ? try tree() : nil
        var bar = ProgressBar("verify")
        let result = try JournalVerification(journal, tree: tree).run(from: start) {
            bar.show($0.number, of: head.number)
        }
        bar.clear()
        guard result.faults.isEmpty else {
            let count = "damaged: \(result.faults.count) faults in \(journals.directory)"
            try report((result.faults + [count]).joined(separator: "\n"), result, nil)
            throw ExitCode(1)
        }
        let unknown =
            result.unknown == 0 ? "" : ", \(result.unknown) of types newer than this program"
        let pruned =
            result.pruned == .none ? "" : ", those up to \(result.pruned) pruned"
        let key = try publicKey.map(PublicKeyOptions.key)
        guard key == nil || result.signed ?? 0 > 0 else {
            throw CommandError(
                "the \(result.events) events and their chain are whole, but nothing was checked with "
                    + "\(key?.label ?? "the key"): the journal has no tree with signed "
                    + "checkpoints; name a kept one with --checkpoint")
        }
        try report(
            "ok: \(result.events) events\(unknown)\(pruned), \(result.checkpoints) checkpoints"
                + "\(Self.tree(result, key)), chain \(result.head.link)", result, key)
        guard try JournalIdentity(journal)?.kind == "tape",
            let part = try TapeState(journal).unfinished
        else { return }
        Terminal.complain(
            "\(journals.journal) is an incomplete tape: its import of \(part.source) did not end")
    }

    private func report(
        _ sentence: String, _ result: JournalVerification.Result, _ key: VerifierKey?
    ) throws {
        try Report(
            sentence,
            [
                Report.text("result", result.faults.isEmpty ? "ok" : "damaged"),
                Report.text("journal", journals.directory),
                Report.number("events", result.events), Report.number("unknown", result.unknown),
                Report.number("pruned", result.pruned.number),
                Report.number("checkpoints", result.checkpoints),
                Report.number("tree_checkpoints", result.signed),
                Report.number("tree_covers", result.covered.number),
                Report.text("checked_with", key?.label), Report.text("chain", result.head.link),
                Report.list("faults", result.faults),
            ]
        ).write(output.style)
    }

    /// What was checked of the tree, with which key, and to which event.
    private static func tree(_ result: JournalVerification.Result, _ key: VerifierKey?) -> String {
        guard let count = result.signed else { return "" }
        let through = count == 0 ? "" : " through event \(result.covered)"
        guard let key else {
            return ", \(count) tree checkpoints\(through) with unchecked signatures"
        }
        return ", \(count) tree checkpoints\(through) signed by \(key.label)"
    }

    /// The journal's tree and the externally kept checkpoints.
    private func tree() throws -> TreeVerification? {
        let key = try publicKey.map(PublicKeyOptions.key)
        var kept: [(name: String, tree: SignedCheckpoint)] = []
        for path in checkpoint {
            let note = try NoteFile.read(path)
            do throws(ArchiveError) {
                if let key { kept.append((path, try SignedCheckpoint(note, signedBy: key))) }
            } catch { throw ArchiveError(error.kind, at: path, error.problem) }
        }
        return try TreeVerification(directory: journals.directory, kept: kept, key: key)
    }
}
