/// The address of a web socket: `ws://` or `wss://`, a host, a port and a path.
public struct WebSocketTarget: Hashable, Sendable {
    public var isSecure: Bool
    public var host: String
    public var port: Int
    /// Including the query.
    public var path: String
    public var headers: [Header] = []

    public struct Header: Hashable, Sendable {
        public var name: String
        public var value: String

        public init(_ name: String, value: String) { (self.name, self.value) = (name, value) }
    }

    /// Nil if the text is not such an address.
    public init?(_ url: String) {
        let rest: Substring
        if url.hasPrefix("wss://") {
            (isSecure, rest) = (true, url.dropFirst(6))
        } else if url.hasPrefix("ws://") {
            (isSecure, rest) = (false, url.dropFirst(5))
        } else {
            return nil
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let tail = rest.dropFirst(authority.count)
        path = tail.first == "/" ? String(tail) : "/" + tail
        let (name, number) = Self.split(authority)
        guard !name.isEmpty, !name.contains("@") else { return nil }
        host = String(name)
        port = isSecure ? 443 : 80
        guard let number else { return }
        guard let given = Int(number), (1...65_535).contains(given) else { return nil }
        port = given
    }

    /// `host:port`, `[::1]:port`, or only a host.
    private static func split(_ authority: Substring) -> (Substring, Substring?) {
        if authority.first == "[", let end = authority.firstIndex(of: "]") {
            let name = authority[authority.index(after: authority.startIndex)..<end]
            let rest = authority[authority.index(after: end)...]
            return (name, rest.first == ":" ? rest.dropFirst() : nil)
        }
        guard let colon = authority.firstIndex(of: ":") else { return (authority, nil) }
        return (authority[..<colon], authority[authority.index(after: colon)...])
    }

    /// The value of the `Host` header.
    var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }
}
