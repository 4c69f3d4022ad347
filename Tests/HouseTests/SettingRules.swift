/// The rules about settings: each is declared once, as a typed key, and registered.
enum SettingRules {
    /// Libraries that one target alone may import.
    static let soleImporters = [(module: "Yams", target: "LedgerConfiguration")]

    static func foreignImports(_ file: SourceText) -> [Violation] {
        Fence.imported(file).compactMap { module, line in
            guard let sole = soleImporters.first(where: { $0.module == module }),
                !file.path.hasPrefix("Sources/\(sole.target)/")
            else { return nil }
            return file.violation(
                line, "only \(sole.target) imports \(module). Read the file there.")
        }
    }

    /// `settings["key"]` and `configuration["key"]`, which have neither type, range nor default.
    static func untypedReads(_ file: SourceText) -> [Violation] {
        let tokens = file.tokens
        return tokens.indices.compactMap { index in
            guard ["settings", "configuration"].contains(tokens[index].text) else { return nil }
            let next = tokens.text(index + 1) == "?" ? index + 2 : index + 1
            guard tokens.text(next) == "[", tokens.text(next + 1) == "\"" else { return nil }
            return file.violation(
                tokens[index].line,
                "a setting is read by the text of its key. Read it by its SettingKey.")
        }
    }

    /// Keys that their own file does not list, so that `config show` and the checks miss them.
    static func unregistered(_ file: SourceText) -> [Violation] {
        declarations(file).filter { name, _ in
            !file.tokens.indices.contains { index in
                file.tokens[index].text == name && file.tokens.text(index + 1) == "."
                    && file.tokens.text(index + 2) == "setting"
            }
        }.map {
            file.violation(
                $0.line, "\($0.name) is in no register. Add \($0.name).setting to `all`.")
        }
    }

    /// `static let name = SettingKey…`.
    static func declarations(_ file: SourceText) -> [(name: String, line: Int)] {
        let tokens = file.tokens
        return tokens.indices.compactMap { index in
            guard tokens[index].text == "static", tokens.text(index + 1) == "let",
                tokens.text(index + 3) == "=", tokens.text(index + 4) == "SettingKey"
            else { return nil }
            return (tokens.text(index + 2), tokens[index].line)
        }
    }
}
