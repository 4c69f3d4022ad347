/// An enumeration that gives each case a word for journals, settings and machine-readable output.
///
/// A word never changes, because files and other programs hold it. The name of a case in Swift may.
/// Interpolating a case gives its word.
public protocol Worded: CaseIterable, CustomStringConvertible, Sendable {
    /// In the order of `allCases`.
    static var words: [String] { get }
    var word: String { get }
}

extension Worded {
    public static var words: [String] { allCases.map(\.word) }
    public var description: String { word }

    /// Nil unless a case has exactly this word.
    public init?(word: some StringProtocol) {
        guard let found = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = found
    }
}
