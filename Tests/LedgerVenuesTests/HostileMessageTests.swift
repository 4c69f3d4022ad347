import AlpacaWire
import BinanceWire
import LedgerDomain
import Testing

@testable import LedgerVenues

/// Messages as a broken or hostile venue would send them: each is read or refused, none crashes.
@Suite struct HostileMessageTests {
    /// Every way in from a venue.
    private static let readers: [(name: String, read: @Sendable ([UInt8]) throws -> Void)] = [
        ("alpaca order", { _ = try AlpacaAnswers.order($0) }),
        ("alpaca orders", { _ = try AlpacaAnswers.orders($0) }),
        ("alpaca fills", { _ = try AlpacaAnswers.fills($0) }),
        ("alpaca positions", { _ = try AlpacaAnswers.positions($0) }),
        ("alpaca account", { _ = try AlpacaAnswers.account($0) }),
        ("alpaca clock", { _ = try AlpacaAnswers.clock($0) }),
        ("alpaca bars", { _ = try AlpacaAnswers.bars($0) }),
        ("alpaca order stream", { _ = try AlpacaOrderStream.read($0) }),
        (
            "alpaca data stream",
            {
                var (reports, signals): ([GatewayReport], [AlpacaDataStream.Signal]) = ([], [])
                try AlpacaDataStream.read($0, into: &reports, signals: &signals)
            }
        ),
        (
            "alpaca error",
            { _ = AlpacaErrors.fault(WireAnswer(status: 422, body: $0), isOrder: true) }
        ),
        ("binance order", { _ = try BinanceAnswers.order($0) }),
        ("binance orders", { _ = try BinanceAnswers.orders($0) }),
        ("binance fills", { _ = try BinanceAnswers.fills($0) }),
        ("binance balances", { _ = try BinanceAnswers.balances($0) }),
        ("binance time", { _ = try BinanceAnswers.time($0) }),
        ("binance klines", { _ = try BinanceAnswers.klines($0, symbol: "X", now: .zero) }),
        ("binance replacement", { _ = try BinanceReplacement($0) }),
        ("binance user stream", { _ = try BinanceUserStream.read($0) }),
        (
            "binance market stream",
            {
                var reports: [GatewayReport] = []
                _ = try BinanceMarketStream.read($0, received: .zero, into: &reports)
            }
        ),
        (
            "binance error",
            { _ = BinanceErrors.fault(WireAnswer(status: 400, body: $0), isOrder: true) }
        ),
        ("tree", { _ = try JSONValue($0) }),
    ]

    private static let seeds: [String] = [
        AlpacaAnswerTests.order, "[" + AlpacaAnswerTests.order + "]",
        AlpacaStreamTests.update("fill", AlpacaStreamTests.execution),
        BinanceAnswerTests.full, BinanceAnswerTests.history,
        BinanceStreamTests.execution("TRADE", "FILLED", fill: true),
        #"[{"T":"q","S":"AAPL","bp":161.1,"bs":2,"ap":161.11,"as":13,"t":"2022-03-18T14:02:43Z"}]"#,
        #"{"stream":"x@trade","data":{"e":"trade","s":"X","p":"0.1","q":"1","T":1672515782137}}"#,
        #"{"cancelResult":"SUCCESS","newOrderResult":"FAILURE","cancelResponse":{},"newOrderResponse":{}}"#,
        #"{"bars":{"AAPL":[{"t":"2022-02-01T05:00:00Z","o":174,"h":1,"l":1,"c":1,"v":1}]}}"#,
        #"[[1499040000000,"1","1","1","1","1",1499644799999]]"#,
        #"{"code":-1021,"msg":"x","data":{"a":[1e99,-0.1e-9]}}"#,
    ]

    /// What numbers, names and structures turn into.
    private static let poison: [String] = [
        "null", "{}", "[]", "\"\"", "-1", "1e400", "1e-400",
        "99999999999999999999999999999999999999999",
        "0.00000000000001", "\"1e5\"", "\"NaN\"", "true", "\"\\ud800\"", "9223372036854775807",
        "\"9223372036854775808\"", "-9223372036854775809", "[[[[", "{\"a\":{\"a\":{", "\u{0}",
        "\"2262-04-11T23:47:16.854775808Z\"", "\"0000-00-00T00:00:00Z\"",
        "-9223372036854775808", "\"-9223372036854775808\"", "1000000000000000000", "0", "1e18",
        "\"1677-09-21T00:12:43.145224192Z\"", "\"170141183460469231731687303715884105727\"",
    ]

    private struct Draw {
        var state: UInt64
        mutating func next(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(max(limit, 1)))
        }
    }

    private func damaged(_ text: [UInt8], _ draw: inout Draw) -> [UInt8] {
        var bytes = text
        for _ in 0...draw.next(3) {
            guard !bytes.isEmpty else { break }
            let place = draw.next(bytes.count)
            switch draw.next(6) {
            case 0: bytes[place] = UInt8(draw.next(256))
            case 1: bytes.removeSubrange(place...)
            case 2:
                bytes.insert(contentsOf: Self.poison[draw.next(Self.poison.count)].utf8, at: place)
            case 3: bytes.remove(at: place)
            case 4:
                // A value in place of another: from one colon to the next comma.
                guard let colon = bytes[place...].firstIndex(of: UInt8(ascii: ":")),
                    let comma = bytes[colon...].firstIndex(of: UInt8(ascii: ","))
                else { continue }
                bytes.replaceSubrange(
                    (colon + 1)..<comma, with: Self.poison[draw.next(Self.poison.count)].utf8)
            default:
                let end = min(bytes.count, place + draw.next(20))
                bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
            }
        }
        return bytes
    }

    @Test(arguments: 0..<16) func `no damage crashes a reader`(_ seed: Int) {
        var draw = Draw(state: UInt64(seed) &* 0x9e37_79b9 &+ 1)
        var (read, refused) = (0, 0)
        for _ in 0..<400 {
            let text = Array(Self.seeds[draw.next(Self.seeds.count)].utf8)
            let bytes = damaged(text, &draw)
            for reader in Self.readers {
                do {
                    try reader.read(bytes)
                    read += 1
                } catch {
                    refused += 1
                    #expect(error is JSONFault, "\(reader.name): \(error)")
                }
            }
        }
        #expect(read > 0 && refused > 0)
    }

    @Test func `every prefix of a message is refused or harmless`() {
        for seed in Self.seeds {
            let bytes = Array(seed.utf8)
            for length in 0..<bytes.count {
                for reader in Self.readers { try? reader.read(Array(bytes[..<length])) }
            }
        }
    }

    @Test func `depth and size are bounded`() {
        let deep = Array(String(repeating: #"{"data":["#, count: 200_000).utf8)
        let long = Array(("\"" + String(repeating: "x", count: 1 << 20) + "\"").utf8)
        for reader in Self.readers where !reader.name.hasSuffix("error") {
            #expect(throws: (any Error).self, "\(reader.name)") { try reader.read(deep) }
        }
        for reader in Self.readers { try? reader.read(long) }
    }
}
