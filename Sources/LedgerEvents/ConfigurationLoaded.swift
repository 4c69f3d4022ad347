import LedgerDomain

extension ConfigurationLoaded {
    /// FNV-1a of the settings' UTF-8 bytes. A record stores it next to the settings; decoding
    /// checks it.
    public var digest: UInt64 {
        var hash = FNV1a()
        hash.add(settings.utf8)
        return hash.value
    }
}
