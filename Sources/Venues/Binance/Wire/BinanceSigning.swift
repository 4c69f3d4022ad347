import LedgerDomain
import LedgerVenues

/// How Binance's requests are signed: HMAC-SHA-256 of the query as sent, in hexadecimal, or an Ed25519
/// signature of it in base64.
public struct BinanceSigning: Sendable {
    /// Milliseconds within which the venue must accept the request; later it refuses it. At most
    /// 60,000.
    public var receiveWindow: Int64
    /// The signature of the bytes, as it is written.
    private var sign: @Sendable ([UInt8]) -> String

    /// - Parameter hash: HMAC-SHA-256 of the bytes with the account's secret.
    public init(receiveWindow: Int64, hash: @escaping @Sendable ([UInt8]) -> [UInt8]) {
        self.receiveWindow = receiveWindow
        sign = { String(decoding: Self.hexadecimal(hash($0)), as: UTF8.self) }
    }

    /// - Parameter signature: the Ed25519 signature of the bytes with the account's private key.
    public init(receiveWindow: Int64, signature: @escaping @Sendable ([UInt8]) -> [UInt8]) {
        self.receiveWindow = receiveWindow
        sign = { WireBase64.encode(signature($0)) }
    }

    /// The query with `recvWindow`, `timestamp` and `signature`.
    ///
    /// - Parameter now: the venue's time.
    public func signed(_ query: [UInt8], now: Timestamp) -> [UInt8] {
        var bytes = query
        append("recvWindow", receiveWindow, to: &bytes)
        append("timestamp", WireTime.milliseconds(now), to: &bytes)
        var signature = WireQuery()
        signature.add("signature", sign(bytes))
        return bytes + [UInt8(ascii: "&")] + signature.bytes
    }

    /// The message that subscribes to account events over the web-socket API.
    public func subscription(_ key: Secret, id: Int64, now: Timestamp) -> [UInt8] {
        let time = WireTime.milliseconds(now)
        // The parameters in alphabetical order.
        var query = Array("apiKey=\(key.reveal())".utf8)
        append("recvWindow", receiveWindow, to: &query)
        append("timestamp", time, to: &query)
        var json = JSONWriter()
        json.beginObject()
        json.field("id")
        json.integer(id)
        json.field("method")
        json.string("userDataStream.subscribe.signature")
        json.field("params")
        json.beginObject()
        json.field("apiKey")
        json.string(key.reveal())
        json.field("recvWindow")
        json.integer(receiveWindow)
        json.field("timestamp")
        json.integer(time)
        json.field("signature")
        json.string(sign(query))
        json.endObject()
        json.endObject()
        return json.bytes
    }

    private func append(_ name: String, _ value: Int64, to bytes: inout [UInt8]) {
        if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
        bytes.append(contentsOf: name.utf8)
        bytes.append(UInt8(ascii: "="))
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        bytes.append(decimal: value.magnitude)
    }

    static func hexadecimal(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            for digit in [byte >> 4, byte & 0xf] {
                text.append(digit < 10 ? 48 + digit : 87 + digit)
            }
        }
        return text
    }
}
