import LedgerDomain
import LedgerEvents

/// The blocks of the next frame: their payloads, concatenated.
// Sendable unchecked: filled by one thread, then handed to another.
final class FrameInput: @unchecked Sendable {
    let payload = ByteBuffer(capacity: FrameLayout.events * 96)
    private(set) var blocks: [UInt32] = []
    private(set) var count = 0
    private(set) var first = SequenceNumber.none
    private(set) var linkBefore = ChainLink.origin
    private(set) var linkAfter = ChainLink.origin

    var isEmpty: Bool { count == 0 }

    /// Whether a block with this many events and bytes still fits.
    func takes(_ header: BlockHeader) -> Bool {
        count == 0
            || (count + Int(header.count) <= FrameLayout.events
                && payload.count + Int(header.payloadLength) <= FrameLayout.mostBytes)
    }

    func removeAll(linkBefore link: ChainLink) {
        payload.removeAll()
        blocks.removeAll(keepingCapacity: true)
        (count, first, linkBefore, linkAfter) = (0, .none, link, link)
    }

    func append(_ block: Block) {
        if count == 0 { first = block.header.firstSequence }
        payload.append(block.payload)
        blocks.append(block.header.count)
        count += Int(block.header.count)
        linkAfter = block.header.link
    }

    var head: FrameHead {
        FrameHead(
            first: first, count: count, blocks: blocks.count, payloadBytes: payload.count,
            linkBefore: linkBefore, linkAfter: linkAfter)
    }
}

/// Writes the records of blocks as columns; reuses its memory from frame to frame.
// Sendable unchecked: used by one thread at a time.
final class FrameEncoder: @unchecked Sendable {
    /// The uncompressed frame.
    let output = ByteBuffer(capacity: 1 << 20)
    /// The ends of the parts that compress best separately.
    private(set) var parts: [Int] = []

    private struct Shape {
        var word: UInt64
        var instrument: UInt32
        var rows: UInt32 = 0
        var next = 0
    }

    private var shapes: [Shape] = []
    private var table = [Int32](repeating: -1, count: 1 << 12)
    private var offsets: [UInt32] = []
    private var kinds: [UInt16] = []
    private var order: [UInt32] = []
    private var words: [UInt64] = []
    private var sequences: [UInt64] = []
    private var columns = ColumnWriter()

    /// - Throws: `BlockError` if records do not fill their blocks.
    func encode(_ input: FrameInput) throws(BlockError) {
        output.removeAll()
        parts.removeAll(keepingCapacity: true)
        try sort(input)
        input.head.write(to: output)
        for count in input.blocks { output.appendVarint(UInt64(count)) }
        writeShapes()
        end()
        writeTimes(input)
        end()
        for index in shapes.indices { write(index, input) }
        end()
    }

    private func end() {
        if output.count > parts.last ?? 0 { parts.append(output.count) }
    }

    // MARK: Shapes

    private func sort(_ input: FrameInput) throws(BlockError) {
        shapes.removeAll(keepingCapacity: true)
        for slot in table.indices { table[slot] = -1 }
        offsets.removeAll(keepingCapacity: true)
        kinds.removeAll(keepingCapacity: true)
        var records = RecordIterator(
            payload: input.payload.bytes, next: input.first, count: UInt32(input.count))
        let base = UnsafeRawPointer(input.payload.base)
        var last = -1
        while let record = try records.next() {
            let at = UnsafeRawPointer(record.bytes.baseAddress ?? base)
            let word = at.loadUnaligned(as: UInt64.self)
            let instrument = at.loadUnaligned(fromByteOffset: 16, as: UInt32.self)
            if last < 0 || shapes[last].word != word || shapes[last].instrument != instrument {
                last = shape(word, instrument)
            }
            shapes[last].rows += 1
            kinds.append(UInt16(truncatingIfNeeded: last))
            offsets.append(UInt32(at - base))
        }
    }

