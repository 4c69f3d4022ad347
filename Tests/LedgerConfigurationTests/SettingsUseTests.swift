import Foundation
import LedgerConfiguration
import LedgerSafety
import LedgerSettings
import TestSupport
import Testing

/// Every setting is read by something, or is refused as not in this version.
@Suite struct SettingsUseTests {
    /// What the sources name: members other than to list a setting, and quoted texts.
    private struct Index {
        var members: [String: Int] = [:]
        var quoted: [String: Int] = [:]
        /// The constant that declares each quoted key.
        var declarations: [String: String] = [:]

        private static func isPartOfName(_ byte: UInt8) -> Bool {
            switch byte {
            case 48...57, 65...90, 95, 97...122: true
            default: false
            }
        }

        /// Reads a source once, byte by byte.
        mutating func add(_ bytes: [UInt8]) {
            let listing = Array(".setting".utf8)
            var (place, constant) = (0, "")
            func name(after start: Int) -> Int {
                var end = start
                while end < bytes.count, Self.isPartOfName(bytes[end]) { end += 1 }
                return end
            }
            while place < bytes.count {
                defer { place += 1 }
                if bytes[place] == UInt8(ascii: ".") {
                    let end = name(after: place + 1)
                    guard end > place + 1, !bytes[end...].starts(with: listing) else { continue }
                    members[String(decoding: bytes[place + 1..<end], as: UTF8.self), default: 0] +=
                        1
                } else if bytes[place] == UInt8(ascii: "\"") {
                    let start = place + 1
                    guard
                        let end = bytes[start...].prefix(80).firstIndex(of: UInt8(ascii: "\""))
                    else { continue }
                    let text = String(decoding: bytes[start..<end], as: UTF8.self)
                    quoted[text, default: 0] += 1
                    if !constant.isEmpty { declarations[text] = declarations[text] ?? constant }
                    (place, constant) = (end, "")
                } else if bytes[place] == UInt8(ascii: "l"),
                    bytes[place...].starts(with: Array("let ".utf8))
                {
                    let end = name(after: place + 4)
                    constant = String(decoding: bytes[place + 4..<end], as: UTF8.self)
                    place = end
                }
            }
        }
    }

    private static let index: Index = {
        let folder = Checkout.root.appendingPathComponent("Sources")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        var index = Index()
        for file in files?.compactMap({ $0 as? URL }) ?? [] where file.pathExtension == "swift" {
            if let data = try? Data(contentsOf: file) { index.add(Array(data)) }
        }
        return index
    }()

    @Test func `every setting that is accepted is read by something`() throws {
        #expect(SettingsSchema.all.count > 100)
        for setting in SettingsSchema.all where setting.isInThisVersion {
            guard let constant = Self.index.declarations[setting.key] else { continue }
            #expect(
                Self.index.members[constant, default: 0] > 0
                    || Self.index.quoted[setting.key, default: 0] > 1,
                "nothing reads \(setting.key); read it, or declare it as notInThisVersion")
        }
        // The index tells a setting that is only declared and listed.
        #expect(Self.index.declarations["email.smtp_host"] == "smtpHost")
        #expect(Self.index.members["smtpHost", default: 0] == 0)
    }

    @Test(arguments: SettingsSchema.all.filter { !$0.isInThisVersion }.map(\.key))
    func `a setting that does nothing is refused by name, and its default passes`(
        _ key: String
    ) throws {
        let setting = try #require(SettingsSchema.setting(key))
        func load(_ value: String) throws(ConfigurationError) -> Configuration {
            try Configuration(
                path: nil, text: nil, environment: [:], overrides: [(key: key, value: value)])
        }
        if let standard = setting.defaultValue { _ = try load(standard) }
        guard let other = Self.other(setting) else { return }
        #expect {
            try load(other)
        } throws: {
            "\($0)".contains("\(key) is not in this version")
        }
    }

    /// A good value that is not the default; nil where there is only one.
    private static func other(_ setting: Setting) -> String? {
        switch setting.kind {
        case .text, .secret: "something"
        case .flag: setting.defaultValue == "true" ? "false" : "true"
        case .integer(let range): "\(range.upperBound)"
        case .decimal(_, let through): through
        case .choice(let names): names.first { $0 != setting.defaultValue }
        }
    }

    @Test(arguments: ["live_alpaca", "paper_alpaca"])
    func `shipped configurations of paper and live set the feed time-out`(_ name: String) throws {
        let path = Checkout.root.appendingPathComponent("configs/\(name).yaml").path
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let configuration = try Configuration(path: path, text: text, environment: [:])
        #expect(configuration[QualityKeys.feedTimeout] > .zero)
        #expect(configuration.text(of: QualityKeys.enabled.name) != "false")
    }

    @Test func `settings of an old journal that do nothing can still be read`() throws {
        let old = Settings([("email.to", "ann@example"), ("risk.max_daily_loss_pct", "0.03")])
        #expect(try old[EmailKeys.to] == "ann@example")
    }
}
