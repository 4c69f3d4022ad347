import LedgerDomain

/// Random numbers of a test: the same for the same seed, everywhere.
public struct Seeded: RandomNumberGenerator {
    private var generator: SplitMix64

    public init(seed: UInt64) { generator = SplitMix64(seed: seed) }

    public mutating func next() -> UInt64 { generator.next() }

    /// From 0 to below `bound`.
    public mutating func below<T: FixedWidthInteger>(_ bound: T) -> T {
        T(next() % UInt64(bound))
    }

    public mutating func pick<T>(_ values: [T]) -> T { values[below(values.count)] }
}
