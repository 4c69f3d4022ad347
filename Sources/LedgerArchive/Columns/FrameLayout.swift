import LedgerDomain
import LedgerEvents

/// A run of whole blocks as columns: the content of one zstd frame in a snapshot or a segment.
///
///     offset  size
///          0     4  "LGRF"
///          4     2  version of the frame format, 1
///          6     2  zero
///          8     8  sequence number of the first event
///         16     4  number of events
///         20     4  number of blocks
///         24     8  total bytes of the blocks' payloads
///         32    32  chain link before the first block
///         64    32  chain link of the last block
///         96     …  blocks: the number of events of each (varint)
///            shapes: how many (varint), then for each the first 8 bytes of its records (8), its
///            instrument (4) and its number of records (varint)
///            the shape of each event: one byte, or two if there are more than 256 shapes; nothing
///            if there is one shape
///            the times of all events (a column)
///            for each shape the words of its records from offset 16 on, each word a column; for
///            shapes with fewer than 8 records or more than 255 words, the records as they are
///            shapes with less than 8 records or more than 255 words follow each other as they are
///
/// Records of one shape have the same length, type, version, flags, account and instrument. Block
/// headers are not stored: they follow from the records and the links.
enum FrameLayout {
    static let magic: UInt32 = 0x4652_474C
    static let version: UInt16 = 1
    static let headerSize = 96
    /// The number of events in a frame; fewer if a block ends earlier.
    static let events = 32_768
    /// No frame of a valid journal is larger; a file that claims more is untrustworthy.
    static let mostEvents = 1 << 20
    static let mostBytes = 1 << 28
    /// The limit for the content: unpredictable columns need slightly more than the payloads.
    static let mostContent = 1 << 29
    static let fewestRows = 8
    static let mostWords = 255

    /// Words before the columns: the first belongs to the shape, the second is the time.
    static let leadingWords = 2
}

/// The header of a frame.
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
            throw FrameError("it does not start with the frame marker")
        }
        let version: UInt16 = try input.read()
        guard version == FrameLayout.version else {
            throw FrameError("it has format \(version), but this program reads format 1")
        }
        guard try input.read(UInt16.self) == 0 else { throw FrameError("its header is damaged") }
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
