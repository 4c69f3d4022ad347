import LedgerDomain

/// Encoded events for one commit, packed into blocks in the order in which they were appended.
///
/// Reuse a batch for the next commit: once it has grown, appending no longer allocates.
public struct Batch: ~Copyable {
    public struct PendingBlock {
        var offset: Int
        var payloadLength = 0
        var header: BlockHeader
        public var byteCount: Int { BlockHeader.size + payloadLength }
        public var summary: BlockHeader { header }
    }

    private var storage: UnsafeMutableRawPointer
    private var capacity: Int
    private var used = 0
    /// Where the last appended record lies; -1 if unknown.
    private var newest = -1
    public private(set) var blocks: [PendingBlock] = []
    public private(set) var firstSequence: SequenceNumber
    public private(set) var nextSequence: SequenceNumber

    public init(next sequence: SequenceNumber) {
        capacity = 64 * BlockHeader.fullBlock
        storage = .allocate(byteCount: capacity, alignment: 16)
        firstSequence = sequence
        nextSequence = sequence
    }

    deinit { storage.deallocate() }

    public var isEmpty: Bool { blocks.isEmpty }
    public var eventCount: Int { Int(nextSequence.number - firstSequence.number) }
    public var byteCount: Int { used }

    /// Removes the events but keeps the memory.
    public mutating func removeAll(next sequence: SequenceNumber) {
        used = 0
        blocks.removeAll(keepingCapacity: true)
        firstSequence = sequence
        nextSequence = sequence
    }

    /// Removes the events from `sequence` on, such as those of a step that failed halfway.
    public mutating func truncate(to sequence: SequenceNumber) {
        guard sequence < nextSequence else { return }
        newest = -1
        while let last = blocks.last, last.header.firstSequence >= sequence {
            used = last.offset
            blocks.removeLast()
        }
        nextSequence = max(sequence, firstSequence)
        guard let last = blocks.last, last.header.nextSequence > sequence else { return }
        // A summary cannot shrink, so recompute it from the remaining records.
        let keep = Int(sequence.number - last.header.firstSequence.number)
        let source = storage + last.offset + BlockHeader.size
        var header = BlockHeader(firstSequence: last.header.firstSequence)
        var offset = 0
        for index in 0..<keep {
            let record = Record(
                sequence: last.header.firstSequence.advanced(by: index), base: source + offset)
            header.include(record)
            offset += record.byteCount
        }
        blocks[blocks.count - 1].header = header
        blocks[blocks.count - 1].payloadLength = offset
        used = last.offset + BlockHeader.size + offset
    }

    /// Appends one event and returns its sequence number.
    ///
    /// - Throws: `NumberError.overflow` if a record cannot hold a quantity exactly. With nine
    ///   decimals it holds up to 9.2 × 10^9 units, and ten times more for each decimal fewer.
    @discardableResult
    public mutating func append<E: Event>(
        _ event: E, _ envelope: Envelope
    ) throws(NumberError) -> SequenceNumber {
        guard let shift = RecordWriter.shift(for: event.quantities) else {
            throw .overflow("a quantity of \(E.type.name) with too many digits")
        }
        let texts = event.texts
        var size = E.layout.size
        if !texts.isEmpty {
            for text in texts { size += 4 + text.utf8.count }
            size = (size + 7) & ~7
        }
        let flags =
            (envelope.cause == .none ? 0 : Record.Flags.cause)
            | (envelope.correlation == .none ? 0 : Record.Flags.correlation)
            | (envelope.recordTime == nil ? 0 : Record.Flags.recordTime)
        let total = size + (flags & 7).nonzeroBitCount * 8
        guard total <= Int(UInt16.max) * 8 else {
            throw .overflow("an event of \(total) bytes")
        }
        let base = room(for: total)
        var writer = RecordWriter(base: base, shift: shift)
        writer.store(UInt16(total / 8), 0)
        writer.store(E.type.rawValue, 2)
        writer.store(E.version, 4)
        writer.store(flags | UInt8(shift) << 4, 5)
        writer.store(envelope.account.number, 6)
        writer.store(envelope.time.nanoseconds, 8)
        writer.store(event.instrument.number, 16)
        writer.store(UInt32(0), 20)
        event.encode(into: &writer)
        if !texts.isEmpty { write(texts, from: E.layout.size, to: size, base: base) }
        var at = size
        if flags & Record.Flags.cause != 0 {
            writer.store(envelope.cause.number, at)
            at += 8
        }
        if flags & Record.Flags.correlation != 0 {
            writer.store(envelope.correlation.number, at)
            at += 8
        }
        if let recordTime = envelope.recordTime { writer.store(recordTime.nanoseconds, at) }
        return commit(base, total)
    }

