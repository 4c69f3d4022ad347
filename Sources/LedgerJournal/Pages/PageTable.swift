/// How LMDB describes one of its trees: 48 bytes in a meta page, or in the leaf that names a table.
///
///     offset  size
///          0     4  page size in the first tree of a meta page, else unused
///          4     2  flags
///          6     2  depth
///          8     8  number of branch pages
///         16     8  number of leaf pages
///         24     8  number of overflow pages
///         32     8  number of entries
///         40     8  root page, all bits set for none
struct PageTable: Hashable, Sendable {
    static let size = 48
    /// LMDB's cursors hold no deeper tree.
    static let deepest = 32
    /// The flag of tables whose keys are integers.
    static let integerKeys: UInt16 = 8

    var pad: UInt32
    var flags: UInt16
    var depth: Int
    var branchPages: UInt64
    var leafPages: UInt64
    var overflowPages: UInt64
    var entries: UInt64
    /// Nil for an empty tree.
    var root: UInt64?

    init(_ bytes: PageBytes, at offset: Int) {
        pad = bytes.u32(offset)
        flags = bytes.u16(offset + 4)
        depth = Int(bytes.u16(offset + 6))
        branchPages = bytes.u64(offset + 8)
        leafPages = bytes.u64(offset + 16)
        overflowPages = bytes.u64(offset + 24)
        entries = bytes.u64(offset + 32)
        let page = bytes.u64(offset + 40)
        root = page == .max ? nil : page
    }

    var hasIntegerKeys: Bool { flags & Self.integerKeys != 0 }

    /// What is wrong with it by itself.
    ///
    /// - Parameter last: the last page of the file.
    func problem(last: UInt64) -> String? {
        guard let root else {
            let isEmpty = depth == 0 && entries == 0 && leafPages == 0 && branchPages == 0
            return isEmpty && overflowPages == 0 ? nil : "has no root, but entries or pages"
        }
        guard (2...max(2, last)).contains(root), last >= 2 else {
            return "has page \(root) as root"
        }
        guard (1...Self.deepest).contains(depth) else { return "has a depth of \(depth)" }
        guard entries > 0, leafPages > 0 else { return "has a root and no entries" }
        return nil
    }
}

/// Little-endian numbers of a page. Callers check offsets against the page's size.
struct PageBytes {
    var bytes: [UInt8]

    init(count: Int) { bytes = [UInt8](repeating: 0, count: count) }

    @inline(__always)
    func u16(_ offset: Int) -> UInt16 {
        UInt16(bytes[offset]) | UInt16(bytes[offset + 1]) << 8
    }

    @inline(__always)
    func u32(_ offset: Int) -> UInt32 { UInt32(u16(offset)) | UInt32(u16(offset + 2)) << 16 }

    @inline(__always)
    func u64(_ offset: Int) -> UInt64 { UInt64(u32(offset)) | UInt64(u32(offset + 4)) << 32 }
}
