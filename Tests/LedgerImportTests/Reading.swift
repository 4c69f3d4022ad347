import LedgerDomain
import LedgerEvents
import LedgerImport

/// What reading some bytes gave: events until the end or the first error.
struct Reading {
    var events: [MarketEvent] = []
    var error: ImportError?
    var bad = BadRowReport()
    var suspicious = 0
    var otherSymbols = 0

    init(_ bytes: [UInt8], _ format: ImportFormat, name: String = "t.csv") {
        do throws(ImportError) {
            let source = try ByteSource(bytes: bytes, name: name)
            try read(DataFile(source, format: format, instrument: InstrumentID(1)))
        } catch { self.error = error }
    }

    init(_ text: String, _ format: ImportFormat, name: String = "t.csv") {
        self.init(Array(text.utf8), format, name: name)
    }

    init(path: String, _ format: ImportFormat) {
        do throws(ImportError) {
            try read(DataFile(path: path, format: format, instrument: InstrumentID(1)))
        } catch { self.error = error }
    }

    private mutating func read(_ file: DataFile) throws(ImportError) {
        defer {
            bad = file.badRows
            suspicious = file.suspiciousRows
            otherSymbols = file.otherSymbolRows
        }
        while let event = try file.next() { events.append(event) }
    }

    var message: String { error.map(String.init(describing:)) ?? "no error" }
    var times: [String] { events.map { String(describing: $0.time) } }
}

extension ImportFormat {
    static var bars: ImportFormat { ImportFormat(kind: .bar, interval: 60) }

    static func local(_ zone: String, _ interval: UInt32 = 3600) -> ImportFormat {
        var format = ImportFormat(kind: .bar, interval: interval)
        format.zone = zone
        return format
    }
}
