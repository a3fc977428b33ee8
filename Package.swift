// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target. Warnings become errors where `CI` is set, so that a new compiler's
/// warning does not stop somebody who only wants to build.
let swift: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ] + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])

/// Kernels are optimised in debug builds too: a test of a network would otherwise take minutes.
let kernelC: [CSetting] = [.unsafeFlags(["-O3", "-fno-math-errno", "-ffp-contract=fast"])]
/// Undefined behaviour in our C ends the program where this is set: Tests/Bench/sanitize.sh.
let undefined =
    Context.environment["FARMTOP_TRAP_UNDEFINED"] == nil
    ? [] : ["-fsanitize=undefined", "-fsanitize-trap=undefined"]
let strictC: [CSetting] = [
    .unsafeFlags(["-Wall", "-Wextra"] + (Context.environment["CI"] == nil ? [] : ["-Werror"]) + undefined)
]

/// Products that a test target needs beside the target it tests.
let testProducts: [String: [Target.Dependency]] = [
    "API": [
        "Detector", "FailureDetection", "FarmService", "Imaging", "OAuth", "Storage",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdTesting", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
    ],
    "Detector": ["Imaging", "CKernels", "CModel"],
    "Evaluation": ["FailureDetection"],
    "FarmClient": ["API", "FarmService", "OAuth", "Storage"],
    "FarmService": ["BedCheck", "FailureDetection", "OAuth", "Storage"],
    "Notifier": [
        "FarmService", "OAuth", "Storage",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
    ],
    "Printers": [
        "Wire", "WireTestSupport",
        .product(name: "Crypto", package: "swift-crypto"),
    ],
    "Storage": [.product(name: "GRDB", package: "GRDB.swift")],
    "Terminal": ["Dashboard"],
    "Wire": [
        "WireTestSupport",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOWebSocket", package: "swift-nio"),
    ],
    "farmtop": [
        "FarmConfiguration", "Detector", "Evaluation", "FailureDetection", "FarmClient", "Imaging", "Storage",
        .product(name: "GRDB", package: "GRDB.swift"),
    ],
]

/// One product of each package that only packages use: SwiftPM warns of one of which no product is named.
let indirect: [Target.Dependency] = [
    .product(name: "Algorithms", package: "swift-algorithms"),
    .product(name: "AsyncAlgorithms", package: "swift-async-algorithms"),
    .product(name: "Atomics", package: "swift-atomics"),
    .product(name: "Configuration", package: "swift-configuration"),
    .product(name: "Metrics", package: "swift-metrics"),
    .product(name: "NIOHTTP2", package: "swift-nio-http2"),
    .product(name: "NIOTransportServices", package: "swift-nio-transport-services"),
    .product(name: "RealModule", package: "swift-numerics"),
    .product(name: "ServiceContextModule", package: "swift-service-context"),
    .product(name: "StructuredFieldValues", package: "swift-http-structured-headers"),
    .product(name: "SwiftASN1", package: "swift-asn1"),
    .product(name: "SystemPackage", package: "swift-system"),
    .product(name: "Tracing", package: "swift-distributed-tracing"),
    .product(name: "X509", package: "swift-certificates"),
]

/// Folders beside a target's tests that are read by them.
let testData: [String: [String]] = [
    "API": ["Certificates"], "Dashboard": ["Golden"], "Detector": ["Golden"], "FailureDetection": ["Golden"],
    "Imaging": ["Golden"], "Notifier": ["Golden"], "Printers": ["Recordings"], "Storage": ["Schemas"],
    "Terminal": ["Golden"],
    "Wire": ["Certificates"],
]

/// One test target a target; its goldens are read from the source folder, so nothing is copied as a resource.
func testTarget(_ name: String) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [name, "Farm", "TestSupport", "Text"].enumerated().filter { $0 == 0 || $1 != name }
            .map { .byName(name: $1) } + (testProducts[name] ?? []),
        exclude: testData[name] ?? [],
        swiftSettings: swift)
}

