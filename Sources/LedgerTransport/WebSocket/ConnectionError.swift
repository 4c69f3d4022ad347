import Glibc
import NIOCore
import NIOPosix

/// Why a connection failed: the place and the system's text.
enum ConnectionError {
    static func text(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            let cause =
                error.connectionErrors.first?.error ?? error.dnsAError ?? error.dnsAAAAError
            return "\(error.host):\(error.port): " + (cause.map(text) ?? "it has no address")
        case let error as IOError: return String(cString: strerror(error.errnoCode))
        default: return "\(error)"
        }
    }
}
