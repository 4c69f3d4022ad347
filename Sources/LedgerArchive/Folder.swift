import Glibc

/// The contents of a directory.
public enum Folder {
    /// The sorted names of its files; empty if the directory does not exist.
    public static func names(_ path: String) throws(ArchiveError) -> [String] {
        guard let folder = opendir(path) else {
            if errno == ENOENT { return [] }
            throw OutputFile.failure(path)
        }
        defer { closedir(folder) }
        var found: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { found.append(name) }
        }
        return found.sorted()
    }
}
