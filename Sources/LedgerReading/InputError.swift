/// A problem with the inputs of a run that the user must fix.
public struct InputError: Error, Hashable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) { self.description = description }
}
