import ArgumentParser
import LedgerCommands
import LedgerEvents
import LedgerReading

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Why an event is there: the tree of its causes, down to the inputs.",
        discussion: """
            From a fill through order, intent and risk verdicts to the signal and the price that started
            it, and the price that filled it; from a refusal to the latch or limit that stopped it and
            what put that up. Also what came of an input, a signal, an order or a latch.

              ledger explain 2041 --journal demo
              ledger explain order:2040 --journal demo
              ledger explain fill:2043 --journal demo --format json
              ledger explain 51b37f5d3e2ae62e0dc1f9ea5ec7c000 --journal demo
            """)

    @Argument(
        help: "Number of an event, order:N, fill:N, or an intent's 32 hexadecimal digits.")
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
        case .csv, .jsonl: table(explanation).write(output.format)
        }
    }

    // MARK: Tree

    private func show(_ explanation: Explanation) {
        Terminal.print(Self.title(explanation.root))
        Self.show(explanation.root.causes, indent: "")
        guard !explanation.outcomes.isEmpty else { return }
        Terminal.print("\nwhat came of it:")
        for outcome in explanation.outcomes {
            Terminal.print("  " + Self.title(outcome))
            Self.show(outcome.causes, indent: "  ")
        }
        if explanation.hasMoreOutcomes { Terminal.print("  and more") }
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
        "\(node.relation) \(node.type) \(node.sequence), which stands above"
    }

    private static func title(_ node: Explanation.Node) -> String {
        let relation = node.relation.isEmpty ? "" : "\(node.relation) "
        let text = node.text.isEmpty ? "" : ": \(node.text)"
        return Table.shown("\(relation)\(node.type) \(node.sequence), \(node.time)\(text)")
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

    /// A row a node, in the order of the tree; outcomes have the depth −1.
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
