import LedgerDomain

/// Converts records of older versions to the current version, step by step: 1 to 2, 2 to 3.
///
/// A journal reader passes every record through `current`. A record of the current version costs
/// one comparison; an older one is rebuilt in the reader's scratch. Newer versions and unknown
/// types pass through unchanged: the JSON writer shows them, and decoding throws
/// `RecordError.newerVersion`.
public struct UpcastChain: Sendable {
    /// Converts one version of a type's payload to the next.
    public struct Step: Sendable {
        public var type: EventType
        public var from: UInt8
        /// Appends the new payload, from offset 20 on, to the empty `new`. `old` includes the texts
        /// and the padding. Quantities keep the power of ten of the record.
        public var convert: @Sendable (_ old: [UInt8], _ new: inout [UInt8]) -> Bool

        /// - Parameter convert: returns false if the old payload is too short for its version.
        public init(
            _ type: EventType, from: UInt8,
            convert: @escaping @Sendable (_ old: [UInt8], _ new: inout [UInt8]) -> Bool
        ) {
            (self.type, self.from, self.convert) = (type, from, convert)
        }
    }

    /// In ascending order of type, then version.
    private let steps: [Step]
    /// The current version of each type, indexed by type number; 0 if there is no such type.
    private let versions: [UInt8]
    /// The highest current version of any type. A record of this version or above needs no step.
    private let highest: UInt8

    /// The steps of this program. A step from each released version of each type stays here
    /// forever.
    public static let released: UpcastChain = {
        do { return try UpcastChain([]) } catch {
            preconditionFailure("the upcast chain is invalid: \(error)")
        }
    }()

    /// - Throws: `UpcastError` unless, for each type, exactly one step leads from each older
    ///   version to the next version.
    public init(
        _ steps: [Step], payloads: [any Event.Type] = EventCatalog.payloads
    ) throws(UpcastError) {
        let last = payloads.map { Int($0.type.rawValue) }.max() ?? 0
        var versions = [UInt8](repeating: 0, count: last + 1)
        for payload in payloads { versions[Int(payload.type.rawValue)] = payload.version }
        self.versions = versions
        highest = versions.max() ?? 0
        self.steps = steps.sorted { ($0.type.rawValue, $0.from) < ($1.type.rawValue, $1.from) }
        for (step, next) in zip(self.steps, self.steps.dropFirst())
        where step.type == next.type && step.from == next.from {
            throw .duplicate(step.type, step.from)
        }
        for step in self.steps where step.from == 0 || step.from >= present(step.type.rawValue) {
            throw .leadsNowhere(step.type, step.from)
        }
        for payload in payloads {
            for version in 1..<max(1, payload.version) where find(payload.type, version) == nil {
                throw .gap(payload.type, version)
            }
        }
    }

    private func present(_ type: UInt16) -> UInt8 {
        Int(type) < versions.count ? versions[Int(type)] : 0
    }

    private func find(_ type: EventType, _ version: UInt8) -> Int? {
        var low = 0
        var high = steps.count
        while low < high {
            let middle = (low + high) / 2
            if (steps[middle].type.rawValue, steps[middle].from) < (type.rawValue, version) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        guard low < steps.count, steps[low].type == type, steps[low].from == version else {
            return nil
        }
        return low
    }

    /// The record in the current version of its type: the record itself, or a view of `scratch`
    /// that is valid until the next call.
    ///
    /// - Throws: `RecordError` if an older payload is too short for its version.
    @inline(__always)
    public func current(
        _ record: Record, _ scratch: inout UpcastScratch
    ) throws(RecordError) -> Record {
        if record.version >= highest { return record }
        return try upcast(record, &scratch)
    }

    @inline(never)
    private func upcast(
        _ record: Record, _ scratch: inout UpcastScratch
    ) throws(RecordError) -> Record {
        let target = present(record.rawType)
        guard record.version < target, let type = record.type,
            var step = find(type, record.version)
        else { return record }
        scratch.load(record)
        for _ in record.version..<target {
            guard scratch.convert(steps[step].convert) else { throw record.truncated }
            step += 1
        }
        return try scratch.record(like: record, version: target)
    }
}

/// The memory in which a reader rebuilds older records. Reuse it for each record.
public struct UpcastScratch: ~Copyable {
    private var payload: [UInt8] = []
    private var next: [UInt8] = []
    private var words: UnsafeMutableRawPointer
    private static let capacity = Int(UInt16.max) * 8

    public init() { words = .allocate(byteCount: Self.capacity, alignment: 16) }

    deinit { words.deallocate() }

    fileprivate mutating func load(_ record: Record) {
        payload.removeAll(keepingCapacity: true)
        payload.append(contentsOf: record.bytes[Record.payloadOffset..<record.payloadEnd])
    }

    fileprivate mutating func convert(_ step: ([UInt8], inout [UInt8]) -> Bool) -> Bool {
        next.removeAll(keepingCapacity: true)
        guard step(payload, &next) else { return false }
        swap(&payload, &next)
        return true
    }

    /// The new payload between the envelope and the trailer of the old record.
    fileprivate mutating func record(
        like old: Record, version: UInt8
    ) throws(RecordError) -> Record {
        let end = max(Record.smallest, (Record.payloadOffset + payload.count + 7) & ~7)
        let total = end + old.trailerSize
        guard total <= Self.capacity else { throw old.error(.badLength(total)) }
        words.copyMemory(from: old.base, byteCount: Record.payloadOffset)
        words.storeBytes(of: UInt16(total / 8), as: UInt16.self)
        words.storeBytes(of: version, toByteOffset: 4, as: UInt8.self)
        payload.withUnsafeBytes { bytes in
            guard let source = bytes.baseAddress else { return }
            (words + Record.payloadOffset).copyMemory(from: source, byteCount: bytes.count)
        }
        let padding = end - Record.payloadOffset - payload.count
        (words + end - padding).initializeMemory(as: UInt8.self, repeating: 0, count: padding)
        (words + end).copyMemory(from: old.base + old.payloadEnd, byteCount: old.trailerSize)
        return Record(sequence: old.sequence, base: UnsafeRawPointer(words))
    }
}

/// A chain that does not lead from every old version to the current one.
public enum UpcastError: Error, Equatable, CustomStringConvertible {
    /// No step leads from this version of a type to the next.
    case gap(EventType, UInt8)
    case duplicate(EventType, UInt8)
    /// A step from version 0, or from a version that is not older than the current one.
    case leadsNowhere(EventType, UInt8)

    public var description: String {
        switch self {
        case .gap(let type, let from): "no step leads from version \(from) of \(type.name)"
        case .duplicate(let type, let from):
            "two steps lead from version \(from) of \(type.name)"
        case .leadsNowhere(let type, let from):
            "a step from version \(from) of \(type.name) leads to a version that does not exist"
        }
    }
}
