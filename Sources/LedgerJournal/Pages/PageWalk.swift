/// Walks LMDB's trees with plain reads and checks all that LMDB itself trusts: page numbers, headers,
/// offsets, sizes, the order of keys, depth, counts, and that each page belongs to one place only.
///
/// Nothing here can loop: a page that was seen before is damage.
struct PageWalk: ~Copyable {
    private let file: PageFile
    private let meta: PageFile.Meta
    /// The pages that the file holds.
    private let pages: UInt64
    /// How many leaves and overflow pages are still read; all of them when it is nil.
    private var budget: Int?
    private var seen: [UInt64]
    private var header = PageBytes(count: PageFile.headerSize)
    /// The tables of a journal, whose flags are known.
    private let tables: [String: UInt16]

    /// - Parameters:
    ///   - meta: a snapshot whose pages no writer reuses during the walk.
    ///   - budget: leaves and overflow pages to read. The branch pages are always read, so that no tree
    ///     can send a reader in circles.
    init(
        _ file: consuming PageFile, _ meta: PageFile.Meta, budget: Int?, tables: [String: UInt16]
    ) {
        self.file = file
        self.meta = meta
        self.budget = budget
        self.tables = tables
        pages = UInt64(self.file.size) / UInt64(meta.pageSize)
        seen = [UInt64](repeating: 0, count: Int(meta.lastPage / 64) + 1)
    }

    /// - Throws: `.damaged`, `.io`.
    mutating func run() throws(JournalError) {
        try walk(meta.free, .free)
        try walk(meta.main, .names)
    }

    private enum Kind: Hashable {
        case free, names
        case table(String)

        var name: String {
            switch self {
            case .free: "the list of free pages"
            case .names: "the list of tables"
            case .table(let name): "the table \(name)"
            }
        }
    }

    /// What was met of one tree.
    private struct Progress {
        let kind: Kind
        let tree: PageTable
        var branches: UInt64 = 0
        var leaves: UInt64 = 0
        var overflow: UInt64 = 0
        var entries: UInt64 = 0
        var isWhole = true
        /// The last key; nil before the first one and after a leaf that was not read.
        var last: [UInt8]?
        /// The next key must not be less.
        var floor: [UInt8]?
    }

    private func damaged(_ progress: Progress, _ page: UInt64, _ why: String) -> JournalError {
        file.damaged("page \(page) of \(progress.kind.name) \(why)")
    }

    private mutating func walk(_ tree: PageTable, _ kind: Kind) throws(JournalError) {
        guard let root = tree.root else { return }
        var progress = Progress(kind: kind, tree: tree)
        try visit(root, depth: 1, &progress)
        let counts =
            progress.branches == tree.branchPages && progress.leaves == tree.leafPages
            && (!progress.isWhole
                || (progress.overflow == tree.overflowPages && progress.entries == tree.entries))
        guard counts else {
            throw file.damaged("\(kind.name) has other numbers of pages or entries than it says")
        }
    }

    /// Marks pages as belonging to one place.
    private mutating func claim(
        _ first: UInt64, count: UInt64, _ progress: Progress
    ) throws(JournalError) {
        guard first >= 2, count > 0, count <= pages, first <= meta.lastPage,
            first + count - 1 <= meta.lastPage
        else { throw damaged(progress, first, "is outside the file's \(meta.lastPage) pages") }
        for page in first..<first + count {
            let (word, bit) = (Int(page / 64), UInt64(1) << (page % 64))
            guard seen[word] & bit == 0 else {
                throw damaged(progress, page, "belongs to another place too")
            }
            seen[word] |= bit
        }
    }

    private func checkInside(
        _ first: UInt64, count: UInt64, _ progress: Progress
    ) throws(JournalError) {
        guard first + count <= pages else {
            throw damaged(progress, first, "lies beyond the end of data.mdb, which was truncated")
        }
    }

    private func offset(_ page: UInt64) -> Int { Int(page) * meta.pageSize }

    private mutating func visit(
        _ page: UInt64, depth: Int, _ progress: inout Progress
    ) throws(JournalError) {
        try claim(page, count: 1, progress)
        try checkInside(page, count: 1, progress)
        let isLeaf = depth == progress.tree.depth
        if isLeaf {
            progress.leaves += 1
            // Small tables name the others, and the free pages are what a writer takes first.
            if !spend(), case .table = progress.kind {
                progress.isWhole = false
                progress.last = nil
                progress.floor = nil
                return
            }
        } else {
            progress.branches += 1
        }
        var bytes = PageBytes(count: meta.pageSize)
        guard try file.read(&bytes, count: meta.pageSize, at: offset(page)) else {
            throw damaged(progress, page, "cannot be read")
        }
        let nodes: PageNodes
        do throws(PageNodes.Problem) {
            nodes = try PageNodes(bytes, size: meta.pageSize, number: page)
        } catch { throw damaged(progress, page, error.text) }
        guard nodes.isBranch == !isLeaf else {
            throw damaged(progress, page, "is at depth \(depth) of \(progress.tree.depth)")
        }
        if isLeaf {
            try visitLeaf(nodes, page, &progress)
        } else {
            try visitBranch(nodes, page, depth, &progress)
        }
    }

