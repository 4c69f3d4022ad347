/// SplitMix64 (Steele, Lea and Flood 2014): the only source of randomness, a part of the state that
/// draws from it.
public struct SplitMix64: Hashable, Sendable {
    public private(set) var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Uniformly from 0 to `limit`, both included.
    public mutating func next(upTo limit: UInt64) -> UInt64 {
        guard limit < .max else { return next() }
        return next().multipliedFullWidth(by: limit + 1).high
    }
}
