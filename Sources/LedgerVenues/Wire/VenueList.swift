import LedgerDomain
import LedgerEvents

/// A list in a venue's answer: what could be read of it, and what could not.
public struct VenueList<Element: Sendable>: Sendable {
    public var elements: [Element] = []
    public var unread: [VenueUnread] = []
    /// Why the first of those could not be read.
    public var fault: JSONFault?

    public init() {}

    /// The elements.
    ///
    /// - Throws: the first fault, where nothing could be read.
    public func readable() throws(JSONFault) -> [Element] {
        if elements.isEmpty, let fault { throw fault }
        return elements
    }
}

extension VenueList: Equatable where Element: Equatable {}

extension JSONReader {
    /// Reads a document that consists of one array, element by element: one that cannot be read never
    /// hides the others.
    ///
    /// - Throws: `JSONFault` for bytes that are no JSON; nothing after them can be told apart.
    public static func readable<T: Sendable>(
        _ body: [UInt8], _ item: VenueItem,
        _ element: (inout JSONReader) throws(JSONFault) -> T
    ) throws(JSONFault) -> VenueList<T> {
        var json = JSONReader(body)
        let list = try json.readableList(item, element)
        try json.finish()
        return list
    }

    /// The same for the array at hand.
    public mutating func readableList<T: Sendable>(
        _ item: VenueItem, _ element: (inout JSONReader) throws(JSONFault) -> T
    ) throws(JSONFault) -> VenueList<T> {
        var list = VenueList<T>()
        try beginArray()
        while try nextElement() {
            var mark = self
            do throws(JSONFault) {
                list.elements.append(try element(&mark))
                self = mark
            } catch {
                list.fault = list.fault ?? error
                list.unread.append(VenueUnread(item, try value(), "\(error)"))
            }
        }
        return list
    }
}

extension VenueUnread {
    /// - Parameter tree: what was there instead.
    public init(_ item: VenueItem, _ tree: JSONValue, _ detail: String) {
        let legs = tree["legs"]?.array ?? []
        let symbols = ([tree] + legs).compactMap { ($0["symbol"] ?? $0["asset"])?.string }
        let kind = tree["asset_class"]?.string ?? ""
        self.init(
            item, symbols: symbols.filter { !$0.isEmpty }.map { String($0.prefix(128)) },
            id: Self.text(tree["id"] ?? tree["orderId"]),
            isOfOtherKind: tree["order_class"]?.string == "mleg"
                || !["", "us_equity", "crypto"].contains(kind), detail: detail)
    }

    private static func text(_ value: JSONValue?) -> String {
        switch value {
        case .string(let text), .number(let text): String(text.prefix(128))
        default: ""
        }
    }
}
