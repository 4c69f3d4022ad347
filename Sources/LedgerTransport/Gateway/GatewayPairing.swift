import LedgerVenues

/// Which addresses and keys are live and which are paper (K23).
public enum GatewayPairing {
    public struct Rules: Sendable {
        public var live: [String]
        public var paper: [String]
        /// The first letters of a key; empty if keys do not differ.
        public var liveKey: String
        public var paperKey: String

        public init(live: [String], paper: [String], liveKey: String = "", paperKey: String = "") {
            (self.live, self.paper) = (live, paper)
            (self.liveKey, self.paperKey) = (liveKey, paperKey)
        }
    }

    /// - Throws: for an empty key, an invalid address, keys that would be sent unencrypted, and a
    ///   live address or key with `paper: true` or the reverse.
    public static func check(
        _ settings: GatewaySettings, _ rules: Rules
    ) throws(GatewaySettingsError) {
        guard settings.keys.areComplete else { throw GatewaySettingsError("a key is empty") }
        guard (1...60_000).contains(settings.receiveWindow) else {
            throw GatewaySettingsError("recv_window_ms must be 1 to 60000")
        }
        let key = settings.keys.key.reveal()
        try check(
            settings.isPaper, isLive: !rules.liveKey.isEmpty && key.hasPrefix(rules.liveKey),
            isPaper: !rules.paperKey.isEmpty && key.hasPrefix(rules.paperKey), "key")
        for (name, url) in [
            ("rest", settings.restURL), ("order stream", settings.orderStreamURL),
            ("data", settings.dataURL.isEmpty ? settings.restURL : settings.dataURL),
            ("market stream", settings.marketStreamURL),
            (
                "coin stream",
                settings.coinStreamURL.isEmpty ? settings.marketStreamURL : settings.coinStreamURL
            ),
        ] {
            guard let host = host(url) else {
                throw GatewaySettingsError(
                    "the \(name) address is not an http, https, ws or wss address")
            }
            guard isSecure(url) || isLoopback(host) else {
                throw GatewaySettingsError("the \(name) address is not encrypted: \(host)")
            }
            guard name == "rest" || name == "order stream" else { continue }
            try check(
                settings.isPaper, isLive: rules.live.contains(host),
                isPaper: rules.paper.contains(host), "\(name) address \(host)")
        }
    }

    private static func check(
        _ wantsPaper: Bool, isLive: Bool, isPaper: Bool, _ what: String
    ) throws(GatewaySettingsError) {
        if wantsPaper, isLive {
            throw GatewaySettingsError("paper is true but the \(what) is a live one")
        }
        if !wantsPaper, isPaper {
            throw GatewaySettingsError("paper is false but the \(what) is a paper one")
        }
    }

    private static func isSecure(_ url: String) -> Bool {
        url.hasPrefix("https://") || url.hasPrefix("wss://")
    }

    /// In lower case, without the port; nil if there is none.
    public static func host(_ url: String) -> String? {
        let web: String
        if url.hasPrefix("http") {
            web = "ws" + url.dropFirst(4)
        } else {
            web = url
        }
        guard var host = WebSocketTarget(web)?.host.lowercased() else { return nil }
        // A trailing dot names the same host.
        if host.hasSuffix(".") { host.removeLast() }
        return host
    }

    public static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1"
            || (host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." })
    }
}
