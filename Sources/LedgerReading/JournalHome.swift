import Glibc

/// Where journals are, and how to read `--journal NAME|DIR`: a path if it contains a slash,
/// otherwise a directory of that name in the home, which is `journal` or LEDGER_HOME.
public enum JournalHome {
    public static var path: String {
        getenv("LEDGER_HOME").map { String(cString: $0) } ?? "journal"
    }

    public static func directory(_ name: String) -> String {
        name.contains("/") || name == "." || name == ".." ? name : "\(path)/\(name)"
    }

    /// The journal of the same run without real orders.
    public static func rehearsal(of name: String) -> String {
        "\(String(name.reversed().drop { $0 == "/" }.reversed()))-dry-run"
    }

    /// Where to create a journal with that name.
    ///
    /// - Throws: `InputError` for a name that a list of journals could not show.
    public static func place(_ name: String) throws -> String {
        guard !name.isEmpty else { throw InputError("a journal's name must not be empty") }
        guard !name.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) else {
            throw InputError("a journal's name must not contain control characters")
        }
        let isFile = ["data.mdb", "lock.mdb", "wake", "lease"].contains(name)
        guard !isFile, name.first != "." || name.contains("/") || name == "." || name == ".." else {
            throw InputError(
                "\(name) cannot be the name of a journal; choose another name, or a directory")
        }
        return directory(name)
    }

    public static func isJournal(_ directory: String) -> Bool {
        var status = stat()
        return stat("\(directory)/data.mdb", &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Creates the parent directories of a journal.
    public static func makeParents(of directory: String) {
        var path = ""
        for part in directory.split(separator: "/", omittingEmptySubsequences: false).dropLast() {
            path += path.isEmpty && part.isEmpty ? "/" : "\(part)/"
            mkdir(path, 0o755)
        }
    }

    /// The journals in the home, by name.
    public static func names() -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var found: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix("."), isJournal("\(path)/\(name)") { found.append(name) }
        }
        return found.sorted()
    }
}
