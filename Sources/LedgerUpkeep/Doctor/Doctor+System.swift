import Glibc
import LedgerArchive
import LedgerConfiguration
import LedgerDomain
import LedgerJournal
import LedgerReading
import LedgerRunning
import LedgerSafety

/// The machine: its clock, libraries, directories and resources.
extension Doctor {
    private static let giga = 1_000_000_000

    func environmentChecks() -> [DoctorCheck] {
        var names = utsname()
        let release =
            uname(&names) == 0
            ? withUnsafeBytes(of: names.release) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            } : ""
        let program = DoctorCheck(
            .environment, named: "program", passed: true, Build.identity, actual: "Linux \(release)"
        )
        return [program, clockCheck(), flagCheck()]
    }

    /// A clock that was never set shows a year before this program existed. The difference from a
    /// venue's clock is measured separately.
    private func clockCheck() -> DoctorCheck {
        let earliest = Timestamp(nanoseconds: 1_767_225_600_000_000_000)
        let latest = Timestamp(nanoseconds: 4_102_444_800_000_000_000)
        let isSane = earliest <= subject.now && subject.now < latest
        return DoctorCheck(
            .environment, named: "clock", passed: isSane,
            isSane ? "the clock shows a plausible time" : "the clock is not set",
            expected: "\(earliest) or later", actual: "\(subject.now)",
            fixCommand: isSane ? "" : "timedatectl set-ntp true")
    }

    /// A forgotten flag means a day without trades.
    private func flagCheck() -> DoctorCheck {
        let path = configuration?[GateKeys.flagPath] ?? GateKeys.flagPath.standard
        let found = FlagFile.present(path)
        return DoctorCheck(
            .environment, named: "kill flag", passed: found == nil, severity: .warning,
            found.map { "\($0) exists: entries are blocked" } ?? "no kill flag is set",
            expected: "absent", actual: found ?? "absent",
            fixCommand: found.map { "rm \($0)" } ?? "")
    }

    func libraryChecks() -> [DoctorCheck] {
        let known = [
            (name: "lmdb", version: LMDBLibrary.version, least: "0.9.24"),
            (name: "zstd", version: CompressionLibraries.zstd, least: "1.5.0"),
            (name: "zlib", version: CompressionLibraries.zlib, least: "1.2.11"),
            (name: "openssl", version: CompressionLibraries.openSSL, least: "3.0.0"),
        ]
        return (known + subject.libraries).map { library in
            let isNew = Self.isAtLeast(library.version, least: library.least)
            return DoctorCheck(
                .libraries, named: library.name, passed: isNew,
                isNew ? "new enough" : "older than the version that this program requires",
                expected: "\(library.least) or newer", actual: library.version,
                fixCommand: isNew ? "" : "tools/install")
        }
    }

    /// Compares the numbers between points; anything else ends a version.
    static func isAtLeast(_ version: String, least: String) -> Bool {
        func numbers(_ text: String) -> [Int] {
            text.split(separator: ".").map { part in Int(part.prefix { $0.isNumber }) ?? 0 }
        }
        let (have, want) = (numbers(version), numbers(least))
        for index in 0..<max(have.count, want.count) {
            let a = index < have.count ? have[index] : 0
            let b = index < want.count ? want[index] : 0
            if a != b { return a > b }
        }
        return !have.isEmpty
    }

    /// The journals' home must exist; other directories are created when needed.
    func directoryChecks() -> [DoctorCheck] {
        let others = ["configs", "data", "artifacts", "logs", "models", "snapshots", "state"]
        return ([JournalHome.path] + others).enumerated().map { index, path in
            var status = stat()
            let isThere = stat(path, &status) == 0
            let isDirectory = isThere && status.st_mode & S_IFMT == S_IFDIR
            let isGood = isDirectory && access(path, W_OK | X_OK) == 0
            let actual =
                !isThere
                ? "missing" : !isDirectory ? "no directory" : isGood ? "writable" : "not writable"
            return DoctorCheck(
                .directories, named: path, passed: isGood, severity: index == 0 ? .error : .warning,
                isGood ? "exists and is writable" : "\(path) is \(actual)", expected: "writable",
                actual: actual, fixCommand: isThere ? "" : "mkdir -p \(path)",
                fix: isThere ? nil : .makeDirectory(path))
        }
    }

    func resourceChecks() -> [DoctorCheck] {
        [diskCheck(), memoryCheck(), filesCheck()]
    }

    /// Where the journals are or will be.
    private func diskCheck() -> DoctorCheck {
        let path = access(JournalHome.path, F_OK) == 0 ? JournalHome.path : "."
        let free = DiskWatch.freeBytes(path)
        let isEnough = (free ?? 0) >= subject.leastDisk * Self.giga
        return DoctorCheck(
            .resources, named: "disk", passed: isEnough,
            isEnough ? "enough space for journals" : "too little space for journals in \(path)",
            expected: "\(subject.leastDisk) GB free",
            actual: free.map { Self.gigabytes($0) } ?? "unknown")
    }

    private func memoryCheck() -> DoctorCheck {
        let total = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
        let isEnough = total >= subject.leastMemory * Self.giga
        return DoctorCheck(
            .resources, named: "memory", passed: isEnough, severity: .warning,
            isEnough ? "enough memory" : "less memory than the runbook requires",
            expected: "\(subject.leastMemory) GB", actual: Self.gigabytes(total))
    }

    private func filesCheck() -> DoctorCheck {
        var limit = rlimit()
        let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        let isEnough = isKnown && limit.rlim_cur >= 256
        return DoctorCheck(
            .resources, named: "open files", passed: isEnough, severity: .warning,
            isEnough ? "enough for connections and journals" : "the limit of open files is too low",
            expected: "256", actual: limit.rlim_cur > 1 << 30 ? "unlimited" : "\(limit.rlim_cur)",
            fixCommand: isEnough ? "" : "ulimit -n 1024")
    }

    static func gigabytes(_ bytes: Int) -> String {
        let tenths = bytes / (giga / 10)
        return "\(tenths / 10).\(tenths % 10) GB"
    }
}
