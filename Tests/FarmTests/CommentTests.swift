import Foundation
import TestSupport
import Testing

@Suite("Comments of the tree", .timeLimit(.minutes(20)))
struct CommentTests {
    @Test("no comment begins with the word Of: it would say whose something is, and not what it is")
    func sentences() throws {
        for file in try SwiftFile.all(in: ["Sources", "Tests"]) {
            for (number, line) in zip(1..., file.lines) where line.startsComment("Of ") {
                Issue.record("\(file.path):\(number) \(line)")
            }
        }
    }

    @Test("every public type, function and property says what it is for")
    func publicSymbols() throws {
        for symbol in try PublicSymbol.undocumented() {
            Issue.record("\(symbol.place) \(symbol.name) needs a comment, or need not be public")
        }
    }
}

/// A file of Swift, by its path below the tree.
private struct SwiftFile {
    var path: String
    var lines: [Substring]

    static func all(in folders: [String]) throws -> [SwiftFile] {
        try folders.flatMap { folder in
            let root = TestFiles.root.appending(path: folder)
            return try FileManager.default.subpathsOfDirectory(atPath: root.path).filter { $0.hasSuffix(".swift") }.map
            {
                let text = try String(contentsOf: root.appending(path: $0), encoding: .utf8)
                return SwiftFile(
                    path: "\(folder)/\($0)", lines: text.split(separator: "\n", omittingEmptySubsequences: false))
            }
        }
    }
}

private struct PublicSymbol {
    var name: String
    /// `Sources/Farm/Print.swift:12`
    var place: String

    /// What has no comment above it and needs one: no initialiser, whose parameters are properties, and nothing that meets a
    /// requirement of a protocol, which says there what it is for.
    static func undocumented() throws -> [PublicSymbol] {
        let files = try SwiftFile.all(in: ["Sources"])
        let required = files.reduce(into: known) { $0.formUnion(requirements(in: $1.lines)) }
        return files.flatMap { file in
            zip(1..., file.lines).compactMap { number, line in
                guard let symbol = symbol(line, at: "\(file.path):\(number)"), !required.contains(symbol.name),
                    !isDocumented(number - 1, in: file.lines)
                else { return nil }
                return symbol
            }
        }
    }

    /// Requirements of protocols that are not ours, and operators, which mean what they always mean.
    private static let known: Set<String> = [
        "description", "debugDescription", "hash", "id", "encode", "next", "respond", "rawValue", "==", "<", "+", "-",
    ]

    private static func symbol(_ line: Substring, at place: String) -> PublicSymbol? {
        let declaration =
            #/^\s*(?:@\w+(?:\([^)]*\))?\s+)*public\s+(?:(?:static|final|mutating|nonisolated|indirect|consuming|override)\s+)*(func|var|let|struct|class|enum|protocol|actor|typealias|subscript)\s*(\w+|[^\s\w(]+)?/#
        // A regular expression takes its time in a debug build: most lines do not get that far.
        let head = line.drop { $0 == " " }
        guard head.hasPrefix("public ") || head.hasPrefix("@"), let match = line.firstMatch(of: declaration) else {
            return nil
        }
        return PublicSymbol(name: String(match.2 ?? match.1), place: place)
    }

    private static func isDocumented(_ index: Int, in lines: [Substring]) -> Bool {
        var above = index - 1
        while above >= 0, lines[above].contains(#/^\s*@\w+(?:\([^)]*\))?$/#) { above -= 1 }
        return above >= 0 && lines[above].drop { $0 == " " }.hasPrefix("/// ")
    }

    /// The functions and properties that the protocols of a file ask for.
    private static func requirements(in lines: [Substring]) -> Set<String> {
        var names: Set<String> = []
        var isInside = false
        for line in lines {
            if ["protocol ", "public protocol ", "package protocol "].contains(where: line.hasPrefix) {
                isInside = !line.hasSuffix("}")
            }
            if line == "}" { isInside = false }
            guard isInside, let match = line.firstMatch(of: #/^\s+(?:@?\w+ )*?(?:func|var) (\w+)/#) else { continue }
            names.insert(String(match.1))
        }
        return names
    }
}

extension Substring {
    /// Whether the line is a comment, of two or three strokes, whose text begins so.
    fileprivate func startsComment(_ text: String) -> Bool {
        let head = drop { $0 == " " }
        return head.hasPrefix("/// " + text) || head.hasPrefix("// " + text)
    }
}
