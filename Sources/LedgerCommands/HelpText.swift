extension String {
    /// Joins the lines of each paragraph, so that the help printer wraps them once, at the width of
    /// the terminal. Indented lines, such as examples and tables, stay as they are.
    package var paragraphs: String {
        var result = ""
        var continues = false
        for line in split(separator: "\n", omittingEmptySubsequences: false) {
            let isProse = !line.isEmpty && line.first != " "
            if !result.isEmpty { result += isProse && continues ? " " : "\n" }
            result += line
            continues = isProse
        }
        return result
    }
}
