/// A key, a password or a token. Code that must send it calls `reveal`; nothing prints it, whether
/// by interpolation, dump or reflection.
public struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let text: String

    public init(_ text: String) { self.text = text }

    public var isEmpty: Bool { text.isEmpty }

    /// The secret itself, only for a request's header or signature.
    public func reveal() -> String { text }

    public var description: String { isEmpty ? "no secret" : "a secret" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
