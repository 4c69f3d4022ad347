import Glibc

/// The file systems that cannot hold a journal: their locks or shared maps do not work across
/// machines, and LMDB needs both.
enum FileSystemKind {
    /// Types of `/proc/self/mountinfo`. The type does not tell whether a user-space file system
    /// ("fuse", "fuse.sshfs") is local, so it counts as remote; "fuseblk" uses a block device of
    /// this machine.
    private static let remote: Set<String> = [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "afs", "coda", "ncpfs", "lustre",
        "gfs2",
        "ocfs2", "gpfs", "beegfs", "glusterfs", "fuse",
    ]

    /// - Parameter mountID: identifier of the mount that holds the file.
    /// - Parameter mountInfo: the text of `/proc/self/mountinfo`: identifier first, the type after
    ///   " - ".
    /// - Returns: the name of the type if it is remote.
    static func remoteName(mountID: String, in mountInfo: String) -> String? {
        for line in mountInfo.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.first == mountID[...], let dash = fields.firstIndex(of: "-"),
                dash + 1 < fields.endIndex
            else { continue }
            let type = String(fields[dash + 1])
            let family = String(type.prefix { $0 != "." })
            return remote.contains(family) ? type : nil
        }
        return nil
    }

    /// - Returns: nil for a local file system, and where the kernel does not tell.
    static func remoteName(path: String) throws(JournalError) -> String? {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(path) }
        defer { close(descriptor) }
        let label = "mnt_id:"
        let lines = text("/proc/self/fdinfo/\(descriptor)").split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix(label) }),
            let identifier = line.dropFirst(label.count).split(whereSeparator: \.isWhitespace).first
        else { return nil }
        return remoteName(mountID: String(identifier), in: text("/proc/self/mountinfo"))
    }

    /// The contents of a kernel file; empty when it cannot be read.
    private static func text(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(descriptor, &part, part.count)
            guard count > 0 else { break }
            bytes.append(contentsOf: part[..<count])
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
