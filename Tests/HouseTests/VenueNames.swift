/// A venue is one folder: nothing outside `Sources/Venues` names one.
enum VenueNames {
    /// The venues' folders.
    static func all(_ paths: [String]) -> [String] {
        paths.reduce(into: [String]()) { names, path in
            let parts = path.split(separator: "/")
            guard path.hasPrefix("Sources/Venues/"), parts.count > 4 else { return }
            let name = parts[2].lowercased()
            if !names.contains(name) { names.append(name) }
        }
    }

    /// Lines of code, comments aside, that name a venue.
    static func used(_ file: SourceText, _ names: [String]) -> [Violation] {
        guard !file.path.hasPrefix("Sources/Venues/") else { return [] }
        return file.lines.enumerated().compactMap { index, line in
            let code = line.drop { $0 == " " }
            guard !code.hasPrefix("//") else { return nil }
            let small = code.lowercased()
            guard let name = names.first(where: small.contains) else { return nil }
            return file.violation(
                index + 1,
                "\(name) is named outside its folder. Ask the venue's descriptor, its connection or "
                    + "its dialect.")
        }
    }
}