    private mutating func spend() -> Bool {
        guard let left = budget else { return true }
        guard left > 0 else { return false }
        budget = left - 1
        return true
    }

    private mutating func visitBranch(
        _ nodes: PageNodes, _ page: UInt64, _ depth: Int, _ progress: inout Progress
    ) throws(JournalError) {
        for index in 0..<nodes.count {
            if index > 0 {
                let key = nodes.key(index)
                let isOrdered = try progress.last.map { (last) throws(JournalError) in
                    try isLess(last[...], than: key, page, progress)
                }
                guard isOrdered ?? true else { throw damaged(progress, page, "is out of order") }
                progress.floor = Array(key)
            }
            try visit(nodes.child(index), depth: depth + 1, &progress)
        }
    }

    private mutating func visitLeaf(
        _ nodes: PageNodes, _ page: UInt64, _ progress: inout Progress
    ) throws(JournalError) {
        for index in 0..<nodes.count {
            let key = nodes.key(index)
            if let last = progress.last, try !isLess(last[...], than: key, page, progress) {
                throw damaged(progress, page, "is out of order")
            }
            if let floor = progress.floor, try isLess(key, than: floor[...], page, progress) {
                throw damaged(progress, page, "is out of order")
            }
            progress.floor = nil
            progress.last = Array(key)
            progress.entries += 1
            try visitValue(nodes, index, page, &progress)
        }
    }

    private func isLess(
        _ one: ArraySlice<UInt8>, than other: ArraySlice<UInt8>, _ page: UInt64,
        _ progress: Progress
    ) throws(JournalError) -> Bool {
        guard progress.tree.hasIntegerKeys else { return one.lexicographicallyPrecedes(other) }
        guard one.count == 8, other.count == 8 else {
            throw damaged(progress, page, "has a key that is no number")
        }
        return one.reversed().lexicographicallyPrecedes(other.reversed())
    }

    private mutating func visitValue(
        _ nodes: PageNodes, _ index: Int, _ page: UInt64, _ progress: inout Progress
    ) throws(JournalError) {
        switch nodes.flags(index) {
        case PageNodes.isTable:
            guard progress.kind == .names, nodes.valueSize(index) == PageTable.size else {
                throw damaged(progress, page, "has a table where none can be")
            }
            let tree = nodes.table(index)
            let name = String(decoding: nodes.key(index), as: UTF8.self)
            // A table of another program is refused when the journal's own are opened.
            guard let flags = tables[name] else { return }
            let problem = tree.problem(last: meta.lastPage)
            guard tree.flags == flags, problem == nil else {
                throw file.damaged("the table \(name) \(problem ?? "has wrong flags")")
            }
            try walk(tree, .table(name))
        case PageNodes.isBig:
            let value = try visitOverflow(
                nodes.overflowPage(index), size: nodes.valueSize(index), &progress)
            if progress.kind == .free {
                try visitFree(value[...], key: nodes.key(index), page, progress)
            }
        default:
            if progress.kind == .free {
                try visitFree(nodes.value(index), key: nodes.key(index), page, progress)
            }
        }
    }

    /// - Returns: the value, of the list of free pages only.
    private mutating func visitOverflow(
        _ first: UInt64, size: Int, _ progress: inout Progress
    ) throws(JournalError) -> [UInt8] {
        let needed = UInt64((PageFile.headerSize - 1 + size) / meta.pageSize + 1)
        guard first >= 2, first <= meta.lastPage, needed <= pages else {
            throw damaged(progress, first, "is outside the file's \(meta.lastPage) pages")
        }
        try checkInside(first, count: needed, progress)
        guard spend() || progress.kind == .free else {
            progress.isWhole = false
            try claim(first, count: needed, progress)
            return []
        }
        guard try file.read(&header, count: PageFile.headerSize, at: offset(first)) else {
            throw damaged(progress, first, "cannot be read")
        }
        let count = UInt64(header.u32(12))
        guard header.u64(0) == first, header.u16(10) == PageNodes.overflow, count >= needed else {
            throw damaged(progress, first, "has a wrong header")
        }
        try claim(first, count: count, progress)
        progress.overflow += count
        guard progress.kind == .free else { return [] }
        var value = PageBytes(count: size)
        guard try file.read(&value, count: size, at: offset(first) + PageFile.headerSize) else {
            throw damaged(progress, first, "cannot be read")
        }
        return value.bytes
    }

    /// A record of free pages: their number, then the pages, the highest first.
    private mutating func visitFree(
        _ value: ArraySlice<UInt8>, key: ArraySlice<UInt8>, _ page: UInt64, _ progress: Progress
    ) throws(JournalError) {
        var list = PageBytes(count: 0)
        list.bytes = Array(value)
        let bad = damaged(progress, page, "has a wrong record")
        guard key.count == 8, value.count >= 8, value.count % 8 == 0 else { throw bad }
        let count = list.u64(0)
        guard count <= UInt64(value.count / 8 - 1) else { throw bad }
        var last = UInt64.max
        for index in 0..<Int(count) {
            let free = list.u64(8 + 8 * index)
            guard free < last else { throw bad }
            last = free
            try claim(free, count: 1, progress)
        }
    }
}
