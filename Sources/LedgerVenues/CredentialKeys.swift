import LedgerSettings

/// The settings from which a venue's keys come.
public struct CredentialKeys: Sendable {
    public let key: SettingKey<String>
    public let secret: SettingKey<String>
    public let file: SettingKey<String>

    init(venue: String, title: String, variables: VenueKeyNames) {
        key = SettingKey.secret(
            "\(venue).api_key", help: "API key of the \(title) account", variables: variables.key)
        secret = SettingKey.secret(
            "\(venue).api_secret", help: "API secret of the \(title) account",
            variables: variables.secret)
        file = SettingKey.text(
            "\(venue).key_file", default: "",
            help: "file (mode 0600) with api_key and api_secret, instead of the environment")
    }
}
