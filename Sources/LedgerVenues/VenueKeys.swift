/// The credentials of an account at its venue.
public struct VenueKeys: Hashable, Sendable {
    public var key: Secret
    public var secret: Secret

    public init(key: Secret, secret: Secret) { (self.key, self.secret) = (key, secret) }

    public var areComplete: Bool { !key.isEmpty && !secret.isEmpty }
}
