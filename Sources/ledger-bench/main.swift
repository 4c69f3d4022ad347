// Measures one thing and prints one line of JSON; `tools/bench` runs it beside its yardsticks.
import Glibc

do {
    try Benchmark.run(Array(CommandLine.arguments.dropFirst()))
} catch {
    _ = "ledger-bench: \(error)\n".withCString { write(2, $0, strlen($0)) }
    exit(2)
}
