/// Where a rule does not hold, and why. An entry whose file is gone fails the tests.
enum Allowances {
    /// A file, or a folder when it ends in a slash.
    typealias Entry = (path: String, reason: String)

    /// Files that may use unsafe pointers, locks and `@unchecked Sendable`.
    static let unsafe: [Entry] = [
        (
            "Sources/LedgerEvents/Record.swift",
            "reads a record in place, without copying it out of the memory map"
        ),
        (
            "Sources/LedgerEvents/RecordWriter.swift",
            "writes a record in place, into the block that is committed"
        ),
        (
            "Sources/LedgerEvents/Batch.swift",
            "owns the memory of the blocks of a commit and frees it in its deinit"
        ),
        (
            "Sources/LedgerEvents/Block.swift",
            "walks the records of a block in place; every length is checked first"
        ),
        (
            "Sources/LedgerEvents/UpcastChain.swift",
            "builds the record of an older version anew in memory that it owns"
        ),
        (
            "Sources/LedgerEvents/StateCoder.swift",
            "copies integers out of bytes, inside closures"
        ),
        (
            "Sources/LedgerJournal/",
            "speaks to LMDB, to a mapped page and to futexes, all of them C"
        ),
        (
            "Sources/LedgerArchive/",
            "walks blocks and records in place and calls zstd, zlib and libcrypto, all of them C"
        ),
        ("Sources/LedgerImport/", "reads files as mapped bytes and calls zstd and zlib, both C"),
        (
            "Sources/LedgerRunning/BackgroundWriter.swift",
            "hands a batch to the thread that commits it"
        ),
        (
            "Sources/LedgerUpkeep/SecondThread.swift",
            "hands over what a second thread made"
        ),
        (
            "Sources/LedgerUpkeep/ArchiveFiles.swift",
            "hands the blocks of a file to the journal without copying them"
        ),
        (
            "Sources/LedgerReading/JournalHome.swift",
            "reads the names that readdir gives, a C array"
        ),
        (
            "Sources/LedgerLive/OrderTimes.swift",
            "is told of an order by the sequencer's thread and by the one that writes requests"
        ),
        (
            "Sources/LedgerLive/RecordedGateway.swift",
            "tells the sequencer's thread that the recording is over"
        ),
        (
            "Sources/LedgerTransport/",
            "speaks to libcurl and threads, both C, and shares a gateway's state between threads"
        ),
        (
            "Sources/LedgerLive/InputQueue.swift",
            "a lock and two conditions of the C library between the threads that take turns"
        ),
        (
            "Sources/LedgerLive/InboxWatch.swift",
            "tells the thread that waits for submissions that the run is over"
        ),
        (
            "Sources/LedgerLive/LiveRun.swift",
            "belongs to one thread at a time, by the queue's turn"
        ),
        (
            "Tests/LedgerLiveTests/InboxWatchTests.swift",
            "tells a run on another thread that it is over"
        ),
        (
            "Tests/LedgerLiveTests/QueueTests.swift",
            "what only the thread with the queue's turn touches"
        ),
        (
            "Sources/LedgerExchange/",
            "hands what one event loop owns to NIO's handlers, calls libcrypto and reads file bytes"
        ),
        (
            "Sources/Venues/",
            "gateways share their parts between threads, sessions belong to one event loop, and "
                + "signatures call libcrypto, which is C"
        ),
        (
            "Sources/ledgerd/Narrator.swift",
            "prints on a thread of its own, one at a time"
        ),
        (
            "Sources/ledgerd/ArtifactWriter.swift",
            "writes on a thread of its own, one at a time"
        ),
        (
            "Sources/LedgerCommands/Terminal.swift",
            "writes bytes with write, and is told of signals"
        ),
        (
            "Sources/LedgerCommands/Operator.swift",
            "reads the name that gethostname gives, a C array"
        ),
        (
            "Sources/LedgerUpkeep/Doctor/",
            "reads the names that uname gives, a C array"
        ),
        ("Sources/ledger-bench/Benchmark.swift", "reads /proc through C"),
        (
            "Tests/LedgerLiveTests/ExecutorTests.swift",
            "a gateway that may be told of an order from any thread"
        ),
        ("Tests/JournalHelper/", "fills records from C"),
        ("Tests/LedgerEventsTests/", "damages bytes on purpose and writes LMDB files through C"),
        ("Tests/SystemLibraryTests/", "asks C libraries for their versions"),
        ("Tests/LedgerExchangeTests/SocketClient.swift", "speaks over a plain socket, through C"),
        ("Tests/LedgerJournalTests/", "damages bytes on purpose"),
        ("Tests/LedgerTransportTests/", "waits for what other threads report"),
        ("Tests/LedgerArchiveTests/", "damages bytes on purpose and unpacks them through C"),
        ("Tests/HouseTests/", "shows unsafe code to the rule that looks for it"),
    ]

    /// Files over the longest length.
    static let longFiles: [Entry] = []

    /// Functions over the longest length, as `path#name`.
    static let longFunctions: [Entry] = []

    static func contains(_ list: [Entry], _ path: String) -> Bool {
        list.contains { $0.path == path || ($0.path.hasSuffix("/") && path.hasPrefix($0.path)) }
    }
}