let package = Package(
    name: "farmtop",
    products: [.executable(name: "farmtop", targets: ["farmtop"])],
    // Every version is exact, also of the packages that only packages use, so that a build can be repeated without a file of
    // resolved versions. Sources/farmtop/farmtop.docc/Dependencies.md lists them with their licences; a test compares.
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections.git", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        // Used by these.
        .package(url: "https://github.com/apple/swift-algorithms.git", exact: "1.2.1"),
        .package(url: "https://github.com/apple/swift-asn1.git", exact: "1.7.4"),
        .package(url: "https://github.com/apple/swift-async-algorithms.git", exact: "1.1.4"),
        .package(url: "https://github.com/apple/swift-atomics.git", exact: "1.3.0"),
        .package(url: "https://github.com/apple/swift-certificates.git", exact: "1.21.1"),
        .package(url: "https://github.com/apple/swift-configuration.git", exact: "1.4.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing.git", exact: "1.7.3"),
        .package(url: "https://github.com/apple/swift-http-structured-headers.git", exact: "1.7.0"),
        .package(url: "https://github.com/apple/swift-metrics.git", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio-http2.git", exact: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-transport-services.git", exact: "1.28.0"),
        .package(url: "https://github.com/apple/swift-numerics.git", exact: "1.1.1"),
        .package(url: "https://github.com/apple/swift-service-context.git", exact: "1.5.1"),
        .package(url: "https://github.com/apple/swift-system.git", exact: "1.8.1"),
    ],
    targets: [
        // C: what Swift cannot import, and what it cannot compute fast enough.
        .target(name: "CSystemLibraries", cSettings: strictC),
        .target(
            name: "CCurses", dependencies: ["CSystemLibraries"],
            cSettings: [.define("_XOPEN_SOURCE_EXTENDED"), .define("_GNU_SOURCE")] + strictC,
            linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
        .target(name: "CAllocator", cSettings: strictC),
        .target(
            name: "CDeflate", dependencies: ["CSystemLibraries"], cSettings: strictC,
            linkerSettings: [.linkedLibrary("z")]),
        .target(
            name: "CJPEG", dependencies: ["CSystemLibraries"], cSettings: strictC,
            linkerSettings: [.linkedLibrary("jpeg")]),
        .target(name: "CKernels", cSettings: kernelC + strictC, linkerSettings: [.linkedLibrary("m")]),
        .target(name: "CModel", exclude: ["Model", "Training"], cSettings: strictC),

        .target(name: "Text", swiftSettings: swift),
        .target(name: "Farm", dependencies: ["Text"], swiftSettings: swift),
        .target(
            name: "Wire",
            dependencies: [
                "Text",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
            ], swiftSettings: swift),
        .target(name: "Printers", dependencies: ["Farm", "Text", "Wire"], swiftSettings: swift),
        .target(name: "BedCheck", dependencies: ["Farm"], swiftSettings: swift),
        .target(name: "FailureDetection", dependencies: ["Farm", "Text"], swiftSettings: swift),
        .target(name: "WireSchema", dependencies: ["Farm", "Text"], swiftSettings: swift),
        .target(name: "Evaluation", dependencies: ["FailureDetection", "Farm", "Text"], swiftSettings: swift),
        .target(name: "Imaging", dependencies: ["Farm", "CJPEG"], swiftSettings: swift),
        .target(name: "Detector", dependencies: ["Farm", "Imaging", "CKernels"], swiftSettings: swift),
        .target(
            name: "Storage",
            dependencies: [
                "CSystemLibraries", "Farm", "Text", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: swift),
        .target(
            name: "OAuth", dependencies: ["Farm", "Text", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: swift),
        .target(
            name: "FarmService",
            dependencies: [
                "BedCheck", "Farm", "FailureDetection", "OAuth", "Text",
                .product(name: "HashTreeCollections", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: swift),
        .target(
            name: "Notifier",
            dependencies: [
                "Farm", "Text", "Wire",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ], swiftSettings: swift),
        .target(
            name: "API",
            dependencies: [
                "CDeflate", "Farm", "FarmService", "OAuth", "Text", "Wire", "WireSchema",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
            ], swiftSettings: swift),
        .target(
            name: "FarmClient",
            dependencies: [
                "FailureDetection", "Farm", "Text", "Wire", "WireSchema",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ], swiftSettings: swift),
        .target(name: "Dashboard", dependencies: ["Farm", "Text"], swiftSettings: swift),
        .target(name: "Terminal", dependencies: ["Dashboard", "Farm", "Text", "CCurses"], swiftSettings: swift),
        .target(
            name: "FarmConfiguration", dependencies: ["API", "Farm", "Notifier", "Text"], swiftSettings: swift),
        .executableTarget(
            name: "farmtop",
            dependencies: [
                "API", "BedCheck", "CAllocator", "CModel", "FarmConfiguration", "Dashboard", "Detector", "Evaluation",
                "FailureDetection", "Farm",
                "FarmClient",
                "FarmService",
                "Imaging", "Notifier", "OAuth", "Printers", "Storage", "Terminal", "Text",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ], exclude: ["Packaging"], swiftSettings: swift),

        .target(
            name: "TestSupport", dependencies: ["CTestWidth", "Farm"] + indirect, path: "Tests/Support",
            swiftSettings: swift),
        // How many tests run at the same time.
        .target(name: "CTestWidth", path: "Tests/Width", cSettings: strictC),
        // Servers on loopback that answer as a test says.
        .target(
            name: "WireTestSupport",
            dependencies: [
                "Text", "Wire",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
            ], path: "Tests/WireSupport", swiftSettings: swift),
        // The program in a real terminal: keys in, screen out.
        .testTarget(
            name: "StoryTests", dependencies: ["TestSupport", "farmtop"], path: "Tests/Stories", swiftSettings: swift),
    ]
        + [
            "Text", "Farm", "BedCheck", "FailureDetection", "Evaluation", "Imaging", "Detector", "Storage", "OAuth",
            "FarmService",
            "Notifier",
            "API",
            "FarmClient", "Printers", "Wire", "WireSchema",
            "Dashboard", "Terminal", "FarmConfiguration", "farmtop",
        ].map(testTarget)
        + [
            .testTarget(
                name: "FuzzTests",
                dependencies: [
                    "API", "Detector", "FailureDetection", "Farm", "FarmClient", "FarmConfiguration", "Imaging",
                    "Notifier",
                    "OAuth", "TestSupport", "Text", "WireSchema", "farmtop",
                    .product(name: "NIOCore", package: "swift-nio"),
                ],
                exclude: ["Corpus"], swiftSettings: swift)
        ]
)
