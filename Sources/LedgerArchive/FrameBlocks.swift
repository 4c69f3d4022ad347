import LedgerDomain
import LedgerEvents
import LedgerJournal

/// The blocks of a decoded frame, rebuilt from their records byte for byte as in the journal.
// Sendable unchecked: used by one thread at a time.
final class FrameBlocks: @unchecked Sendable {
    let storage = ByteBuffer(capacity: 1 << 20)
    private(set) var places: [(first: SequenceNumber, offset: Int, size: Int)] = []
    private(set) var head: FrameHead?
    private let hasher = ChainHasher()

    /// - Throws: `FrameError` if the chain does not end in the link that the frame states.
    func build(_ frame: FrameDecoder) throws(FrameError) {
        storage.removeAll()
        places.removeAll(keepingCapacity: true)
        head = nil
        var previous = frame.head.linkBefore
        var first = frame.head.first
        var at = 0
        for count in frame.blocks {
            let size = try Self.size(frame.payload.bytes, at, count)
            let offset = storage.count
            let base = storage.extend(BlockHeader.size + size)
            (base + BlockHeader.size).copyMemory(from: frame.payload.base + at, byteCount: size)
            do throws(BlockError) {
                previous = try BlockHeader.complete(
                    base, first: first, count: count, payloadLength: size
                ) { header, payload in
                    hasher.link(after: previous, header: header, payload: payload)
                }.link
            } catch { throw FrameError("the block at event \(first): \(error)") }
            places.append((first, offset, BlockHeader.size + size))
            first = first.advanced(by: Int(count))
            at += size
        }
        guard previous == frame.head.linkAfter else {
            throw FrameError(
                "its chain ends in \(previous), but its header says \(frame.head.linkAfter)")
        }
        head = frame.head
    }

    private static func size(
        _ payload: UnsafeRawBufferPointer, _ start: Int, _ count: UInt32
    ) throws(FrameError) -> Int {
        var at = start
        for _ in 0..<count {
            guard at + Record.smallest <= payload.count else {
                throw FrameError("its records are shorter than their blocks")
            }
            at += Int(payload.loadUnaligned(fromByteOffset: at, as: UInt16.self)) * 8
        }
        guard at <= payload.count else {
            throw FrameError("its records are longer than their blocks")
        }
        return at - start
    }

    func block(_ index: Int) -> UnsafeRawBufferPointer {
        let place = places[index]
        return UnsafeRawBufferPointer(
            rebasing: storage.bytes[place.offset..<place.offset + place.size])
    }
}
