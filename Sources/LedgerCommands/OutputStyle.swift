import ArgumentParser

package enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json, jsonl, csv
}

/// When a text table has colours.
package enum Colouring: String, ExpressibleByArgument, CaseIterable {
    case auto, always, never
}

/// How a command prints its rows.
package struct OutputStyle {
    package var format: OutputFormat
    /// The columns to print, in this order; all where there are none.
    package var columns: [String] = []
    /// The most characters of a line of a text table; nil where there is no limit.
    package var width: Int?
    package var isColoured = false

    /// The same for a text table among other output.
    package var asTable: OutputStyle {
        var style = self
        style.format = .table
        style.columns = []
        return style
    }
}

/// How events are printed.
package struct EventFormatOptions: ParsableArguments {
    package init() {}

    @Option(help: "Output format: table, json, jsonl or csv.")
    package var format = OutputFormat.table
}

/// How rows are printed, for commands whose `--columns` are those of their input.
package struct RowOptions: ParsableArguments {
    package init() {}

    @OptionGroup package var events: EventFormatOptions
    @Flag(help: "Print every column and wrap nothing, however wide the table is.")
    package var wide = false
    @Option(help: "Colours in tables: auto, always or never.")
    package var color = Colouring.auto

    package var format: OutputFormat { events.format }

    package var style: OutputStyle {
        let isColoured =
            switch color {
            case .always: true
            case .never: false
            case .auto: Terminal.wantsColours
            }
        return OutputStyle(
            format: format, width: wide ? nil : Terminal.width, isColoured: isColoured)
    }
}

/// How rows are printed, and which of their columns.
package struct FormatOptions: ParsableArguments {
    package init() {}

    @OptionGroup package var rows: RowOptions
    @Option(help: "Columns to print, separated by commas.")
    package var columns: String?

    package var format: OutputFormat { rows.format }

    package var style: OutputStyle {
        var style = rows.style
        style.columns = columns?.split(separator: ",").map { $0.filter { $0 != " " } } ?? []
        return style
    }
}
