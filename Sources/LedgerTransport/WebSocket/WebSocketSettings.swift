import LedgerDomain
import LedgerVenues
import NIOSSL

public struct WebSocketSettings: Hashable, Sendable {
    /// For the connection, its TLS handshake and the venue's acceptance together.
    public var connectTimeout = Nanoseconds(10_000_000_000)
    /// The interval between our pings.
    public var pingInterval = Nanoseconds(10_000_000_000)
    /// If nothing arrives for this long, the connection is dead.
    public var stallTimeout = Nanoseconds(30_000_000_000)
    /// Maximum size in bytes of a frame, and of a message of several frames.
    public var maximumFrame = 1 << 20
    public var maximumMessage = 4 << 20
    public var backoff = Backoff.Rules(
        base: Nanoseconds(500_000_000), cap: Nanoseconds(30_000_000_000))
    /// PEM file of a certificate authority to trust in addition to the system's; none if empty.
    public var authorityFile = ""
    public var seed: UInt64 = 0

    public init() {}

    /// - Throws: if the certificate file cannot be read.
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
