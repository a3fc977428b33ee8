import Foundation
import TestSupport
import Testing

/// The arrows that the design allows between the project's own targets.
private let allowedArrows: [String: Set<String>] = [
    "CCurses": [], "CJPEG": [], "CKernels": [], "CModel": [],
    "Farm": [],
    "FailureDetection": ["Farm"],
    "Imaging": ["Farm", "CJPEG"],
    "Detector": ["Farm", "Imaging", "CKernels"],
    "Storage": ["Farm"],
    "OAuth": ["Farm"],
    "FarmService": ["Farm", "FailureDetection", "OAuth"],
    "Notifier": ["Farm"],
    "API": ["FarmService", "OAuth", "Farm"],
    "FarmClient": ["Farm", "FailureDetection"],
    "Dashboard": ["Farm"],
    "Terminal": ["Dashboard", "Farm", "CCurses"],
]

@Suite("The layout of the tree", .timeLimit(.minutes(20)))
struct LayoutTests {
    /// The sources of the package, by target.
    private func swiftFiles(of target: String) throws -> [URL] {
        let folder = TestFiles.root.appending(path: "Sources").appending(path: target)
        guard let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil) else { return [] }
        return files.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
    }

    @Test("no target imports another one of ours that the design does not name", arguments: allowedArrows.keys.sorted())
    func arrows(target: String) throws {
        let ours = Set(allowedArrows.keys).union(["farmtop"])
        let allowed = try #require(allowedArrows[target])
        for file in try swiftFiles(of: target) {
            let text = try String(contentsOf: file, encoding: .utf8)
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ")
                guard let position = words.firstIndex(of: "import"), position <= 1, words.count > position + 1 else {
                    continue
                }
                let module = String(words[position + 1])
                #expect(
                    !ours.contains(module) || allowed.contains(module),
                    "\(file.lastPathComponent) imports \(module), which \(target) may not")
            }
        }
    }

    @Test("Package.swift names the same arrows", arguments: allowedArrows.keys.sorted())
    func manifest(target: String) throws {
        let manifest = try String(contentsOf: TestFiles.root.appending(path: "Package.swift"), encoding: .utf8)
        let start = try #require(
            manifest.range(of: "name: \"\(target)\"")?.upperBound, "Package.swift has no target \(target)")
        let rest = manifest[start...]
        let ends = [".target(", ".executableTarget("].compactMap { rest.range(of: $0)?.lowerBound }
        let end = ends.min() ?? rest.endIndex
        let declaration = rest[..<end]
        let allowed = try #require(allowedArrows[target])
        let named = allowedArrows.keys.filter { declaration.contains("\"\($0)\"") }
        for other in named {
            #expect(allowed.contains(other), "Package.swift lets \(target) depend on \(other)")
        }
    }

    @Test("the top level holds only what the design names")
    func topLevel() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: TestFiles.root.path)
            .filter { !$0.hasPrefix(".") && $0 != "Package.resolved" }
        let allowed: Set = [
            "Package.swift", "Sources", "Tests", "themes", "config.example.toml", "README.md", "LICENSE",
        ]
        #expect(Set(names).subtracting(allowed) == [])
    }
}
