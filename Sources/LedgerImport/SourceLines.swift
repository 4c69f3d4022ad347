/// A line that is longer than any message may be.
public struct OverlongLine: Error, CustomStringConvertible {
    public var number: Int

    public var description: String { "line \(number) is longer than 1048576 bytes" }
}

/// The lines of a source, each at most 1 MiB. The last may lack its line ending.
public struct SourceLines {
    private let source: ByteSource
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    public private(set) var count = 0

    public init(_ source: ByteSource) { self.source = source }

    public mutating func next() throws -> [UInt8]? {
        while true {
            if let end = buffer[start...].firstIndex(of: 10) {
                defer { start = end + 1 }
                count += 1
                return Array(buffer[start..<end])
            }
            guard !isAtEnd else {
                guard start < buffer.count else { return nil }
                defer { start = buffer.count }
                count += 1
                return Array(buffer[start...])
            }
            try fill()
        }
    }

    private mutating func fill() throws {
        buffer.removeFirst(start)
        start = 0
        guard buffer.count <= 1 << 20 else { throw OverlongLine(number: count + 1) }
        var piece = [UInt8](repeating: 0, count: 65_536)
        let source = source
        let read = try source.read(into: &piece)
        isAtEnd = read == 0
        buffer += piece[..<read]
    }
}
