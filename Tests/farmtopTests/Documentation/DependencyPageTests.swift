import Foundation
import TestSupport
import Testing

@Suite("The page of dependencies", .timeLimit(.minutes(20)))
struct DependencyPageTests {
    private struct Dependency: Equatable {
        var name: String
        var version: String
    }
    private struct Entry {
        var dependency: Dependency
        var licence: String
    }

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: TestFiles.root.appending(path: path), encoding: .utf8)
    }

    private static func page() throws -> [Entry] {
        try text("Sources/farmtop/farmtop.docc/Dependencies.md").split(separator: "\n")
            .filter { $0.hasPrefix("| ") && !$0.hasPrefix("| package") && !$0.hasPrefix("| ---") }
            .map { line in
                let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
                try #require(cells.count == 4, "\(line)")
                return Entry(dependency: Dependency(name: cells[0], version: cells[1]), licence: cells[2])
            }
    }

    private static func sorted(_ dependencies: [Dependency]) -> [Dependency] {
        dependencies.sorted { $0.name.lowercased() < $1.name.lowercased() }
    }

    @Test("it lists every package of Package.swift in the version that stands there, and each version is exact")
    func manifest() throws {
        let manifest = try Self.text("Package.swift")
        let package = /\.package\(url: "[^"]*\/([^"\/]+)", exact: "([0-9.]+)"\)/
        let named = manifest.matches(of: package).map { match in
            let name = String(match.1)
            return Dependency(
                name: name.hasSuffix(".git") ? String(name.dropLast(4)) : name, version: String(match.2))
        }
        #expect(manifest.components(separatedBy: ".package(url:").count - 1 == named.count, "a version is not exact")
        let listed = try Self.page().map(\.dependency)
        #expect(Self.sorted(listed) == Self.sorted(named))
    }

    @Test("what was fetched is what is listed: nothing else, and nothing in another version")
    func fetched() throws {
        let file = TestFiles.root.appending(path: ".build/workspace-state.json")
        // Built elsewhere, with another folder for what is built.
        guard let data = try? Data(contentsOf: file) else { return }
        struct State: Decodable {
            struct Object: Decodable { var dependencies: [Fetched] }
            struct Fetched: Decodable {
                struct Reference: Decodable { var identity: String }
                struct Checkout: Decodable {
                    struct Version: Decodable { var version: String? }
                    var checkoutState: Version?
                }
                var packageRef: Reference
                var state: Checkout
            }
            var object: Object
        }
        let state = try JSONDecoder().decode(State.self, from: data)
        let fetched = state.object.dependencies.map {
            Dependency(name: $0.packageRef.identity, version: $0.state.checkoutState?.version ?? "none")
        }
        let listed = try Self.page().map {
            Dependency(name: $0.dependency.name.lowercased(), version: $0.dependency.version)
        }
        #expect(Self.sorted(listed) == Self.sorted(fetched))
    }

    @Test("each licence is the one whose text the package has")
    func licences() throws {
        let checkouts = TestFiles.root.appending(path: ".build/checkouts")
        for entry in try Self.page() {
            let folder = checkouts.appending(path: entry.dependency.name)
            let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            guard let file = files.first(where: { $0.uppercased().hasPrefix("LICENSE") }) else { continue }
            let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            let isApache = text.contains("Apache License")
            let hasException = text.contains("Runtime Library Exception")
            let isMIT = text.contains("Permission is hereby granted, free of charge")
            let expected = isApache ? "Apache-2.0" + (hasException ? " with the Swift runtime exception" : "") : "MIT"
            #expect(isApache || isMIT, "\(entry.dependency.name)")
            #expect(entry.licence == expected, "\(entry.dependency.name)")
        }
    }

    @Test("it names no host")
    func hosts() throws {
        let page = try Self.text("Sources/farmtop/farmtop.docc/Dependencies.md")
        #expect(!page.contains("://") && !page.contains("github"))
    }
}
