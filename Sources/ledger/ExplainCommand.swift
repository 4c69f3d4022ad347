import ArgumentParser
import LedgerCommands
import LedgerEvents
import LedgerReading

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Show why an event happened.",
        discussion: """
            Prints the tree of causes, down to the inputs. For a fill it leads through the order,
            the intent and the risk checks to the signal and the price behind it, and to the
            price that filled it. For a refusal it leads to the latch or limit that stopped
            the order and to what caused that. It also lists what an input, a signal, an
            order or a latch led to.

              ledger explain 2041 --journal demo
              ledger explain order:2040 --journal demo
              ledger explain fill:2043 --journal demo --format json
              ledger explain 51b37f5d3e2ae62e0dc1f9ea5ec7c000 --journal demo
            """.paragraphs)

    @Argument(
        help: "Event number, order:N, fill:N, or the 32 hexadecimal digits of an intent.")
    var event: String
    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: FormatOptions

    func run() throws {
        let journal = try journals.openForReading()
        let sequence = try Explanation.sequence(of: event, in: journal)
        let explanation = try Explanation(of: sequence, in: journal)
        switch output.format {
        case .table: show(explanation)
        case .json: Terminal.print(Self.json(explanation))
        case .csv, .jsonl: try table(explanation).write(output.style)
        }
    }

    // MARK: Tree

    private func show(_ explanation: Explanation) {
        Terminal.print(Self.title(explanation.root))
        Self.show(explanation.root.causes, indent: "")
        guard !explanation.outcomes.isEmpty else { return }
        Terminal.print("\nled to:")
        for outcome in explanation.outcomes {
            Terminal.print("  " + Self.title(outcome))
            Self.show(outcome.causes, indent: "  ")
        }
        if explanation.hasMoreOutcomes { Terminal.print("  … and more") }
    }

    private static func show(_ nodes: [Explanation.Node], indent: String) {
        for (index, node) in nodes.enumerated() {
            let isLast = index == nodes.count - 1
            Terminal.print(
                indent + (isLast ? "└─ " : "├─ ")
                    + (node.isRepeated ? Self.reference(node) : title(node)))
            show(node.causes, indent: indent + (isLast ? "   " : "│  "))
        }
    }

    private static func reference(_ node: Explanation.Node) -> String {
        "\(node.relation) \(node.type) \(node.sequence), shown above"
    }

    private static func title(_ node: Explanation.Node) -> String {
        let relation = node.relation.isEmpty ? "" : "\(node.relation) "
        let text = node.text.isEmpty ? "" : ": \(node.text)"
        return PlainText.line("\(relation)\(node.type) \(node.sequence), \(node.time)\(text)")
    }

    // MARK: Other forms

    private static func json(_ explanation: Explanation) -> String {
        let outcomes = explanation.outcomes.map { json($0) }.joined(separator: ",")
        return "{\"explanation\":\(json(explanation.root)),\"outcomes\":[\(outcomes)],"
            + "\"more_outcomes\":\(explanation.hasMoreOutcomes)}"
    }

    private static func json(_ node: Explanation.Node) -> String {
        var bytes: [UInt8] = []
        for (key, text) in [
            ("relation", node.relation), ("type", node.type), ("time", "\(node.time)"),
            ("text", node.text),
        ] {
            bytes.append(bytes.isEmpty ? "{" : ",")
            bytes.append(string: key)
            bytes.append(":")
            bytes.append(string: text)
        }
        let causes = node.causes.map { json($0) }.joined(separator: ",")
        return String(decoding: bytes, as: UTF8.self)
            + ",\"seq\":\(node.sequence),\"input\":\(node.isInput),\"repeated\":\(node.isRepeated),"
            + "\"event\":\(node.json),\"causes\":[\(causes)]}"
    }

    /// One row per node, in tree order; outcomes have depth −1.
    private func table(_ explanation: Explanation) -> Table {
        var table = Table([
            .init("depth", .number), .init("relation"), .init("event", .number), .init("type"),
            .init("time"), .init("input", .flag), .init("text"),
        ])
        func add(_ node: Explanation.Node, _ depth: Int) {
            table.add([
                "\(depth)", node.relation, "\(node.sequence)", node.type, "\(node.time)",
                "\(node.isInput)", node.text,
            ])
            for cause in node.causes { add(cause, depth + 1) }
        }
        add(explanation.root, 0)
        for outcome in explanation.outcomes { add(outcome, -1) }
        return table
    }
}
