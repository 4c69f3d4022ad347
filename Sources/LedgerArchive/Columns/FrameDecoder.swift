import LedgerDomain
import LedgerEvents

/// Converts the content of a frame back to blocks, byte for byte. The content is untrusted: every
/// length is checked before use, and the header bounds the memory.
// Sendable unchecked: used by one thread at a time.
final class FrameDecoder: @unchecked Sendable {
    private(set) var head: FrameHead
    /// The number of events in each block.
    private(set) var blocks: [UInt32] = []
    /// The payloads, concatenated.
    let payload = ByteBuffer()

    private struct Shape {
        var word: UInt64
        var instrument: UInt32
        var rows: Int
        var start = 0
        var length: Int { Int(word & 0xFFFF) }
    }

    private var shapes: [Shape] = []
    private var kinds: [UInt16] = []
    private var offsets: [Int] = []
    private var order: [UInt32] = []
    private var words: [UInt64] = []
    private var sequences: [UInt64] = []

    init() {
        head = FrameHead(
            first: .first, count: 0, blocks: 0, payloadBytes: 0, linkBefore: .origin,
            linkAfter: .origin)
    }

    func decode(_ content: UnsafeRawBufferPointer) throws(FrameError) {
        var input = ByteCursor(content)
        head = try FrameHead(from: &input)
        try readBlocks(&input)
        try readShapes(&input)
        try readKinds(&input)
        payload.removeAll()
        _ = payload.extend(head.payloadBytes)
        try place()
        try readTimes(&input)
        for shape in shapes { try read(shape, &input) }
        guard input.remaining == 0 else {
            throw FrameError("\(input.remaining) bytes follow its end")
        }
    }

    private func readBlocks(_ input: inout ByteCursor) throws(FrameError) {
        blocks.removeAll(keepingCapacity: true)
        var left = head.count
        for _ in 0..<head.blocks {
            let count = try input.readCount("events in a block", atMost: left)
            guard count > 0 else { throw FrameError("a block is empty") }
            blocks.append(UInt32(count))
            left -= count
        }
        guard left == 0 else { throw FrameError("its blocks have \(left) events too few") }
    }

    private func readShapes(_ input: inout ByteCursor) throws(FrameError) {
        shapes.removeAll(keepingCapacity: true)
        let count = try input.readCount("shapes", atMost: min(head.count, 1 << 16))
        var (rows, bytes) = (0, 0)
        for _ in 0..<count {
            var shape = Shape(word: try input.read(), instrument: try input.read(), rows: 0)
            shape.rows = try input.readCount("records of a shape", atMost: head.count - rows)
            shape.start = rows
            guard shape.rows > 0, shape.length * 8 >= Record.smallest else {
                throw FrameError("a shape has \(shape.rows) records of \(shape.length) words")
            }
            rows += shape.rows
            bytes += shape.rows * shape.length * 8
            guard bytes <= head.payloadBytes else {
                throw FrameError("its shapes hold more than its \(head.payloadBytes) bytes")
            }
            shapes.append(shape)
        }
        guard rows == head.count, bytes == head.payloadBytes else {
            throw FrameError("its shapes hold \(rows) events of \(bytes) bytes")
        }
    }

    private func readKinds(_ input: inout ByteCursor) throws(FrameError) {
        kinds.removeAll(keepingCapacity: true)
        if shapes.count == 1 {
            kinds.append(contentsOf: repeatElement(0, count: head.count))
        } else if shapes.count <= 256 {
            for kind in try input.read(head.count) { kinds.append(UInt16(kind)) }
        } else {
            let bytes = try input.read(head.count * 2)
            for index in 0..<head.count {
                kinds.append(bytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self))
            }
        }
    }

    /// Finds where each record lies and which records belong to each shape.
    private func place() throws(FrameError) {
        offsets.removeAll(keepingCapacity: true)
        if order.count < head.count { order = Array(repeating: 0, count: head.count) }
        var taken = Array(repeating: 0, count: shapes.count)
        var at = 0
        for (event, kind) in kinds.enumerated() {
            let index = Int(kind)
            guard index < shapes.count, taken[index] < shapes[index].rows else {
                throw FrameError("its event \(event) refers to a missing shape")
            }
            order[shapes[index].start + taken[index]] = UInt32(event)
            taken[index] += 1
            offsets.append(at)
            at += shapes[index].length * 8
        }
    }

    // MARK: Columns

    private func reserve(words count: Int, rows: Int) {
        if words.count < count { words = Array(repeating: 0, count: count) }
        if sequences.count < rows { sequences = Array(repeating: 0, count: rows) }
    }

    private func read(
        columns count: Int, rows: Int, _ input: inout ByteCursor
    ) throws(FrameError) {
        var failure: FrameError?
        words.withUnsafeMutableBufferPointer { words in
            sequences.withUnsafeBufferPointer { sequences in
                guard let base = words.baseAddress, let numbers = sequences.baseAddress else {
                    return
                }
                let matrix = Column.Matrix(base: base, rows: rows)
                do throws(FrameError) {
                    for index in 0..<count {
                        try ColumnReader.read(index, matrix, numbers, from: &input)
                    }
                } catch { failure = error }
            }
        }
        if let failure { throw failure }
    }

    private func readTimes(_ input: inout ByteCursor) throws(FrameError) {
        reserve(words: head.count, rows: head.count)
        for row in 0..<head.count { sequences[row] = head.first.number + UInt64(row) }
        try read(columns: 1, rows: head.count, &input)
        for (event, offset) in offsets.enumerated() {
            payload.base.storeBytes(of: words[event], toByteOffset: offset + 8, as: UInt64.self)
        }
    }

    private func read(_ shape: Shape, _ input: inout ByteCursor) throws(FrameError) {
        let width = shape.length - FrameLayout.leadingWords
        let isPlain = shape.rows < FrameLayout.fewestRows || shape.length > FrameLayout.mostWords
        if !isPlain {
            reserve(words: width * shape.rows, rows: shape.rows)
            for row in 0..<shape.rows {
                sequences[row] = head.first.number + UInt64(order[shape.start + row])
            }
            try read(columns: width, rows: shape.rows, &input)
        }
        for row in 0..<shape.rows {
            let at = payload.base + offsets[Int(order[shape.start + row])]
            at.storeBytes(of: shape.word, as: UInt64.self)
            if isPlain {
                let bytes = try input.read(width * 8)
                UnsafeMutableRawBufferPointer(start: at + 16, count: bytes.count).copyMemory(
                    from: bytes)
            } else {
                for word in 0..<width {
                    at.storeBytes(
                        of: words[word * shape.rows + row], toByteOffset: 16 + word * 8,
                        as: UInt64.self)
                }
            }
            guard at.loadUnaligned(fromByteOffset: 16, as: UInt32.self) == shape.instrument else {
                throw FrameError("a record's instrument differs from its shape's")
            }
        }
    }
}
