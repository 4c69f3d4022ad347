import Glibc
import LedgerDomain

/// Who runs a command, and when.
package enum Operator {
    package static var holder: String { "\(program), process \(getpid()) of \(actor)" }

    private static var program: String {
        CommandLine.arguments.first?.split(separator: "/").last.map(String.init) ?? "ledger"
    }

    /// USER@host.
    package static var actor: String {
        let user = getenv("USER").map { String(cString: $0) } ?? "uid \(getuid())"
        var name = [CChar](repeating: 0, count: 256)
        let host =
            gethostname(&name, 255) == 0
            ? name.withUnsafeBufferPointer {
                $0.baseAddress.map { String(cString: $0) } ?? ""
            } : ""
        return host.isEmpty ? user : "\(user)@\(host)"
    }

    package static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(
            nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
