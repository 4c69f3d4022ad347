import Glibc

/// Splits a source into lines in one buffer of fixed size; a line never leaves the buffer.
// unsafe: rows are parsed in place because this is the hot path. A line is valid until the next
// call and is followed by at least one readable byte that is not a digit.
struct LineBuffer: ~Copyable {
    /// The longest line accepted as a row.
    static let longestLine = 64 << 10

    let source: ByteSource
    /// The number of the last line, from 1.
    private(set) var lineNumber = 0
    /// Whether any byte in the buffer is NUL; if so, every line is searched for it.
    private(set) var mayHoldNUL = false
    private let memory: UnsafeMutablePointer<UInt8>
    private let capacity: Int
    private var start = 0
    private var end = 0
    private var lastStart = 0
    private var isAtEnd = false
    private var isSkipping = false

    /// - Parameter capacity: at least twice the longest line.
    init(_ source: ByteSource, capacity: Int = 512 << 10) {
        precondition(capacity >= 2 * Self.longestLine, "the buffer holds two lines of full length")
        self.source = source
        self.capacity = capacity
        memory = .allocate(capacity: capacity + 1)
    }

    deinit { memory.deallocate() }

    /// The next line without its line ending, or nil at the end of the file.
    ///
    /// - Throws: `ImportError.Kind.overlongLine` once for a line over 64 KiB, which the next call
    ///   skips; the source's errors.
    @inline(__always)
    mutating func next() throws(ImportError) -> UnsafeBufferPointer<UInt8>? {
        let from = memory + start
        guard start < end, !isSkipping, let found = memchr(from, 10, end - start) else {
            return try nextWithRefill()
        }
        let length = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - UnsafePointer(from)
        return try line(length)
    }

    /// Returns the last line again without its first bytes.
    mutating func unread(skipping count: Int = 0) {
        start = lastStart + count
        lineNumber -= 1
    }

    /// Copies of the next lines, at most so many, without taking them. A line that is longer than
    /// any row ends them.
    mutating func peek(_ count: Int) throws(ImportError) -> [[UInt8]] {
        while !isAtEnd, !isSkipping, end - start < Self.longestLine, ends(count) < count {
            try refill()
        }
        var found: [[UInt8]] = []
        var from = start
        while found.count < count, from < end {
            let rest = UnsafeBufferPointer(start: memory + from, count: end - from)
            guard let length = rest.firstIndex(of: 10) ?? (isAtEnd ? rest.count : nil),
                length <= Self.longestLine
            else { break }
            let isDOS = length > 0 && rest[length - 1] == 13
            found.append(Array(rest[..<(isDOS ? length - 1 : length)]))
            from += length + 1
        }
        return found
    }

    /// The first byte that is no blank, without taking it.
    mutating func firstByte() throws(ImportError) -> UInt8? {
        while true {
            for at in start..<end where ![9, 10, 13, 32].contains(memory[at]) { return memory[at] }
            guard !isAtEnd, end - start < Self.longestLine else { return nil }
            try refill()
        }
    }

    /// Takes all that follows; nil for more bytes than the limit.
    mutating func rest(atMost limit: Int) throws(ImportError) -> [UInt8]? {
        var all: [UInt8] = []
        while true {
            all += UnsafeBufferPointer(start: memory + start, count: end - start)
            start = end
            guard all.count <= limit else { return nil }
            if isAtEnd { return all }
            try refill()
        }
    }

    /// How many lines end in the buffer, counted up to a limit.
    private func ends(_ limit: Int) -> Int {
        var count = 0
        for at in start..<end where memory[at] == 10 {
            count += 1
            if count == limit { break }
        }
        return count
    }

    @inline(__always)
    private mutating func line(_ length: Int) throws(ImportError) -> UnsafeBufferPointer<UInt8>? {
        lastStart = start
        start += length + 1
        lineNumber += 1
        guard length <= Self.longestLine else { throw overlong() }
        let base = memory + lastStart
        let isDOS = length > 0 && base[length - 1] == 13
        return UnsafeBufferPointer(start: base, count: isDOS ? length - 1 : length)
    }

    @inline(never)
    private mutating func nextWithRefill() throws(ImportError) -> UnsafeBufferPointer<UInt8>? {
        if isSkipping { try skipLine() }
        var searched = 0
        while true {
            let from = memory + start + searched
            if end - start > searched, let found = memchr(from, 10, end - start - searched) {
                let at = UnsafePointer(found.assumingMemoryBound(to: UInt8.self))
                return try line(at - UnsafePointer(memory + start))
            }
            searched = end - start
            if searched > Self.longestLine {
                isSkipping = true
                lineNumber += 1
                throw overlong()
            }
            if isAtEnd { return searched == 0 ? nil : try lastLine() }
            try refill()
        }
    }

    /// Adds a line ending to a last line that lacks one; the buffer has a spare byte for it.
    private mutating func lastLine() throws(ImportError) -> UnsafeBufferPointer<UInt8>? {
        memory[end] = 10
        end += 1
        return try line(end - start - 1)
    }

    private mutating func skipLine() throws(ImportError) {
        isSkipping = false
        while true {
            if let found = memchr(memory + start, 10, end - start) {
                let at = UnsafePointer(found.assumingMemoryBound(to: UInt8.self))
                start = at - UnsafePointer(memory) + 1
                return
            }
            start = end
            if isAtEnd { return }
            try refill()
        }
    }

    /// Moves the unfinished line to the front and fills the rest of the buffer.
    private mutating func refill() throws(ImportError) {
        let rest = end - start
        if start > 0 { memmove(memory, memory + start, rest) }
        start = 0
        end = rest
        let room = UnsafeMutableRawBufferPointer(start: memory + end, count: capacity - end)
        let count = try source.read(into: room)
        if count == 0 {
            isAtEnd = true
            return
        }
        mayHoldNUL = memchr(memory, 0, end + count) != nil
        end += count
    }

    private func overlong() -> ImportError {
        ImportError(
            .overlongLine, file: source.name, line: lineNumber,
            "the line is longer than \(Self.longestLine >> 10) KiB; is this a text file with one "
                + "row per line?")
    }
}
