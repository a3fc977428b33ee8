import Foundation
import TestSupport
import Testing

/// What the page on the architecture claims, so that tests can hold the tree against it.
struct ArchitecturePage {
    static let path = "Sources/farmtop/farmtop.docc/Architecture.md"

    /// A row of a table that follows something through the files.
    struct Step: Equatable {
        var file: String
        var symbols: [String]
    }

    /// Each target, and which others it may depend on.
    let arrows: [String: Set<String>]
    let targetsWithUnsafePointers: Set<String>
    let steps: [Step]

    init() throws {
        let text = try String(contentsOf: TestFiles.root.appending(path: Self.path), encoding: .utf8)
        let targets = try #require(Markdown.table(headed: "Target", in: text))
        arrows = Dictionary(
            uniqueKeysWithValues: targets.map { row in
                (Markdown.codeSpans(of: row[0])[0], Set(Markdown.codeSpans(of: row[2])))
            })
        let unsafe = try #require(Markdown.table(headed: "Unsafe pointers in", in: text))
        targetsWithUnsafePointers = Set(unsafe.map { Markdown.codeSpans(of: $0[0])[0] })
        steps = Markdown.tables(headed: "Step", in: text).joined().map { row in
            Step(file: Markdown.codeSpans(of: row[1])[0], symbols: Markdown.codeSpans(of: row[2]))
        }
    }
}

/// A file of a target.
struct SourceFile {
    let path: String
    let text: String

    static func all(of target: String) throws -> [SourceFile] {
        let folder = TestFiles.root.appending(path: "Sources/\(target)")
        return try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }.map {
            SourceFile(
                path: "\(target)/\($0)", text: try String(contentsOf: folder.appending(path: $0), encoding: .utf8))
        }
    }

    /// The modules that it imports, with whatever access.
    var imports: Set<String> {
        Set(
            text.split(separator: "\n").compactMap { line in
                let words = line.split(separator: " ")
                guard let position = words.firstIndex(of: "import"), position <= 1, words.count > position + 1 else {
                    return nil
                }
                return String(words[position + 1])
            })
    }
}

/// As much of Markdown as the pages need.
enum Markdown {
    /// What stands between single backticks, outside of fenced blocks.
    static func codeSpans(of text: String) -> [String] {
        var spans: [String] = []
        var isFenced = false
        for line in text.split(separator: "\n") {
            if line.hasPrefix("```") { isFenced.toggle() }
            if isFenced || line.hasPrefix("```") { continue }
            let parts = line.components(separatedBy: "`")
            spans += parts.indices.filter { $0 % 2 == 1 }.map { parts[$0] }
        }
        return spans
    }

    /// The rows, by cells, of the first table whose first heading is this one.
    static func table(headed heading: String, in text: String) -> [[String]]? {
        tables(headed: heading, in: text).first
    }

    static func tables(headed heading: String, in text: String) -> [[[String]]] {
        text.components(separatedBy: "\n\n").filter { $0.hasPrefix("| \(heading) |") }.map { block in
            block.split(separator: "\n").dropFirst(2).map { line in
                line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
                    .map { $0.trimmingCharacters(in: .whitespaces) }
            }
        }
    }
}
