import Foundation
import TestSupport
import Testing

@Suite("The layout of the tree", .timeLimit(.minutes(20)))
struct LayoutTests {
    @Test("Package.swift has the targets of the architecture page, with the arrows of its table")
    func manifest() throws {
        let page = try ArchitecturePage()
        let declared = try Self.declaredArrows()
        #expect(Set(declared.keys) == Set(page.arrows.keys))
        for (target, arrows) in declared {
            let described = page.arrows[target] ?? []
            #expect(arrows == described, "\(target): the page says \(described.sorted())")
        }
    }

    @Test("no target imports another one of ours but along an arrow of the table")
    func imports() throws {
        let page = try ArchitecturePage()
        for (target, arrows) in page.arrows {
            for file in try SourceFile.all(of: target) {
                let strangers = file.imports.intersection(page.arrows.keys).subtracting(arrows)
                #expect(strangers == [], "\(file.path) may not import them")
            }
        }
    }

    @Test("the target Text imports nothing but the standard library")
    func textImports() throws {
        for file in try SourceFile.all(of: "Text") { #expect(file.imports == [], "\(file.path)") }
    }

    @Test("unsafe pointers are where the architecture page says, and nowhere else")
    func unsafePointers() throws {
        let page = try ArchitecturePage()
        let words = ["UnsafePointer", "UnsafeMutable", "UnsafeRaw", "UnsafeBuffer", "withUnsafe", "OpaquePointer"]
        var found: Set<String> = []
        for target in page.arrows.keys {
            for file in try SourceFile.all(of: target) where words.contains(where: file.text.contains) {
                found.insert(target)
            }
        }
        #expect(found == page.targetsWithUnsafePointers)
    }

    @Test(
        "every file that a page for engineers names exists",
        arguments: [ArchitecturePage.path, ".github/CONTRIBUTING.md", ".github/SECURITY.md", ".github/CHANGELOG.md"])
    func namedFiles(page: String) throws {
        let text = try String(contentsOf: TestFiles.root.appending(path: page), encoding: .utf8)
        for name in Markdown.codeSpans(of: text) where Self.isPath(name) {
            let file = TestFiles.root.appending(path: name.hasSuffix("…") ? String(name.dropLast()) : name)
            #expect(FileManager.default.fileExists(atPath: file.path), "\(page): \(name)")
        }
    }

    @Test("what the architecture page says is in a file stands there")
    func namedSymbols() throws {
        let steps = try ArchitecturePage().steps
        #expect(steps.count > 15)
        for step in steps {
            let text = try String(contentsOf: TestFiles.root.appending(path: step.file), encoding: .utf8)
            for symbol in step.symbols { #expect(text.contains(symbol), "\(step.file) has no \(symbol)") }
        }
    }

    @Test("the README fits on a page, and leaves every measured number to the page of figures")
    func readme() throws {
        let text = try String(contentsOf: TestFiles.root.appending(path: "README.md"), encoding: .utf8)
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 121)
        for unit in ["ms", "MB", "MiB", "GB", "requests/s", "frames/s"] {
            let figures = text.components(separatedBy: " \(unit)").dropLast().filter { $0.last?.isNumber == true }
            #expect(figures.count == 0, "a number of \(unit)")
        }
    }

    @Test("every row of the OAuth checklist has a test that names it")
    func checklist() throws {
        let path = "Sources/farmtop/farmtop.docc/OAuthChecklist.md"
        let page = try String(contentsOf: TestFiles.root.appending(path: path), encoding: .utf8)
        let rows = Markdown.tables(headed: "Row", in: page).joined().compactMap { Int($0[0]) }
        #expect(rows == Array(1...47))
        var tested: Set<Int> = []
        for folder in ["OAuthTests", "APITests"] {
            for file in try FileManager.default.contentsOfDirectory(atPath: TestFiles.inTests(folder).path) {
                guard file.hasSuffix(".swift") else { continue }
                let text = try String(contentsOf: TestFiles.inTests("\(folder)/\(file)"), encoding: .utf8)
                for title in text.components(separatedBy: "\"row").dropFirst() {
                    let numbers = title.drop { $0 == "s" }.prefix { $0.isNumber || $0 == "," || $0 == " " }
                    tested.formUnion(numbers.split { !$0.isNumber }.compactMap { Int($0) })
                }
            }
        }
        #expect(Set(rows).subtracting(tested) == [])
    }

    @Test("the top level and .github hold only what the contributor's guide names")
    func topLevel() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: TestFiles.root.path)
            .filter { !$0.hasPrefix(".") && $0 != "Package.resolved" }
        let allowed: Set = [
            "Package.swift", "Sources", "Tests", "themes", "config.example.toml", "README.md", "LICENSE",
        ]
        #expect(Set(names).subtracting(allowed) == [])
        let door = try FileManager.default.subpathsOfDirectory(atPath: TestFiles.root.appending(path: ".github").path)
        #expect(
            Set(door) == [
                "CHANGELOG.md", "CONTRIBUTING.md", "ISSUE_TEMPLATE", "ISSUE_TEMPLATE/bug.md",
                "ISSUE_TEMPLATE/proposal.md", "SECURITY.md", "pull_request_template.md", "workflows",
                "workflows/ci.yml",
            ])
    }

    /// The project's own targets of Package.swift, without those of the tests, and which of them each depends on.
    private static func declaredArrows() throws -> [String: Set<String>] {
        let manifest = try String(contentsOf: TestFiles.root.appending(path: "Package.swift"), encoding: .utf8)
        let list = try #require(manifest.range(of: "targets: [\n")?.upperBound)
        var declarations: [String: String] = [:]
        for kind in [".target(", ".executableTarget("] {
            for part in manifest[list...].components(separatedBy: kind).dropFirst() {
                let end = [".target(", ".executableTarget(", ".testTarget("]
                    .compactMap { part.range(of: $0)?.lowerBound }.min()
                let declaration = String(part[..<(end ?? part.endIndex)])
                guard let name = quoted(in: declaration).first, !declaration.contains("path: \"Tests") else { continue }
                declarations[name] = declaration
            }
        }
        return Dictionary(
            uniqueKeysWithValues: declarations.map { name, declaration in
                (name, Set(quoted(in: declaration).dropFirst()).intersection(declarations.keys))
            })
    }

    private static func quoted(in text: String) -> [String] {
        let parts = text.components(separatedBy: "\"")
        return parts.indices.filter { $0 % 2 == 1 }.map { parts[$0] }
    }

    private static func isPath(_ name: String) -> Bool {
        let roots = ["Sources/", "Tests/", ".github/", ".ci/", "themes/"]
        return !name.contains(" ") && !name.contains("*") && roots.contains(where: name.hasPrefix)
    }
}
