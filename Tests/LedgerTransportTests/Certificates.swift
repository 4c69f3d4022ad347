import Foundation
import NIOSSL
import Testing

/// Certificates of an authority of the test's own, made by OpenSSL's program.
final class Certificates: Sendable {
    struct Pair: Sendable {
        var certificate: String
        var key: String

        func serverContext() throws -> NIOSSLContext {
            let chain = try NIOSSLCertificate.fromPEMFile(certificate).map {
                NIOSSLCertificateSource.certificate($0)
            }
            let key = NIOSSLPrivateKeySource.privateKey(
                try NIOSSLPrivateKey(file: self.key, format: .pem))
            return try NIOSSLContext(
                configuration: .makeServerConfiguration(certificateChain: chain, privateKey: key))
        }
    }

    private let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.path + "/certificates-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try openssl([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days",
            "2", "-subj", "/CN=Test Authority", "-keyout", "\(folder)/ca.key", "-out", authority,
        ])
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    var authority: String { "\(folder)/ca.pem" }

    /// - Parameters:
    ///   - names: as OpenSSL writes them: `DNS:localhost`.
    ///   - isExpired: since before it was made.
    func pair(_ names: String, isExpired: Bool = false) throws -> Pair {
        let base = "\(folder)/\(UUID().uuidString)"
        let pair = Pair(certificate: base + ".pem", key: base + ".key")
        try Data("subjectAltName=\(names)\n".utf8).write(to: URL(fileURLWithPath: base + ".ext"))
        try openssl([
            "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-subj",
            "/CN=server", "-keyout", pair.key, "-out", base + ".csr",
        ])
        try openssl([
            "x509", "-req", "-in", base + ".csr", "-CA", authority, "-CAkey", "\(folder)/ca.key",
            "-CAcreateserial", "-days", isExpired ? "-1" : "2", "-extfile", base + ".ext", "-out",
            pair.certificate,
        ])
        return pair
    }

    /// Of no authority at all: signed by itself.
    func selfSigned(_ names: String) throws -> Pair {
        let base = "\(folder)/\(UUID().uuidString)"
        let pair = Pair(certificate: base + ".pem", key: base + ".key")
        try openssl([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=\(names)", "-keyout",
            pair.key, "-out", pair.certificate,
        ])
        return pair
    }

    private func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        let errors = Pipe()
        (process.standardError, process.standardOutput) = (errors, Pipe())
        try process.run()
        let text = String(
            decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "openssl \(arguments[0]): \(text)")
    }
}
