import Foundation
import Testing

/// The rules of the house over this package's own files. Each failure names the place and the mend.
@Suite struct HouseRules {
    private func expectNone(
        _ violations: [Violation], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for violation in violations {
            Issue.record("\(violation)", sourceLocation: sourceLocation)
        }
    }

    private func manifest() throws -> Manifest { Manifest(try Repository.text("Package.swift")) }

    @Test func `the checks read the files they are about`() throws {
        #expect(try Repository.swift(in: ["Sources"]).count > 20)
        #expect(try Repository.swift(in: ["Tests"]).count > 5)
        #expect(Repository.documents.contains("docs/JOURNAL_FORMAT.md"))
        #expect(try manifest().dependencies(of: "LedgerEvents") == ["LedgerDomain", "CChecksum"])
    }

    @Test(arguments: Fence.imports.map(\.target))
    func `a pure target exists and is not empty`(target: String) throws {
        let folder = try #require(try manifest().folder(of: target))
        #expect(
            !Repository.paths(in: folder, suffix: ".swift").isEmpty,
            "\(folder) has no Swift file: the fence guards nothing. Mend Fence.swift.")
    }

    @Test func `pure targets import only what lies below them`() throws {
        let manifest = try manifest()
        for (target, allowed) in Fence.imports {
            for file in try Repository.swift(in: [manifest.folder(of: target) ?? ""]) {
                expectNone(Fence.forbiddenImports(file, allowed: allowed))
            }
        }
    }

    @Test func `pure targets reach no clock, no randomness, no unordered collection`() throws {
        let manifest = try manifest()
        for (target, _) in Fence.imports {
            for file in try Repository.swift(in: [manifest.folder(of: target) ?? ""]) {
                expectNone(Fence.forbiddenWords(file))
            }
        }
    }

    @Test func `a target imports only what Package.swift declares for it`() throws {
        let manifest = try manifest()
        for file in try Repository.swift(in: ["Sources", "Tests"]) {
            expectNone(Boundaries.undeclaredImports(file, manifest))
        }
    }

    @Test func `a target imports everything that Package.swift declares for it`() throws {
        let files = try Repository.swift(in: ["Sources", "Tests"])
        expectNone(Boundaries.unusedDependencies(files, try manifest()))
    }

    @Test func `no function has two unlabelled parameters of one type`() throws {
        for file in try Repository.swift(in: ["Sources"]) {
            expectNone(Labels.missing(file))
        }
    }

    @Test func `storage does not know the engine, and the auditor's program has no network`() throws
    {
        let manifest = try manifest()
        expectNone(Boundaries.crossed(manifest))
    }

    @Test func `the reading room writes no journal`() throws {
        let files = try Repository.swift(in: ["Sources/LedgerReading"])
        #expect(files.count > 10)
        for file in files { expectNone(Boundaries.writingCalls(file)) }
    }

    @Test func `no file outside the venues' folders names a venue`() throws {
        let names = VenueNames.all(Repository.paths(in: "Sources", suffix: ".swift"))
        #expect(names.count > 1)
        for file in try Repository.swift(in: ["Sources"]) {
            expectNone(VenueNames.used(file, names))
        }
    }

    /// A projection lives in its own file and in one line of the register: whatever checkpoints, checks,
    /// prunes or shows projections goes through the register.
    @Test func `every projection is registered, and only readers name those beside the engine`()
        throws
    {
        let register = SourceText(
            path: "ProjectionRegister.swift",
            text: try Repository.text(
                "Sources/LedgerReading/Projections/ProjectionRegister.swift"))
        let folds = try Repository.swift(in: ["Sources/LedgerProjections", "Sources/LedgerSafety"])
        let declared = folds.flatMap(Boundaries.projections)
        #expect(declared.count > 8)
        let registered = Boundaries.registered(register)
        #expect(Set(declared) == Set(registered.map(\.name)))
        let beside = registered.filter { !$0.isKept }.map(\.name)
        #expect(!beside.isEmpty)
        for file in try Repository.swift(in: ["Sources/LedgerRunning", "Sources/LedgerUpkeep"]) {
            for token in file.tokens where beside.contains(token.text) {
                let message = "\(token.text) is reached through the register. Take it from there."
                Issue.record("\(file.violation(token.line, message))")
            }
        }
    }

    @Test func `nothing is forced`() throws {
        for file in try Repository.swift(in: ["Sources", "Tests"]) {
            expectNone(Shape.forcedOperators(file))
        }
    }

    @Test func `a measure is made with its unit`() throws {
        for file in try Repository.swift(in: ["Sources"]) {
            let isCodec = file.path.hasPrefix("Sources/LedgerEvents/")
            guard !isCodec, file.path != "Sources/LedgerDomain/Measure.swift" else { continue }
            expectNone(Shape.measuresWithoutUnit(file))
        }
    }

    @Test func `unsafe pointers and locks stay in the files listed for them`() throws {
        for file in try Repository.swift(in: ["Sources", "Tests"])
        where !Allowances.contains(Allowances.unsafe, file.path) {
            expectNone(Shape.unsafeConstructs(file))
        }
    }

    @Test func `every allowance is for something that exists`() {
        for list in [Allowances.unsafe, Allowances.longFiles] {
            for entry in list where !entry.path.hasSuffix("/") {
                #expect(Repository.exists(entry.path), "\(entry.path) is gone; drop its allowance")
            }
        }
    }

    @Test func `no folder is called something that says nothing`() {
        for folder in ["Sources", "Tests", "tools"] {
            expectNone(Repository.paths(in: folder).compactMap(Shape.forbiddenName))
        }
    }

    @Test func `no type bears its module's name`() throws {
        let manifest = try manifest()
        for file in try Repository.swift(in: ["Sources"]) {
            let module = manifest.target(of: file.path) ?? ""
            expectNone(Shape.typeNamedLikeModule(file, module: module))
        }
    }

    @Test func `functions and files stay short`() throws {
        for file in try Repository.swift(in: ["Sources", "Tests"]) {
            let functions = Shape.functions(file).filter { function in
                !Allowances.longFunctions.contains { $0.path == "\(file.path)#\(function.name)" }
            }
            expectNone(
                Shape.longFunctions(file).filter { violation in
                    functions.contains { $0.line == violation.line }
                })
            if !Allowances.contains(Allowances.longFiles, file.path) {
                expectNone(Shape.longFile(file))
            }
        }
    }

    @Test func `links in the documents lead somewhere`() throws {
        for path in Repository.documents {
            expectNone(
                Documents.brokenLinks(
                    path: path, text: try Repository.text(path), exists: Repository.exists,
                    read: { try? Repository.text($0) }))
        }
    }

    @Test func `every regression names a test that exists`() throws {
        let tests = try Repository.paths(in: "Tests", suffix: ".swift").flatMap { path in
            try Repository.text(path).components(separatedBy: "func `").dropFirst()
                .compactMap { $0.split(separator: "`").first.map(String.init) }
        }
        let path = "docs/REGRESSIONS.md"
        expectNone(
            Documents.missingTests(
                path: path, text: try Repository.text(path), tests: Set(tests)))
    }

    @Test func `no text names a place on one machine`() throws {
        for path in Repository.texts() {
            expectNone(Documents.machinePaths(path: path, text: try Repository.text(path)))
        }
    }

    @Test func `nothing is promised for later`() throws {
        for path in Repository.texts() {
            expectNone(Documents.promises(path: path, text: try Repository.text(path)))
        }
    }

    @Test func `every script is executable and starts with a usage line`() throws {
        for path in Repository.paths(in: "tools") where !Repository.isFolder(path) {
            let lines = try? Repository.text(path).split(separator: "\n")
            guard let lines, lines.first?.hasPrefix("#!") == true else { continue }
            let full = Repository.root.appendingPathComponent(path).path
            #expect(FileManager.default.isExecutableFile(atPath: full), "chmod +x \(path)")
            #expect(
                lines.prefix(4).contains { $0.contains("Usage: ") },
                "\(path):2: say 'Usage: \(path) …' in the first lines.")
        }
    }
}
