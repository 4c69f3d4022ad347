import Foundation

/// Where the package lies, and what is built beside the tests.
public enum Checkout {
    public static let root: URL = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url
    }()

    /// The directory of the tests' own program; the other programs are built next to it.
    public static let products: String = {
        let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: own ?? "").deletingLastPathComponent().path
    }()

    /// The directory of the market data that the repository does not hold.
    public static let data: String =
        ProcessInfo.processInfo.environment["LEDGER_DATA"]
        ?? root.deletingLastPathComponent().appendingPathComponent("shared/data").path

    public static let hasData = FileManager.default.fileExists(atPath: data)
}
