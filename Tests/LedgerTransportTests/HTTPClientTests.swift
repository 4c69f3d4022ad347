import LedgerDomain
import LedgerVenues
import Synchronization
import Testing

@testable import LedgerTransport

@Suite struct HTTPClientTests {
    private func url(_ server: ScriptedServer, _ path: String = "/x") -> String {
        "http://127.0.0.1:\(server.port)\(path)"
    }

    private func answer(_ result: HTTPResult) -> WireAnswer? {
        if case .answer(let answer) = result.outcome { answer } else { nil }
    }

    private func failure(_ result: HTTPResult) -> (mayHaveArrived: Bool, reason: String)? {
        guard case .failed(let mayHaveArrived, let reason) = result.outcome else { return nil }
        return (mayHaveArrived, reason)
    }

    @Test func `requests go over one warm connection, with their method, headers and body`() throws
    {
        let server = try ScriptedServer { request, number, _ in
            .bytes(
                ScriptedServer.answer(210 + number, "body \(number)", "X-Mbx-Used-Weight-1M: 7\r\n")
            )
        }
        let client = HTTPClient()
        defer { client.stop() }
        for (number, method) in ["GET", "POST", "PATCH", "DELETE", "PUT"].enumerated() {
            let hasBody = method == "POST" || method == "PATCH"
            let result = client.perform(
                HTTPRequest(
                    method: method, url: url(server, "/p?q=\(number)"), headers: ["X-Key: k"],
                    body: hasBody ? Array("{}".utf8) : []))
            let answer = try #require(self.answer(result))
            #expect(answer.status == 210 + number && answer.usedWeight == 7)
            #expect(String(decoding: answer.body, as: UTF8.self) == "body \(number)")
            #expect(result.header("content-length") == "6")
            #expect(result.queuedAt <= result.writtenAt && result.writtenAt <= result.endedAt)
            let request = server.requests[number]
            #expect(request.hasPrefix("\(method) /p?q=\(number) HTTP/1.1\r\n"), "\(request)")
            #expect(request.contains("X-Key: k") && request.hasSuffix(hasBody ? "{}" : "\r\n"))
        }
        #expect(server.connections == 1)
    }

    @Test func `an order is not sent twice when its warm connection dies`() throws {
        let server = try ScriptedServer { _, number, _ in
            number == 0 ? .bytes(ScriptedServer.answer(200, "")) : .close
        }
        let client = HTTPClient()
        defer { client.stop() }
        _ = client.perform(HTTPRequest(url: url(server)))
        let written = Atomic(0)
        let result = client.perform(
            HTTPRequest(
                method: "POST", url: url(server, "/order"), body: Array("{}".utf8), isOnce: true,
                onWrite: { _ in written.add(1, ordering: .relaxed) }))
        #expect(failure(result)?.mayHaveArrived == true)
        #expect(server.requests.count { $0.hasPrefix("POST") } == 1, "\(server.requests)")
        #expect(written.load(ordering: .relaxed) == 1)
    }

    @Test func `a question on a warm connection that dies is asked again by libcurl`() throws {
        let server = try ScriptedServer { _, number, _ in
            number == 1 ? .close : .bytes(ScriptedServer.answer(200, ""))
        }
        let client = HTTPClient()
        defer { client.stop() }
        _ = client.perform(HTTPRequest(url: url(server)))
        #expect(answer(client.perform(HTTPRequest(url: url(server))))?.status == 200)
        #expect(server.requests.count == 3, "what an order must be kept from")
    }

    @Test func `what was never written did certainly not arrive`() {
        let client = HTTPClient()
        defer { client.stop() }
        let result = client.perform(
            HTTPRequest(method: "POST", url: "http://127.0.0.1:1/order", isOnce: true))
        #expect(failure(result)?.mayHaveArrived == false)
        #expect(result.writtenAt == 0)
    }

