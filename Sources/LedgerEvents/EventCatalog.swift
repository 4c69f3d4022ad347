/// The events by number, for readers that do not know their Swift types.
public enum EventCatalog {
    /// Indexed by type number; nil if no type has that number.
    static let byType: [(layout: Layout, version: UInt8, name: String)?] = {
        let highest = payloads.map { Int($0.type.rawValue) }.max() ?? 0
        var table = [(layout: Layout, version: UInt8, name: String)?](
            repeating: nil, count: highest + 1)
        for payload in payloads {
            table[Int(payload.type.rawValue)] = (payload.layout, payload.version, payload.type.name)
        }
        return table
    }()

    public static func layout(_ type: UInt16) -> (layout: Layout, version: UInt8, name: String)? {
        Int(type) < byType.count ? byType[Int(type)] : nil
    }
}
