/// A key, a password or a token: whoever must send it takes it with `reveal`, and nothing prints it, no
/// interpolation, dump or reflection.
public struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let text: String

    public init(_ text: String) { self.text = text }

    public var isEmpty: Bool { text.isEmpty }

    /// The secret itself: for a request's header or signature, and for nothing else.
    public func reveal() -> String { text }

    public var description: String { isEmpty ? "no secret" : "a secret" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
