extension EventType {
    /// Ignores case. Nil if no event has this name.
    public init?(name: String) {
        let wanted = name.lowercased()
        guard let found = Self.allCases.first(where: { $0.name.lowercased() == wanted }) else {
            return nil
        }
        self = found
    }
}
