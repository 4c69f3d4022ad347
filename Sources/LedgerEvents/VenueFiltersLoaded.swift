/// The bits of `flags`.
extension VenueFiltersLoaded {
    public static let minimumNotionalAppliesToMarket: UInt16 = 1
    public static let maximumNotionalAppliesToMarket: UInt16 = 2
    /// Prices below 1 are multiples of a hundredth of the tick.
    public static let finerTickBelowOne: UInt16 = 4
}
