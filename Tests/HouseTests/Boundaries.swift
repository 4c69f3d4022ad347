/// Which parts may know which.
enum Boundaries {
    /// Modules of the toolchain, which no manifest declares.
    static let toolchain = [
        "Swift", "Foundation", "FoundationEssentials", "Glibc", "Musl", "Dispatch",
        "Synchronization", "Testing",
    ]

    /// A target, what must not be in its dependencies' closure, and why.
    static let forbidden: [(target: String, modules: [String], reason: String)] = [
        (
            "LedgerJournal",
            [
                "LedgerEngine", "LedgerProjections", "LedgerSimulation", "LedgerImport",
                "LedgerReading", "LedgerRunning",
            ],
            "storage holds bytes and knows no decision"
        ),
        (
            "LedgerImport",
            [
                "LedgerEngine", "LedgerProjections", "LedgerSimulation", "LedgerJournal",
                "LedgerReading", "LedgerRunning",
            ],
            "reading files knows neither storage nor decisions"
        ),
        (
            "LedgerReading",
            [
                "LedgerArchive", "LedgerImport", "LedgerVenues", "LedgerTransport", "LedgerRunning",
                "LedgerUpkeep",
            ],
            "the reading room knows no writer"
        ),
        (
            "LedgerRunning", ["LedgerUpkeep"], "a run does not depend on the care of its journal"
        ),
        (
            "ledger", ["CCurl", "NIO", "NIOCore", "Hummingbird", "FoundationNetworking"],
            "the program that an auditor trusts has no network code"
        ),
    ]

    static func crossed(_ manifest: Manifest) -> [Violation] {
        forbidden.flatMap { target, modules, reason in
            guard manifest.dependencies(of: target) != nil else {
                return [
                    Violation(
                        path: "Package.swift", line: 1,
                        message:
                            "no target \(target): the rule about it guards nothing. Mend Boundaries.swift."
                    )
                ]
            }
            let closure = manifest.closure(of: target)
            return modules.filter(closure.contains).map {
                Violation(
                    path: "Package.swift", line: 1,
                    message: "\(target) depends on \($0), but \(reason). Turn the dependency round."
                )
            }
        }
    }

    /// Words of the journal's interface that write events. A checkpoint is a cache, which a reader may
    /// leave.
    static let writing = [
        "Sequencer", "acquireLease", "submit", "adopt", "CommitRows", "LMDBJournal",
        "MemoryJournal",
    ]

    /// Calls that write a journal, in a target that only reads them.
    static func writingCalls(_ file: SourceText) -> [Violation] {
        let tokens = file.tokens
        return tokens.indices.compactMap { index in
            let token = tokens[index]
            let isAppend =
                token.text == "append" && tokens.text(index - 1) == "."
                && tokens.text(index - 2).lowercased().hasSuffix("journal")
            guard isAppend || writing.contains(token.text) else { return nil }
            return file.violation(
                token.line,
                "\(token.text) writes a journal in a target that only reads. Move it to LedgerRunning "
                    + "or LedgerUpkeep.")
        }
    }

    /// The types of a file that conform to `Projection`.
    static func projections(_ file: SourceText) -> [String] {
        let tokens = file.tokens
        return tokens.indices.compactMap { index in
            guard ["struct", "extension"].contains(tokens[index].text),
                tokens.text(index + 2) == ":"
            else { return nil }
            let conformances = tokens[(index + 3)...].prefix { $0.text != "{" }.map(\.text)
            return conformances.contains("Projection") ? tokens.text(index + 1) : nil
        }
    }

    /// The projections that the register names, and whether the engine keeps each.
    static func registered(_ file: SourceText) -> [(name: String, isKept: Bool)] {
        let tokens = file.tokens
        return tokens.indices.compactMap { index in
            guard ["kept", "beside"].contains(tokens[index].text), tokens.text(index + 1) == "("
            else { return nil }
            // `Name.self`, or `ByAccount<Name>.self`.
            let isByAccount = tokens.text(index + 2) == "ByAccount"
            guard tokens.text(index + (isByAccount ? 7 : 4)) == "self" else { return nil }
            return (tokens.text(index + (isByAccount ? 4 : 2)), tokens[index].text == "kept")
        }
    }

    static func undeclaredImports(_ file: SourceText, _ manifest: Manifest) -> [Violation] {
        guard let target = manifest.target(of: file.path),
            let declared = manifest.dependencies(of: target)
        else {
            return [
                file.violation(1, "no target of Package.swift has this folder. Declare one.")
            ]
        }
        return Fence.imported(file).filter {
            !toolchain.contains($0.module) && !declared.contains($0.module)
        }.map {
            file.violation(
                $0.line,
                "\(target) imports \($0.module), which Package.swift does not declare for it. Add it "
                    + "to the target's dependencies, or do without.")
        }
    }

    /// Modules that a target declares and that none of its files imports. A program is exempt: tests
    /// declare it so that it is built before they run it.
    static func unusedDependencies(_ files: [SourceText], _ manifest: Manifest) -> [Violation] {
        manifest.targets.flatMap { target in
            let own = files.filter { manifest.target(of: $0.path) == target.name }
            let imported = own.flatMap { Fence.imported($0).map(\.module) }
            guard !own.isEmpty else { return [Violation]() }
            return target.dependencies.filter {
                !imported.contains($0) && !manifest.programs.contains($0)
            }.map {
                Violation(
                    path: "Package.swift", line: 1,
                    message: "\(target.name) declares \($0) and imports it nowhere. Take it out.")
            }
        }
    }
}
