import LedgerVenues
import Testing

@Suite struct VenueSecretTests {
    @Test func `a secret is told to whom asks for it and printed by nothing`() {
        let keys = VenueKeys(key: Secret("PK-planted"), secret: Secret("S-planted"))
        var dumped = ""
        dump(keys, to: &dumped)
        for text in [
            "\(keys)", String(reflecting: keys), String(describing: keys.secret), dumped,
            "\(keys.key)", "\([keys.key])", "\(Mirror(reflecting: keys.key).children.count)",
        ] {
            #expect(!text.contains("planted"))
        }
        #expect(keys.secret.reveal() == "S-planted")
        #expect(keys.areComplete && !VenueKeys(key: Secret("a"), secret: Secret("")).areComplete)
    }
}
