import Glibc
import LedgerReading
import LedgerUpkeep

package enum TextFile {
    /// The content of a small text file; `-` is standard input.
    package static func read(_ path: String) throws -> String {
        guard let text = String(validating: try bytes(path), as: UTF8.self) else {
            throw CommandError("\(path) is not valid UTF-8")
        }
        return text
    }

    /// The content of a small file; `-` is standard input.
    package static func bytes(_ path: String) throws -> [UInt8] {
        let file: Int32
        do throws(InputError) { file = try WholeFile.descriptor(path) } catch {
            throw CommandError("\(error)")
        }
        defer { if file != 0 { close(file) } }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            guard count >= 0 else {
                throw CommandError("\(path): \(String(cString: strerror(errno)))")
            }
            guard count > 0 else { break }
            bytes += buffer[..<count]
            guard bytes.count <= 16 << 20 else {
                throw CommandError("\(path) is too large for a configuration")
            }
        }
        return bytes
    }

    /// Replaces a file as a whole.
    package static func write(_ text: String, to path: String) throws {
        do throws(ArtifactError) { try ArtifactFile.write(Array(text.utf8), to: path) } catch {
            throw CommandError("\(error)", code: 4)
        }
    }
}
