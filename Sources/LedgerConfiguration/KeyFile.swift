import Glibc
import LedgerArchive
import LedgerEngine
import LedgerSettings
import LedgerVenues
import VenueRegister

/// The keys of a venue, from the environment or from a file that only its owner can read.
///
/// A key file has one line per key, with the names used in the environment or shorter ones; `#`
/// starts a comment:
///
///     api_key = PK…
///     api_secret = …
public enum KeyFile {
    /// - Parameter venue: its name in the register.
    /// - Returns: empty secrets if nothing sets them.
    /// - Throws: if a key is in a place that others can read, or differs between two places; no
    ///   error quotes a key.
    public static func keys(
        of venue: String, _ configuration: Configuration
    ) throws -> VenueKeys {
        guard let settings = KnownVenues.named(venue)?.credentials else {
            return VenueKeys(key: Secret(""), secret: Secret(""))
        }
        let path = configuration[settings.file]
        // An account with a file of its own has other keys than the environment.
        if !path.isEmpty, path != configuration.text(of: settings.file.name) {
            return try read(path, venue: venue)
        }
        var keys = VenueKeys(
            key: try secret(settings.key, configuration),
            secret: try secret(settings.secret, configuration))
        guard !path.isEmpty else { return keys }
        let file = try read(path, venue: venue)
        keys.key = try one(keys.key, found: file.key, settings.key, in: path)
        keys.secret = try one(keys.secret, found: file.secret, settings.secret, in: path)
        return keys
    }

    private static func one(
        _ known: Secret, found: Secret, _ key: SettingKey<String>, in path: String
    ) throws(SettingsError) -> Secret {
        guard known.isEmpty || known == found else {
            throw SettingsError(key, "differs between \(path) and the environment")
        }
        return found
    }

    private static func secret(
        _ key: SettingKey<String>, _ configuration: Configuration
    ) throws -> Secret {
        guard let secret = configuration.secret(key), !secret.isEmpty else { return Secret("") }
        switch configuration.origin(of: key) {
        case .option:
            throw SettingsError(
                key,
                "is on the command line, which every process can read; set the environment "
                    + "variable, or name a key file")
        case .file(let path, _):
            guard PrivateFile.isPrivate(path) else {
                throw SettingsError(
                    key, "is in \(path), which others can read; run chmod 600 \(path)")
            }
        default: break
        }
        return Secret(secret)
    }

    /// - Throws: `ArchiveError` for a file that is missing, not private or larger than 4,096 bytes;
    ///   `ConfigurationError` for a line that is neither of the two keys.
    public static func read(_ path: String, venue: String) throws -> VenueKeys {
        var keys = VenueKeys(key: Secret(""), secret: Secret(""))
        let known = KnownVenues.named(venue)?.credentials
        let bytes = try PrivateFile.read(path)
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let text = trimmed(String(decoding: line, as: UTF8.self)[...])
            guard !text.isEmpty, text.first != "#" else { continue }
            let halves = text.split(separator: "=", maxSplits: 1).map(trimmed)
            if halves.count == 2, isName(halves[0], of: known?.key) {
                keys.key = Secret(unquoted(halves[1]))
            } else if halves.count == 2, isName(halves[0], of: known?.secret) {
                keys.secret = Secret(unquoted(halves[1]))
            } else {
                throw ConfigurationError(
                    place: "\(path):\(index + 1)", "write api_key = … or api_secret = …")
            }
        }
        guard keys.areComplete else {
            throw ConfigurationError(
                place: path, "the file must contain both api_key and api_secret")
        }
        return keys
    }

    /// Whether a line names a setting, by the end of its key or by an environment variable.
    private static func isName(_ name: String, of key: SettingKey<String>?) -> Bool {
        guard let key else { return false }
        return name == key.name.split(separator: ".").last.map(String.init)
            || Configuration.variables(key.setting).contains(name)
    }

    private static func trimmed(_ text: Substring) -> String {
        let blanks: [Character] = [" ", "\t", "\r"]
        var rest = text
        while let first = rest.first, blanks.contains(first) { rest = rest.dropFirst() }
        while let last = rest.last, blanks.contains(last) { rest = rest.dropLast() }
        return String(rest)
    }

    private static func unquoted(_ text: String) -> String {
        for quote in ["\"", "'"] where text.count >= 2 {
            if text.hasPrefix(quote), text.hasSuffix(quote) {
                return String(text.dropFirst().dropLast())
            }
        }
        return text
    }
}
