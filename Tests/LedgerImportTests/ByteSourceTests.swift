import Glibc
import LedgerImport
import Testing

@Suite struct `Byte sources` {
    let plain = Reading(Sample.csv, .bars).events

    @Test(arguments: Sample.packed)
    func `every packing gives the plain file's events`(_ name: String, _ bytes: [UInt8]) {
        let reading = Reading(bytes, .bars)
        #expect(plain.count == 3)
        #expect(reading.events == plain, "\(name): \(reading.message)")
    }

    @Test(arguments: Sample.packed)
    func `every truncation of a packed file is an error`(_ name: String, _ bytes: [UInt8]) {
        for count in 8..<bytes.count {
            let reading = Reading(Array(bytes[..<count]), .bars)
            #expect(reading.error?.kind == .damaged, "\(name) cut at \(count): \(reading.message)")
            #expect(reading.error?.byte != nil)
        }
    }

    @Test(arguments: Sample.packed)
    func `a flipped byte never changes the events undetected`(_ name: String, _ bytes: [UInt8]) {
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 0x55
            let reading = Reading(damaged, .bars)
            #expect(reading.error != nil || reading.events == plain, "\(name) at \(index)")
        }
    }

    @Test func `gzip members follow each other, and zeros may fill up the end`() {
        let rest = Array("1672531380000000000,1,2,1,2,3\n".utf8)
        #expect(Reading(Sample.gzip + [0, 0, 0], .bars).events == plain)
        let twice = Reading(Sample.gzip + Sample.gzip, .bars)
        #expect(twice.error?.line == 5)
        #expect(Reading(Sample.gzip + rest, .bars).error?.kind == .damaged)
    }

    /// What `zip -` from a pipe and some libraries write however small the archive is.
    @Test(arguments: [true, false])
    func `a zip64 archive is read`(_ isSaturated: Bool) {
        func little(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        let end = Sample.zip.count - 22
        let (offset, length) = (0x9D, 0x36)
        let record =
            [0x50, 0x4B, 6, 6] + little(44, 8) + little(45, 2) + little(45, 2) + little(0, 8)
            + little(1, 8) + little(1, 8) + little(length, 8) + little(offset, 8)
        let locator = [0x50, 0x4B, 6, 7] + little(0, 4) + little(end, 8) + little(1, 4)
        let old =
            isSaturated
            ? [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + [UInt8](repeating: 255, count: 12) + [0, 0]
            : Array(Sample.zip[end...])
        let bytes = Sample.zip[..<end] + record + locator + old
        let reading = Reading(Array(bytes), .bars)
        #expect(reading.events == plain, "\(reading.message)")
        var damaged = Array(bytes)
        damaged[end] = 0
        #expect(Reading(damaged, .bars).error?.kind == .damaged)
    }

    @Test func `an archive of several entries asks for one`() {
        #expect(
            Reading(Sample.several, .bars, name: "a.zip").message
                == "a.zip: the archive has 2 entries (notes.txt, bars.csv); name one, as in "
                + "a.zip#notes.txt")
        let path = temporary(Sample.several)
        defer { unlink(path) }
        #expect(Reading(path: path + "#bars.csv", .bars).events == plain)
        #expect(Reading(path: path + "#none", .bars).error?.kind == .unsupported)
    }

    @Test func `an encrypted entry and an unknown method are refused`() {
        var bytes = Sample.zip
        let at = bytes.count - 22 - 54
        bytes[at + 8] |= 1
        #expect(
            Reading(bytes, .bars).message
                == "t.csv: the entry bars.csv is encrypted; unpack it first")
        bytes[at + 8] = 0
        bytes[at + 10] = 12
        #expect(Reading(bytes, .bars).error?.kind == .unsupported)
    }

    @Test(arguments: [("plain", Array(Sample.csv.utf8))] + Sample.packed)
    func `a path gives what the bytes in memory give`(_ name: String, _ bytes: [UInt8]) {
        let path = temporary(bytes)
        defer { unlink(path) }
        #expect(Reading(path: path, .bars).events == plain, "\(name)")
    }

    @Test func `a missing file and a folder are named`() {
        #expect(
            Reading(path: "/no/such.csv", .bars).message
                == "/no/such.csv: cannot be opened: No such file or directory")
        #expect(Reading(path: "/tmp", .bars).error?.kind == .cannotRead)
    }

    @Test func `standard input takes every packing`() {
        let saved = dup(STDIN_FILENO)
        for (name, bytes) in [("plain", Array(Sample.csv.utf8))] + Sample.packed {
            var ends: [Int32] = [0, 0]
            #expect(pipe(&ends) == 0)
            #expect(write(ends[1], bytes, bytes.count) == bytes.count)
            close(ends[1])
            dup2(ends[0], STDIN_FILENO)
            close(ends[0])
            #expect(Reading(path: "-", .bars).events == plain, "\(name)")
        }
        dup2(saved, STDIN_FILENO)
        close(saved)
    }

    private func temporary(_ bytes: [UInt8]) -> String {
        var template = Array("/tmp/ledger-import-XXXXXX".utf8CString)
        let file = mkstemp(&template)
        #expect(write(file, bytes, bytes.count) == bytes.count)
        close(file)
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
