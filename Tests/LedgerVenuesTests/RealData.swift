import Foundation

/// Recorded answers of real venues: `LEDGER_DATA`, else `../shared/data` beside the package.
enum RealData {
    static let path: String = {
        if let path = ProcessInfo.processInfo.environment["LEDGER_DATA"] { return path }
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { url.deleteLastPathComponent() }
        return url.appendingPathComponent("shared/data").path
    }()

    static let isHere = FileManager.default.fileExists(atPath: "\(path)/binance")

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
    }
}