    @Test func `an answer that does not come in time leaves the outcome open`() throws {
        let server = try ScriptedServer { _, _, _ in .silence }
        var settings = HTTPClient.Settings()
        settings.timeout = .milliseconds(200)
        let client = HTTPClient(settings)
        defer { client.stop() }
        let result = client.perform(HTTPRequest(url: url(server, "/?signature=planted")))
        let failure = try #require(self.failure(result))
        #expect(failure.mayHaveArrived && !failure.reason.contains("planted"))
    }

    @Test func `answers that are too large, cut off or no HTTP are failures`() throws {
        let bodies: [ScriptedServer.Reply] = [
            .bytes(ScriptedServer.answer(200, String(repeating: "x", count: 2000))),
            .last("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this"),
            .last("SSH-2.0-nothing\r\n\r\n"),
            .bytes("HTTP/1.1 200 OK\r\nX: \(String(repeating: "y", count: 90_000))\r\n\r\n"),
        ]
        let server = try ScriptedServer { _, number, _ in bodies[number] }
        var settings = HTTPClient.Settings()
        settings.maximumBody = 1000
        let client = HTTPClient(settings)
        defer { client.stop() }
        for number in bodies.indices {
            let result = client.perform(HTTPRequest(url: url(server), isOnce: true))
            #expect(failure(result)?.mayHaveArrived == true, "\(number): \(result.outcome)")
        }
    }

    @Test func `redirects are answers and are not followed`() throws {
        let server = try ScriptedServer { _, _, _ in
            .bytes(ScriptedServer.answer(302, "", "Location: http://127.0.0.1:1/\r\n"))
        }
        let client = HTTPClient()
        defer { client.stop() }
        #expect(answer(client.perform(HTTPRequest(url: url(server))))?.status == 302)
        #expect(server.requests.count == 1)
    }

    @Test func `requests from many threads all end, and a stop ends what runs`() async throws {
        let server = try ScriptedServer { request, _, _ in
            request.contains("/slow") ? .silence : .bytes(ScriptedServer.answer(200, "ok"))
        }
        let client = HTTPClient()
        let base = url(server)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<64 {
                group.addTask {
                    await withCheckedContinuation { done in
                        client.send(HTTPRequest(url: base)) { result in
                            if case .answer = result.outcome {
                                done.resume(returning: true)
                            } else {
                                done.resume(returning: false)
                            }
                        }
                    }
                }
            }
            for await isAnswered in group { #expect(isAnswered) }
        }
        let ended = Atomic(0)
        client.send(HTTPRequest(url: url(server, "/slow"))) { _ in
            ended.add(1, ordering: .sequentiallyConsistent)
        }
        client.stop()
        #expect(ended.load(ordering: .sequentiallyConsistent) == 1)
        #expect(failure(client.perform(HTTPRequest(url: base)))?.mayHaveArrived == false)
    }

    @Test
    func `only the certificate of the right host, in its time, by a known authority, is taken`()
        throws
    {
        let certificates = try Certificates()
        let good = try certificates.pair("DNS:localhost")
        var trusting = HTTPClient.Settings()
        trusting.authorityFile = certificates.authority
        let cases: [(String, Certificates.Pair, HTTPClient.Settings, Bool)] = [
            ("good", good, trusting, true), ("unknown authority", good, .init(), false),
            ("self-signed", try certificates.selfSigned("DNS:localhost"), trusting, false),
            ("wrong host", try certificates.pair("DNS:example.com"), trusting, false),
            (
                "expired", try certificates.pair("DNS:localhost", isExpired: true), trusting, false
            ),
        ]
        for (name, pair, settings, isTaken) in cases {
            let server = try ScriptedServer(certificate: pair) { _, _, _ in
                .bytes(ScriptedServer.answer(200, "ok"))
            }
            let client = HTTPClient(settings)
            let result = client.perform(
                HTTPRequest(url: "https://localhost:\(server.port)/", isOnce: true))
            #expect((answer(result)?.status == 200) == isTaken, "\(name): \(result.outcome)")
            #expect(isTaken || failure(result)?.mayHaveArrived == false, "\(name)")
            #expect(server.requests.count == (isTaken ? 1 : 0), "\(name)")
            client.stop()
        }
    }
}
