import Glibc
import LedgerDomain
import LedgerEvents
import Testing

@testable import LedgerJournal

/// Damage of the pages that LMDB itself trusts. Another process reads, so that a signal is seen.
@Suite struct PageDamage {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private var path: String { directory.journal }
    private var data: String { path + "/data.mdb" }

    /// A journal with every kind of page: meta, branch, leaf and overflow pages, and free ones.
    private func make() throws {
        let journal = try LMDBJournal.create(directory: path)
        for size in [1, 2000, 40, 3000] { try journal.commitTrades(size) }
        for _ in 0..<300 { try journal.commitTrades(12) }
        for number in 1...40 as ClosedRange<UInt64> {
            let bytes = [UInt8](repeating: UInt8(number), count: Int(number) * 300)
            try journal.storeCheckpoint(
                StateCheckpoint(
                    name: "fold", version: 1, sequence: SequenceNumber(number), bytes: bytes))
        }
        try journal.removeCheckpoints(name: "fold") { $0.number % 3 == 0 }
        for number in 1...30 { _ = try journal.submit([UInt8(number)], submitter: "feed") }
    }

    /// How another process ends that reads the journal: its exit code, or 128 and the signal.
    private func end(_ command: String) throws -> Int32 {
        let status = try HelperProcess(command, path).wait()
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }

    private func page(_ bytes: [UInt8], _ number: Int) -> ArraySlice<UInt8> {
        bytes[number * 4096..<(number + 1) * 4096]
    }

    /// The pages of each kind, by the flags in their headers.
    private func pages(_ bytes: [UInt8]) -> [UInt8: [Int]] {
        Dictionary(grouping: 0..<bytes.count / 4096) { bytes[$0 * 4096 + 10] }
    }

    @Test func `an undamaged journal passes, read and written`() throws {
        try make()
        for command in ["pages", "read", "change", "pages"] { #expect(try end(command) == 0) }
    }

    @Test func `a file that was cut is damaged, whatever the length`() throws {
        try make()
        let whole = try contents(of: data)
        for pages in 1...24 {
            truncate(data, off_t(whole.count - pages * 4096))
            #expect([0, 3].contains(try end("pages")), "\(pages) pages")
            #expect([0, 3].contains(try end("read")), "\(pages) pages")
        }
        truncate(data, off_t(whole.count - 24 * 4096))
        #expect(try end("pages") == 3)
    }

    @Test func `aimed changes of every kind of page end no process by a signal`() throws {
        try make()
        let whole = try contents(of: data)
        let kinds = pages(whole)
        for kind in [1, 2, 4, 8] as [UInt8] {
            #expect(kinds[kind]?.isEmpty == false, "pages with flags \(kind)")
        }
        var random = SplitMix64(seed: 20)
        for round in 0..<400 {
            let kind = [1, 2, 2, 4, 8][Int(random.next() % 5)] as UInt8
            guard let numbers = kinds[kind] else { continue }
            let number = numbers[Int(random.next() % UInt64(numbers.count))]
            // Headers, offsets and nodes are at the beginning and at the end of a page.
            let area = [16, 64, 160, 4096][Int(random.next() % 4)] as UInt64
            let near = Int(random.next() % area)
            let offset = number * 4096 + (random.next() % 4 == 0 ? 4095 - near : near)
            let change = UInt8(truncatingIfNeeded: random.next() % 255 + 1)
            try write([whole[offset] ^ change], to: data, at: offset)
            for command in ["read", "pages"] {
                let code = try end(command)
                #expect([0, 2, 3].contains(code), "round \(round), byte \(offset): \(code)")
            }
            try write([whole[offset]], to: data, at: offset)
        }
        #expect(try contents(of: data) == whole)
    }

    @Test func `a page that belongs to two places is damage`() throws {
        try make()
        var bytes = try contents(of: data)
        let branch = try #require(
            pages(bytes)[1]?.first { page(bytes, $0)[$0 * 4096] != 0 })
        func place(_ index: Int) -> Int {
            let at = branch * 4096
            return at + Int(bytes[at + 16 + 2 * index]) + Int(bytes[at + 17 + 2 * index]) << 8
        }
        for index in 0..<6 { bytes[place(1) + index] = bytes[place(0) + index] }
        let second = place(1)
        try write(Array(bytes[second..<second + 6]), to: data, at: second)
        // Stale branch pages are no part of the tree; then nothing is wrong.
        #expect([0, 3].contains(try end("read")))
    }

    @Test func `a journal that is written at the same time is never called damaged`() throws {
        _ = try LMDBJournal.create(directory: path)
        let writer = try HelperProcess("append", path)
        for _ in 0..<10 { _ = writer.line() }
        for _ in 0..<30 {
            #expect(try end("pages") == 0)
            #expect(try end("read") == 0)
        }
        writer.kill()
        #expect(try end("pages") == 0)
    }

    @Test func `a pipe as a data file holds nobody up`() throws {
        mkdir(path, 0o755)
        mkfifo(data, 0o644)
        let error = JournalError.notAJournal(path, "data.mdb is not a regular file")
        #expect(throws: error) { try LMDBJournal.open(directory: path, mode: .readOnly) }
        #expect(throws: error) { try LMDBJournal.create(directory: path) }
    }

    @Test func `one damaged meta page is damage, two are another file`() throws {
        try make()
        let whole = try contents(of: data)
        try write([whole[16] ^ 1], to: data, at: 16)
        #expect(try end("read") == 3)
        try write([whole[4096 + 16] ^ 1], to: data, at: 4096 + 16)
        #expect(try end("read") == 2)
    }

    @Test func `a transaction number that was lowered does not take back a commit`() throws {
        try make()
        let whole = try contents(of: data)
        for meta in [0, 4096] {
            try write([whole[meta + 144] &- 4], to: data, at: meta + 144)
            #expect(try end("read") == 3)
            try write([whole[meta + 144]], to: data, at: meta + 144)
        }
    }
}