    /// Appends a copy of an input's record with the instrument number that this journal uses.
    @discardableResult
    public mutating func append(
        copying record: Record, instrument: InstrumentID
    ) -> SequenceNumber {
        let total = record.byteCount
        let base = room(for: total)
        base.copyMemory(from: record.base, byteCount: total)
        base.storeBytes(of: instrument.number, toByteOffset: 16, as: UInt32.self)
        return commit(base, total)
    }

    /// A record in this batch; nil if the batch does not contain it. Valid until the next event is
    /// appended.
    public func record(_ sequence: SequenceNumber) -> Record? {
        if sequence.next == nextSequence, newest >= 0, !isEmpty {
            return Record(sequence: sequence, base: storage + newest)
        }
        guard let block = blocks.last(where: { $0.header.firstSequence <= sequence }),
            sequence < block.header.nextSequence
        else { return nil }
        var at = storage + block.offset + BlockHeader.size
        for _ in block.header.firstSequence.number..<sequence.number {
            at += Int(at.loadUnaligned(as: UInt16.self)) * 8
        }
        return Record(sequence: sequence, base: at)
    }

    /// Calls `body` with each record from `sequence` on.
    public func forEachRecord(
        from sequence: SequenceNumber, _ body: (Record) throws -> Void
    ) rethrows {
        for block in blocks where block.header.nextSequence > sequence {
            var at = UnsafeRawPointer(storage + block.offset + BlockHeader.size)
            var current = block.header.firstSequence
            while current < block.header.nextSequence {
                let record = Record(sequence: current, base: at)
                if current >= sequence { try body(record) }
                at += record.byteCount
                current = current.next
            }
        }
    }

    private mutating func write(
        _ texts: [String], from start: Int, to end: Int, base: UnsafeMutableRawPointer
    ) {
        // Write zeros first: padding is part of the bytes that are compared and signed.
        (base + start).initializeMemory(as: UInt8.self, repeating: 0, count: end - start)
        var at = start
        for text in texts {
            base.storeBytes(of: UInt32(text.utf8.count), toByteOffset: at, as: UInt32.self)
            at += 4
            for byte in text.utf8 {
                base.storeBytes(of: byte, toByteOffset: at, as: UInt8.self)
                at += 1
            }
        }
    }

    /// Where to put the next record of `size` bytes: in the last block if it fits, else in a new
    /// one.
    @inline(__always)
    private mutating func room(for size: Int) -> UnsafeMutableRawPointer {
        if let last = blocks.last, last.payloadLength + size <= BlockHeader.fullPayload,
            used + size <= capacity
        {
            return storage + used
        }
        return newBlock(for: size)
    }

    @inline(never)
    private mutating func newBlock(for size: Int) -> UnsafeMutableRawPointer {
        let continues =
            blocks.last.map { $0.payloadLength + size <= BlockHeader.fullPayload } ?? false
        let needed = size + (continues ? 0 : BlockHeader.size)
        if used + needed > capacity {
            let larger = max(capacity * 2, used + needed)
            let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
            moved.copyMemory(from: storage, byteCount: used)
            storage.deallocate()
            storage = moved
            capacity = larger
        }
        if !continues {
            blocks.append(
                PendingBlock(offset: used, header: BlockHeader(firstSequence: nextSequence)))
            used += BlockHeader.size
        }
        return storage + used
    }

    @inline(__always)
    private mutating func commit(_ base: UnsafeMutableRawPointer, _ size: Int) -> SequenceNumber {
        let sequence = nextSequence
        let last = blocks.count - 1
        blocks[last].payloadLength += size
        blocks[last].header.include(Record(sequence: sequence, base: base))
        newest = used
        used += size
        nextSequence = sequence.next
        return sequence
    }

    /// Completes block `index` in place: payload checksum, chain link and header checksum.
    ///
    /// - Parameter link: returns the chain link for the 16 header bytes and the payload it covers.
    public mutating func seal(
        _ index: Int, link: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> ChainLink
    ) -> UnsafeRawBufferPointer {
        let block = blocks[index]
        let base = storage + block.offset
        let payload = UnsafeRawBufferPointer(
            start: base + BlockHeader.size, count: block.payloadLength)
        var header = block.header
        header.payloadLength = UInt32(block.payloadLength)
        header.payloadChecksum = checksum(payload)
        header.write(to: base)
        header.link = link(
            UnsafeRawBufferPointer(start: base + BlockHeader.linkedOffset, count: 16), payload)
        header.write(to: base)
        return UnsafeRawBufferPointer(start: base, count: block.byteCount)
    }
}
