/// The header and the nodes of a branch or leaf page, after every offset was checked.
///
///     offset  size
///          0     8  page number
///          8     2  unused
///         10     2  flags: 1 branch, 2 leaf, 4 overflow
///         12     2  end of the list of offsets   (for an overflow page: 4, number of pages)
///         14     2  begin of the nodes, which fill the rest of the page
///         16  2 × n  offsets of the nodes, in the order of their keys
///
/// A node has eight bytes before its key: size of its value (4) or page number (6), flags (2) and size
/// of its key (2).
struct PageNodes {
    static let branch: UInt16 = 1
    static let leaf: UInt16 = 2
    static let overflow: UInt16 = 4
    /// The value is the number of the first of a row of overflow pages.
    static let isBig: UInt16 = 1
    /// The value describes a tree.
    static let isTable: UInt16 = 2
    private static let longestKey = 511

    let isBranch: Bool
    private let page: PageBytes
    let count: Int

    struct Problem: Error { let text: String }

    init(_ page: PageBytes, size: Int, number: UInt64) throws(Problem) {
        let flags = page.u16(10)
        guard page.u64(0) == number, flags == Self.branch || flags == Self.leaf else {
            throw Problem(text: "has a wrong header")
        }
        isBranch = flags == Self.branch
        self.page = page
        let (lower, upper) = (Int(page.u16(12)), Int(page.u16(14)))
        guard lower >= PageFile.headerSize, lower <= upper, upper <= size, lower & 1 == 0,
            upper & 1 == 0
        else { throw Problem(text: "has wrong bounds") }
        count = (lower - PageFile.headerSize) / 2
        guard count > (isBranch ? 1 : 0) else { throw Problem(text: "has \(count) nodes") }
        var used = 0
        for index in 0..<count { used += try checkedSize(of: index, from: upper, to: size) }
        // Nodes that overlap add up to more.
        guard used == size - upper else { throw Problem(text: "has nodes of \(used) bytes") }
    }

    private func checkedSize(
        of index: Int, from upper: Int, to size: Int
    ) throws(Problem) -> Int {
        let start = offset(index)
        func bad(_ why: String) -> Problem { Problem(text: "has a wrong node: \(why)") }
        guard start >= upper, start & 1 == 0, start + 8 <= size else { throw bad("its offset") }
        let keySize = Int(page.u16(start + 6))
        guard keySize <= Self.longestKey, keySize > 0 || (isBranch && index == 0) else {
            throw bad("a key of \(keySize) bytes")
        }
        var end = start + 8 + keySize
        if !isBranch {
            let flags = flags(index)
            guard flags & ~(Self.isBig | Self.isTable) == 0, flags != Self.isBig | Self.isTable
            else { throw bad("its flags") }
            end += flags == Self.isBig ? 8 : valueSize(index)
        }
        guard end <= size else { throw bad("its size") }
        return (end - start + 1) & ~1
    }

    private func offset(_ index: Int) -> Int { Int(page.u16(PageFile.headerSize + 2 * index)) }

    func flags(_ index: Int) -> UInt16 { page.u16(offset(index) + 4) }

    func valueSize(_ index: Int) -> Int { Int(page.u32(offset(index))) }

    func key(_ index: Int) -> ArraySlice<UInt8> {
        let start = offset(index) + 8
        return page.bytes[start..<start + Int(page.u16(start - 2))]
    }

    /// Where a leaf's value begins in its page.
    private func place(_ index: Int) -> Int { offset(index) + 8 + Int(page.u16(offset(index) + 6)) }

    /// The page that a branch's node names.
    func child(_ index: Int) -> UInt64 {
        let start = offset(index)
        return UInt64(page.u32(start)) | UInt64(page.u16(start + 4)) << 32
    }

    /// The first overflow page of a big value.
    func overflowPage(_ index: Int) -> UInt64 { page.u64(place(index)) }

    func table(_ index: Int) -> PageTable { PageTable(page, at: place(index)) }

    func value(_ index: Int) -> ArraySlice<UInt8> {
        page.bytes[place(index)..<place(index) + valueSize(index)]
    }
}
