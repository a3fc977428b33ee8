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
    "FarmClient": ["API", "FarmService", "OAuth", "Storage"],
    "FarmService": ["FailureDetection", "OAuth", "Storage"],
    "Notifier": [
        "FarmService", "Storage",
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
        "Detector", "FailureDetection", "FarmClient", "Imaging", "Storage",
        .product(name: "GRDB", package: "GRDB.swift"),
    ],
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
        dependencies: [.byName(name: name)] + (name == "Farm" ? [] : ["Farm"]) + ["TestSupport"]
            + (testProducts[name] ?? []),
        exclude: testData[name] ?? [],
        swiftSettings: swift)
}

let package = Package(
    name: "farmtop",
    products: [.executable(name: "farmtop", targets: ["farmtop"])],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.20.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
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

        .target(name: "Farm", swiftSettings: swift),
        .target(
            name: "Wire",
            dependencies: [
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
            ], swiftSettings: swift),
        .target(name: "Printers", dependencies: ["Farm", "Wire"], swiftSettings: swift),
        .target(name: "FailureDetection", dependencies: ["Farm"], swiftSettings: swift),
        .target(name: "Imaging", dependencies: ["Farm", "CJPEG"], swiftSettings: swift),
        .target(name: "Detector", dependencies: ["Farm", "Imaging", "CKernels"], swiftSettings: swift),
        .target(
            name: "Storage",
            dependencies: [
                "CSystemLibraries", "Farm", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: swift),
        .target(
            name: "OAuth", dependencies: ["Farm", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: swift),
        .target(
            name: "FarmService",
            dependencies: ["Farm", "FailureDetection", "OAuth", .product(name: "Logging", package: "swift-log")],
            swiftSettings: swift),
        .target(
            name: "Notifier",
            dependencies: [
                "Farm",
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
                "CDeflate", "Farm", "FarmService", "OAuth",
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
                "FailureDetection", "Farm",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ], swiftSettings: swift),
        .target(name: "Dashboard", dependencies: ["Farm"], swiftSettings: swift),
        .target(name: "Terminal", dependencies: ["Dashboard", "Farm", "CCurses"], swiftSettings: swift),
        .executableTarget(
            name: "farmtop",
            dependencies: [
                "API", "CAllocator", "CModel", "Dashboard", "Detector", "FailureDetection", "Farm", "FarmClient",
                "FarmService",
                "Imaging", "Notifier", "OAuth", "Storage", "Terminal",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "TOMLKit", package: "TOMLKit"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ], exclude: ["Packaging"], swiftSettings: swift),

        .target(name: "TestSupport", dependencies: ["Farm"], path: "Tests/Support", swiftSettings: swift),
        // Servers on loopback that answer as a test says.
        .target(
            name: "WireTestSupport",
            dependencies: [
                "Wire",
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
            "Farm", "FailureDetection", "Imaging", "Detector", "Storage", "OAuth", "FarmService", "Notifier", "API",
            "FarmClient", "Printers", "Wire",
            "Dashboard", "Terminal", "farmtop",
        ].map(testTarget)
        + [
            .testTarget(
                name: "FuzzTests",
                dependencies: [
                    "API", "Detector", "FailureDetection", "Farm", "Imaging", "OAuth", "TestSupport", "farmtop",
                    .product(name: "NIOCore", package: "swift-nio"),
                ],
                exclude: ["Corpus"], swiftSettings: swift)
        ]
)
