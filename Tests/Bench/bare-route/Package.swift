// swift-tools-version: 6.2
import PackageDescription

/// What `api_bars.py` compares with: nothing but Hummingbird and constants. A package of its own, so that nobody who
/// builds farmtop builds it.
let package = Package(
    name: "bare-route",
    dependencies: [.package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1")],
    targets: [
        .executableTarget(
            name: "bare-route", dependencies: [.product(name: "Hummingbird", package: "hummingbird")])
    ]
)
