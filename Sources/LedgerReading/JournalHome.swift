import Glibc

/// Where journals live, and what `--journal NAME|DIR` means: a path when it has a slash, else a folder
/// of that name in the home, which is `journal` or what LEDGER_HOME says.
public enum JournalHome {
    public static var path: String {
        getenv("LEDGER_HOME").map { String(cString: $0) } ?? "journal"
    }

    public static func directory(_ name: String) -> String {
        name.contains("/") || name == "." || name == ".." ? name : "\(path)/\(name)"
    }

    /// The journal of the same run where no order leaves.
    public static func rehearsal(of name: String) -> String {
        "\(String(name.reversed().drop { $0 == "/" }.reversed()))-dry-run"
    }

    /// Where a journal of that name may be created.
    ///
    /// - Throws: `InputError` for a name that a list of journals could not show.
    public static func place(_ name: String) throws -> String {
        guard !name.isEmpty else { throw InputError("a journal has a name, which is not empty") }
        guard !name.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) else {
            throw InputError("a journal's name has no control characters in it")
        }
        let isFile = ["data.mdb", "lock.mdb", "wake", "lease"].contains(name)
        guard !isFile, name.first != "." || name.contains("/") || name == "." || name == ".." else {
            throw InputError("\(name) is no name for a journal; take another one, or a directory")
        }
        return directory(name)
    }

    public static func isJournal(_ directory: String) -> Bool {
        var status = stat()
        return stat("\(directory)/data.mdb", &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Creates the folders above a journal's own.
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
