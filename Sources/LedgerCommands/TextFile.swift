import LedgerReading
import LedgerRunning
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
        do throws(InputError) { return try WholeFile.read(path, limit: 16 << 20) } catch {
            throw CommandError("\(error)")
        }
    }

    /// Replaces a file as a whole.
    package static func write(_ text: String, to path: String) throws {
        do throws(ArtifactError) { try ArtifactFile.write(Array(text.utf8), to: path) } catch {
            throw CommandError("\(error)", code: 4)
        }
    }
}
