import LedgerDomain
import LedgerVenues
import NIOSSL

public struct WebSocketSettings: Hashable, Sendable {
    /// For the connection, its TLS and the venue's consent together.
    public var connectTimeout = Nanoseconds(10_000_000_000)
    /// Between two pings of ours.
    public var pingInterval = Nanoseconds(10_000_000_000)
    /// With nothing at all from the venue for so long, the connection is dead.
    public var stallTimeout = Nanoseconds(30_000_000_000)
    /// Bytes of one frame, and of a message of several.
    public var maximumFrame = 1 << 20
    public var maximumMessage = 4 << 20
    public var backoff = Backoff.Rules(
        base: Nanoseconds(500_000_000), cap: Nanoseconds(30_000_000_000))
    /// PEM of a certificate authority that is trusted beside the system's; none where it is empty.
    public var authorityFile = ""
    public var seed: UInt64 = 0

    public init() {}

    /// - Throws: when the file of the authority cannot be read.
    func context() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .fullVerification
        configuration.minimumTLSVersion = .tlsv12
        if !authorityFile.isEmpty {
            configuration.additionalTrustRoots = [.file(authorityFile)]
        }
        return try NIOSSLContext(configuration: configuration)
    }
}