    private func shape(_ word: UInt64, _ instrument: UInt32) -> Int {
        let mixed = (word ^ UInt64(instrument) << 17) &* 0x9E37_79B9_7F4A_7C15
        var slot = Int(mixed >> 40) & (table.count - 1)
        while table[slot] >= 0 {
            let found = shapes[Int(table[slot])]
            if found.word == word, found.instrument == instrument { return Int(table[slot]) }
            slot = (slot + 1) & (table.count - 1)
        }
        shapes.append(Shape(word: word, instrument: instrument))
        table[slot] = Int32(shapes.count - 1)
        if shapes.count * 2 > table.count { growTable() }
        return shapes.count - 1
    }

    private func growTable() {
        table = [Int32](repeating: -1, count: table.count * 4)
        for (index, shape) in shapes.enumerated() {
            let mixed = (shape.word ^ UInt64(shape.instrument) << 17) &* 0x9E37_79B9_7F4A_7C15
            var slot = Int(mixed >> 40) & (table.count - 1)
            while table[slot] >= 0 { slot = (slot + 1) & (table.count - 1) }
            table[slot] = Int32(index)
        }
    }

    private func writeShapes() {
        output.appendVarint(UInt64(shapes.count))
        var start = 0
        for index in shapes.indices {
            output.append(shapes[index].word)
            output.append(shapes[index].instrument)
            output.appendVarint(UInt64(shapes[index].rows))
            shapes[index].next = start
            start += Int(shapes[index].rows)
        }
        if shapes.count > 256 {
            for kind in kinds { output.append(kind) }
        } else if shapes.count > 1 {
            let bytes = output.extend(kinds.count).assumingMemoryBound(to: UInt8.self)
            for (index, kind) in kinds.enumerated() { bytes[index] = UInt8(kind) }
        }
        if order.count < kinds.count { order = Array(repeating: 0, count: kinds.count) }
        for (index, kind) in kinds.enumerated() {
            order[shapes[Int(kind)].next] = UInt32(index)
            shapes[Int(kind)].next += 1
        }
    }

    // MARK: Columns

    private func writeTimes(_ input: FrameInput) {
        let base = UnsafeRawPointer(input.payload.base)
        reserve(words: offsets.count, rows: offsets.count)
        for (row, offset) in offsets.enumerated() {
            words[row] = base.loadUnaligned(fromByteOffset: Int(offset) + 8, as: UInt64.self)
            sequences[row] = input.first.number + UInt64(row)
        }
        write(columns: 1, rows: offsets.count)
    }

    private func reserve(words count: Int, rows: Int) {
        if words.count < count { words = Array(repeating: 0, count: count) }
        if sequences.count < rows { sequences = Array(repeating: 0, count: rows) }
    }

    private func write(columns count: Int, rows: Int) {
        words.withUnsafeMutableBufferPointer { words in
            sequences.withUnsafeBufferPointer { sequences in
                guard let base = words.baseAddress, let numbers = sequences.baseAddress else {
                    return
                }
                let matrix = Column.Matrix(base: base, rows: rows)
                for index in 0..<count {
                    columns.write(index, matrix, numbers, to: output) { parts.append($0) }
                }
            }
        }
    }

    private func write(_ index: Int, _ input: FrameInput) {
        let shape = shapes[index]
        let rows = Int(shape.rows)
        let start = shape.next - rows
        let length = Int(shape.word & 0xFFFF)
        let width = length - FrameLayout.leadingWords
        let base = UnsafeRawPointer(input.payload.base)
        if rows < FrameLayout.fewestRows || length > FrameLayout.mostWords {
            for row in 0..<rows {
                let at = base + Int(offsets[Int(order[start + row])]) + 16
                output.append(UnsafeRawBufferPointer(start: at, count: width * 8))
            }
            return
        }
        reserve(words: width * rows, rows: rows)
        words.withUnsafeMutableBufferPointer { words in
            for row in 0..<rows {
                let event = Int(order[start + row])
                let at = base + Int(offsets[event]) + 16
                sequences[row] = input.first.number + UInt64(event)
                for word in 0..<width {
                    words[word * rows + row] = at.loadUnaligned(
                        fromByteOffset: word * 8, as: UInt64.self)
                }
            }
        }
        write(columns: width, rows: rows)
    }
}
