import LedgerDomain
import LedgerEvents

/// A run of whole blocks as columns: what one zstd frame of a snapshot or a segment holds.
///
///     offset  size
///          0     4  "LGRF"
///          4     2  version of the frame format, 1
///          6     2  zero
///          8     8  sequence of the first event
///         16     4  number of events
///         20     4  number of blocks
///         24     8  bytes of the blocks' payloads together
///         32    32  chain link before the first block
///         64    32  chain link of the last block
///         96     …  blocks: the number of events of each (varint)
///            shapes: their number (varint), then of each the first 8 bytes of its records (8), its
///            instrument (4) and its number of records (varint)
///            the shape of each event: one byte, or two where there are more than 256; nothing
///            where there is one shape
///            the times of all events (a column)
///            of each shape in turn: the records' words from offset 16 on, each a column; the words of
///            shapes with less than 8 records or more than 255 words follow each other as they are
///
/// Records of one shape have the same length, type, version, flags, account and instrument. A
/// block's header is not kept: all of it follows from its records and the links.
enum FrameLayout {
    static let magic: UInt32 = 0x4652_474C
    static let version: UInt16 = 1
    static let headerSize = 96
    /// The number of events in a frame, or fewer where a block ends.
    static let events = 32_768
    /// No frame of a valid journal is larger; a file that claims more is hostile.
    static let mostEvents = 1 << 20
    static let mostBytes = 1 << 28
    /// Of the content: columns need a little more than the payloads where nothing can be guessed.
    static let mostContent = 1 << 29
    static let fewestRows = 8
    static let mostWords = 255

    /// Words before the columns: the first is the shape's, the second the time.
    static let leadingWords = 2
}

/// What the head of a frame says.
struct FrameHead: Hashable, Sendable {
    var first: SequenceNumber
    var count: Int
    var blocks: Int
    var payloadBytes: Int
    var linkBefore: ChainLink
    var linkAfter: ChainLink

    var last: SequenceNumber { SequenceNumber(first.number + UInt64(count) - 1) }

    func write(to output: ByteBuffer) {
        output.append(FrameLayout.magic)
        output.append(FrameLayout.version)
        output.append(UInt16(0))
        output.append(first.number)
        output.append(UInt32(count))
        output.append(UInt32(blocks))
        output.append(UInt64(payloadBytes))
        for link in [linkBefore, linkAfter] {
            output.append(link.words.0)
            output.append(link.words.1)
            output.append(link.words.2)
            output.append(link.words.3)
        }
    }

    init(
        first: SequenceNumber, count: Int, blocks: Int, payloadBytes: Int, linkBefore: ChainLink,
        linkAfter: ChainLink
    ) {
        (self.first, self.count, self.blocks) = (first, count, blocks)
        (self.payloadBytes, self.linkBefore, self.linkAfter) = (payloadBytes, linkBefore, linkAfter)
    }

    init(from input: inout ByteCursor) throws(FrameError) {
        guard try input.read(UInt32.self) == FrameLayout.magic else {
            throw FrameError("it does not begin like a frame of events")
        }
        let version: UInt16 = try input.read()
        guard version == FrameLayout.version else {
            throw FrameError("it has format \(version), but this program reads format 1")
        }
        guard try input.read(UInt16.self) == 0 else { throw FrameError("its head is damaged") }
        let number: UInt64 = try input.read()
        let (events, blocks): (UInt32, UInt32) = (try input.read(), try input.read())
        let bytes: UInt64 = try input.read()
        guard number > 0, number < 1 << 62, events > 0, Int(events) <= FrameLayout.mostEvents,
            blocks > 0, blocks <= events, bytes <= UInt64(FrameLayout.mostBytes),
            bytes >= UInt64(events) * UInt64(Record.smallest), bytes % 8 == 0
        else {
            throw FrameError(
                "it claims \(events) events from \(number) in \(blocks) blocks of \(bytes) bytes")
        }
        first = SequenceNumber(number)
        (count, self.blocks, payloadBytes) = (Int(events), Int(blocks), Int(bytes))
        func link(_ input: inout ByteCursor) throws(FrameError) -> ChainLink {
            ChainLink((try input.read(), try input.read(), try input.read(), try input.read()))
        }
        linkBefore = try link(&input)
        linkAfter = try link(&input)
    }
}
