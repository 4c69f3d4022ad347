// swift-tools-version: 6.3
import PackageDescription

// Cross-module optimisation is unsafe only in the sense that a package with such flags cannot be a
// dependency of another one; without it every call between the pure targets stays a call. It inlines
// public declarations and no package ones, so those that other targets use are public: worth a third
// of a back-test's time.
let settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]

/// A target of the pure core: no clock, no input or output, no randomness, synchronous.
func pure(_ name: String, _ uses: [Target.Dependency], path: String? = nil) -> Target {
    .target(name: name, dependencies: uses, path: path, swiftSettings: settings)
}

/// Tests of one target or of one thing that several targets do together.
func tests(_ name: String, _ uses: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: uses, exclude: exclude, swiftSettings: settings)
}

let package = Package(
    name: "ledger",
    products: [
        .executable(name: "ledger", targets: ["ledger"]),
        .executable(name: "ledgerd", targets: ["ledgerd"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    ],
    targets: [
        // C libraries, and what Swift cannot say: CRC instructions, futexes, constructors and fault handlers.
        .systemLibrary(name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(name: "CChecksum", cSettings: [.unsafeFlags(["-O3"])]),
        .target(name: "CWake"),
        .target(name: "CProcess"),

        // Pure.
        pure("LedgerDomain", []),
        pure("LedgerEvents", ["LedgerDomain", "CChecksum"]),
        pure("LedgerSettings", ["LedgerDomain"]),
        pure("LedgerProjections", ["LedgerDomain", "LedgerEvents"]),
        pure("LedgerSimulation", ["LedgerSettings", "LedgerDomain", "LedgerEvents"]),
        pure(
            "LedgerSafety", ["LedgerSettings", "LedgerDomain", "LedgerEvents", "LedgerProjections"]),
        pure(
            "LedgerEngine",
            [
                "LedgerSettings",
                "LedgerDomain", "LedgerEvents", "LedgerProjections", "LedgerSimulation",
                "LedgerSafety",
            ]),

        pure("LedgerBooks", ["LedgerDomain", "LedgerEvents", "LedgerProjections"]),

        pure("LedgerVenues", ["LedgerDomain", "LedgerEvents", "LedgerSettings"]),

        // What each venue is asked and says.
        pure(
            "AlpacaWire", ["LedgerDomain", "LedgerEvents", "LedgerSettings", "LedgerVenues"],
            path: "Sources/Venues/Alpaca/Wire"),
        pure(
            "BinanceWire", ["LedgerDomain", "LedgerEvents", "LedgerSettings", "LedgerVenues"],
            path: "Sources/Venues/Binance/Wire"),
        pure(
            "VenueRegister", ["LedgerVenues", "AlpacaWire", "BinanceWire"],
            path: "Sources/Venues/Register"),

        // Storage and input files.
        .target(
            name: "LedgerJournal",
            dependencies: [
                "LedgerDomain", "LedgerEvents", "CChecksum", "CLMDB", "CCrypto", "CWake",
                "CProcess",
            ],
            swiftSettings: settings),
        .target(
            name: "LedgerArchive",
            dependencies: [
                "LedgerDomain", "LedgerEvents", "LedgerJournal", "CCrypto", "CZlib",
                "CZstd",
            ],
            swiftSettings: settings),
        .target(
            name: "LedgerImport",
            dependencies: ["LedgerDomain", "LedgerEvents", "CZstd", "CZlib"],
            swiftSettings: settings),

        // Operations and the program.
        .target(
            name: "LedgerConfiguration",
            dependencies: [
                "VenueRegister",
                "LedgerSettings",
                "LedgerDomain", "LedgerEvents", "LedgerEngine", "LedgerArchive", "LedgerImport",
                "LedgerVenues", "CCrypto", "Yams",
            ],
            swiftSettings: settings),
        .target(
            name: "LedgerReading",
            dependencies: [
                "LedgerSettings",
                "LedgerDomain", "LedgerEvents", "LedgerProjections", "LedgerSafety", "LedgerEngine",
                "LedgerBooks", "LedgerJournal",
            ],
            swiftSettings: settings),
        .target(
            name: "LedgerRunning",
            dependencies: [
                "VenueRegister",
                "LedgerSimulation",
                "LedgerSettings",
                "LedgerSafety",
                "LedgerDomain", "LedgerEvents", "LedgerProjections", "LedgerEngine",
                "LedgerBooks", "LedgerJournal", "LedgerArchive", "LedgerImport", "LedgerVenues",
                "LedgerConfiguration", "LedgerReading",
            ],
            swiftSettings: settings),
        .target(
            name: "LedgerUpkeep",
            dependencies: [
                "VenueRegister",
                "LedgerDomain", "LedgerEvents", "LedgerProjections", "LedgerSafety", "LedgerEngine",
                "LedgerBooks", "LedgerJournal", "LedgerArchive", "LedgerImport", "LedgerVenues",
                "LedgerConfiguration", "LedgerReading", "LedgerRunning",
            ],
            swiftSettings: settings),
        // What both programs show and read: terminal, options, tables, exit codes.
        .target(
            name: "LedgerCommands",
            dependencies: [
                "LedgerSettings",
                "LedgerDomain", "LedgerEvents", "LedgerProjections", "LedgerEngine",
                "LedgerJournal", "LedgerArchive", "LedgerConfiguration", "LedgerReading",
                "LedgerRunning",
                "LedgerUpkeep",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "ledger",
            dependencies: [
                "VenueRegister",
                "LedgerSettings",
                "LedgerDomain", "LedgerEvents", "LedgerProjections", "LedgerSafety", "LedgerEngine",
                "LedgerBooks", "LedgerJournal", "LedgerArchive", "LedgerImport", "LedgerVenues",
                "LedgerConfiguration", "LedgerReading", "LedgerRunning", "LedgerUpkeep",
                "LedgerCommands",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),

        // The network, and the program that has it.
        .target(
            name: "LedgerTransport",
            dependencies: [
                "LedgerSettings",
                "LedgerDomain", "LedgerEvents", "LedgerVenues", "CCurl", "CCrypto",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings),
        .target(
            name: "LedgerExchange",
            dependencies: [
                "LedgerSettings",
                "LedgerSafety",
                "LedgerDomain", "LedgerEvents", "LedgerProjections", "LedgerSimulation",
                "LedgerEngine", "LedgerJournal", "LedgerArchive", "LedgerImport", "LedgerVenues",
                "LedgerConfiguration", "LedgerReading", "LedgerRunning", "CCrypto",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings),
        .target(
            name: "LedgerLive",
            dependencies: [
                "VenueRegister",
                "LedgerDomain", "LedgerEvents", "LedgerProjections", "LedgerSafety", "LedgerEngine",
                "LedgerJournal", "LedgerImport", "LedgerVenues", "LedgerConfiguration",
                "LedgerReading",
                "LedgerRunning", "LedgerTransport",
            ],
            swiftSettings: settings),
        // The network halves of each venue.
        .target(
            name: "AlpacaTransport",
            dependencies: [
                "LedgerSettings",
                "LedgerDomain", "LedgerEvents", "LedgerVenues", "LedgerTransport", "AlpacaWire",
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            path: "Sources/Venues/Alpaca/Transport", swiftSettings: settings),
        .target(
            name: "AlpacaExchange",
            dependencies: [
                "AlpacaWire",
                "LedgerDomain", "LedgerEvents", "LedgerVenues", "LedgerConfiguration",
                "LedgerExchange",
            ],
            path: "Sources/Venues/Alpaca/Exchange", swiftSettings: settings),
        .target(
            name: "BinanceTransport",
            dependencies: [
                "LedgerSettings",
                "LedgerDomain", "LedgerEvents", "LedgerVenues", "LedgerTransport", "BinanceWire",
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            path: "Sources/Venues/Binance/Transport", swiftSettings: settings),
        .target(
            name: "BinanceExchange",
            dependencies: [
                "LedgerSettings",
                "LedgerDomain", "LedgerEvents", "LedgerVenues", "LedgerConfiguration",
                "LedgerImport",
                "LedgerReading", "LedgerRunning", "LedgerExchange", "BinanceWire", "CCrypto",
            ],
            path: "Sources/Venues/Binance/Exchange", swiftSettings: settings),
        .target(
            name: "VenueNetwork",
            dependencies: [
                "LedgerTransport", "LedgerExchange", "AlpacaTransport", "AlpacaExchange",
                "BinanceTransport", "BinanceExchange",
            ],
            path: "Sources/Venues/Connected", swiftSettings: settings),

        .executableTarget(
            name: "ledgerd",
            dependencies: [
                "VenueNetwork", "VenueRegister",
                "LedgerDomain", "LedgerEvents", "LedgerSafety", "LedgerEngine", "LedgerSettings",
                "LedgerJournal",
                "LedgerArchive", "LedgerVenues", "LedgerConfiguration", "LedgerReading",
                "LedgerRunning",
                "LedgerUpkeep", "LedgerTransport", "LedgerExchange", "LedgerLive", "LedgerCommands",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "ledger-bench",
            dependencies: [
                "LedgerDomain", "LedgerEvents", "LedgerProjections", "LedgerEngine",
                "LedgerJournal", "LedgerArchive", "LedgerImport", "LedgerConfiguration",
                "LedgerReading",
                "LedgerRunning",
            ],
            swiftSettings: settings),

        // Tests; the helper is the other process of those that need two.
        .executableTarget(
            name: "JournalHelper", dependencies: ["LedgerDomain", "LedgerEvents", "LedgerJournal"],
            path: "Tests/JournalHelper", swiftSettings: settings),
        .target(
            name: "TestSupport",
            dependencies: [
                "LedgerDomain", "LedgerEngine", "LedgerEvents", "LedgerJournal",
                "LedgerProjections",
                "LedgerSafety",
            ], path: "Tests/TestSupport",
            swiftSettings: settings),
        tests("HouseTests", []),
        tests("LedgerDomainTests", ["TestSupport", "LedgerDomain"]),
        tests(
            "LedgerEventsTests",
            ["TestSupport", "LedgerDomain", "LedgerEvents", "CChecksum", "CLMDB", "CCrypto"]),
        tests(
            "LedgerJournalTests",
            ["LedgerDomain", "LedgerEvents", "LedgerJournal", "JournalHelper"]),
        tests(
            "LedgerBooksTests",
            [
                "TestSupport",
                "LedgerDomain", "LedgerEvents", "LedgerProjections", "LedgerEngine", "LedgerBooks",
                "LedgerJournal", "LedgerConfiguration", "LedgerReading", "LedgerRunning",
                "LedgerUpkeep",
                "ledger",
            ]),
        tests(
            "LedgerArchiveTests",
            [
                "TestSupport",
                "LedgerDomain", "LedgerEvents", "LedgerJournal", "LedgerArchive",
                "CZstd", "ledger",
            ]),
        tests(
            "LedgerImportTests",
            [
                "TestSupport",
                "LedgerSettings",
                "LedgerDomain", "LedgerEvents", "LedgerProjections", "LedgerEngine",
                "LedgerJournal", "LedgerImport", "LedgerConfiguration", "LedgerRunning",
            ]),
        tests(
            "LedgerConfigurationTests",
            [
                "TestSupport",
                "BinanceWire",
                "AlpacaWire",
                "LedgerSafety",
                "LedgerSimulation",
                "LedgerSettings",
                "LedgerDomain", "LedgerEvents", "LedgerEngine", "LedgerJournal", "LedgerArchive",
                "LedgerVenues", "LedgerConfiguration", "LedgerRunning",
            ]),
        tests(
            "LedgerRunningTests",
            [
                "TestSupport",
                "LedgerSafety",
                "LedgerSettings",
                "LedgerDomain", "LedgerEvents", "LedgerProjections", "LedgerEngine",
                "LedgerJournal",
                "LedgerConfiguration",
                "LedgerReading", "LedgerRunning", "LedgerVenues",
            ]),
        tests(
            "LedgerProjectionsTests",
            ["TestSupport", "LedgerDomain", "LedgerEvents", "LedgerProjections"]),
        tests(
            "LedgerSimulationTests", ["LedgerDomain", "LedgerEvents", "LedgerSimulation"]),
        tests(
            "LedgerSafetyTests",
            ["TestSupport", "LedgerDomain", "LedgerEvents", "LedgerProjections", "LedgerSafety"]),
        tests(
            "LedgerEngineTests",
            [
                "TestSupport",
                "LedgerSettings",
                "LedgerDomain", "LedgerEvents", "LedgerProjections", "LedgerSimulation",
                "LedgerSafety", "LedgerEngine",
            ]),
        tests(
            "LedgerVenuesTests",
            ["LedgerDomain", "LedgerEvents", "LedgerVenues", "AlpacaWire", "BinanceWire"]),
        tests(
            "LedgerTransportTests",
            [
                "TestSupport",
                "LedgerConfiguration", "LedgerRunning", "LedgerUpkeep",
                "AlpacaTransport", "BinanceTransport", "BinanceWire", "VenueNetwork",
                "VenueRegister",
                "LedgerDomain", "LedgerEvents", "LedgerVenues", "LedgerTransport",
                "LedgerExchange", "ledger", "ledgerd",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),
        tests(
            "LedgerExchangeTests",
            [
                "TestSupport",
                "AlpacaExchange", "VenueNetwork",
                "LedgerDomain", "LedgerEvents", "LedgerImport", "LedgerReading",
                "LedgerVenues", "LedgerExchange", "ledgerd",
            ]),
        tests(
            "LedgerLiveTests",
            [
                "TestSupport",
                "LedgerDomain", "LedgerEvents", "LedgerSafety", "LedgerEngine", "LedgerJournal",
                "LedgerVenues", "LedgerConfiguration", "LedgerRunning", "LedgerTransport",
                "LedgerLive",
                "ledger", "ledgerd",
            ]),
        tests("RecountTests", ["TestSupport", "ledger", "ledger-bench"]),
        tests(
            "CommandTests",
            [
                "TestSupport", "LedgerCommands", "LedgerReading", "ledger", "ledgerd",
                "ledger-bench",
                "JournalHelper",
            ],
            exclude: ["Cases"]),
        tests(
            "ReplayTests",
            [
                "TestSupport",
                "LedgerDomain", "LedgerEvents", "LedgerProjections", "LedgerEngine",
                "LedgerJournal", "LedgerConfiguration", "LedgerReading", "LedgerRunning",
                "LedgerArchive", "LedgerUpkeep",
                "ledger",
            ]),
        tests("SystemLibraryTests", ["CLMDB", "CZstd", "CZlib", "CCrypto", "CCurl"]),
    ],
    swiftLanguageModes: [.v6]
)
