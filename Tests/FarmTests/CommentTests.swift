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
        let requirements = Requirements(files)
        return files.flatMap { file in
            zip(1..., file.lines).compactMap { number, line in
                guard let symbol = symbol(line, at: "\(file.path):\(number)"), !known.contains(symbol.name),
                    !isDocumented(number - 1, in: file.lines),
                    !requirements.ask(for: symbol.name, of: Declaration.around(number - 1, in: file.lines))
                else { return nil }
                return symbol
            }
        }
    }

    /// Requirements of protocols that are not ours, operators, and what is said by the name in whatever type it stands.
    private static let known: Set<String> = [
        "description", "debugDescription", "hash", "id", "encode", "next", "respond", "rawValue", "==", "<", "+", "-",
        "name", "createdAt",
    ]

    private static func symbol(_ line: Substring, at place: String) -> PublicSymbol? {
        // A regular expression takes its time in a debug build, to be made too: most lines do not get that far.
        guard line.contains("public ") else { return nil }
        let declaration =
            #/^\s*(?:@\w+(?:\([^)]*\))?\s+)*public\s+(?:(?:static|final|mutating|nonisolated|indirect|consuming|override|\w+\(set\))\s+)*(func|var|let|struct|class|enum|protocol|actor|typealias|subscript)\s*(\w+|[^\s\w(]+)?/#
        guard let match = line.firstMatch(of: declaration) else { return nil }
        return PublicSymbol(name: String(match.2 ?? match.1), place: place)
    }

    private static func isDocumented(_ index: Int, in lines: [Substring]) -> Bool {
        var above = index - 1
        while above >= 0, lines[above].contains(#/^\s*@\w+(?:\([^)]*\))?$/#) { above -= 1 }
        return above >= 0 && lines[above].drop { $0 == " " }.hasPrefix("/// ")
    }

}

/// The first line of a type, an extension or a protocol.
private struct Declaration {
    var kind: Substring
    var name: String
    /// What it inherits from and conforms to, by what stands behind the colon.
    var parents: Set<String>

    init?(_ index: Int, in lines: [Substring]) {
        // Most lines do not get further: a debug build takes its time for what follows.
        guard let first = lines[index].utf8.first(where: { $0 != UInt8(ascii: " ") }), Self.beginnings.contains(first)
        else { return nil }
        let words = lines[index].split(separator: " ", maxSplits: 6)
        guard let place = words.firstIndex(where: Self.kinds.contains), place + 1 < words.count,
            words[..<place].allSatisfy({ Self.modifiers.contains($0) || $0.hasPrefix("@") })
        else { return nil }
        kind = words[place]
        var head = String(lines[index])
        for line in lines[(index + 1)...].prefix(8) where !head.contains("{") { head += " " + line }
        let isPart = { (character: Character) in character.isLetter || character.isNumber || "_.".contains(character) }
        let path = words[place + 1].prefix(while: isPart)
        name = String(path.split(separator: ".").last ?? path)
        let rest = head.drop { $0 != ":" }.prefix { $0 != "{" }
        parents = Set(rest.split { !isPart($0) }.map { String($0.split(separator: ".").last ?? $0) })
    }

    private static let kinds: Set<Substring> = ["struct", "class", "enum", "actor", "extension", "protocol"]
    private static let modifiers: Set<Substring> = [
        "public", "package", "internal", "private", "fileprivate", "final", "indirect", "nonisolated",
    ]

    private static let beginnings = Set("@acefinps".utf8)

    /// The name of the type in whose braces a line stands.
    static func around(_ index: Int, in lines: [Substring]) -> String {
        func depth(_ line: Substring) -> Int { line.utf8.prefix { $0 == UInt8(ascii: " ") }.count }
        let inner = depth(lines[index])
        for above in lines.indices[..<index].reversed() where depth(lines[above]) < inner {
            if let declaration = Declaration(above, in: lines) { return declaration.name }
        }
        return ""
    }
}

/// What the protocols of the tree ask of the types that conform to them.
private struct Requirements {
    private var asked: [String: Set<String>] = [:]
    /// By type, extensions included, and by protocol.
    private var parents: [String: Set<String>] = [:]

    init(_ files: [SwiftFile]) {
        for file in files {
            var inside: String?
            for (index, line) in file.lines.enumerated() {
                if let declaration = Declaration(index, in: file.lines) {
                    parents[declaration.name, default: []].formUnion(declaration.parents)
                    inside = declaration.kind == "protocol" && !line.hasSuffix("}") ? declaration.name : nil
                }
                if line == "}" { inside = nil }
                guard let inside, let match = line.firstMatch(of: #/^\s+(?:@?\w+ )*?(?:func|var) (\w+)/#) else {
                    continue
                }
                asked[inside, default: []].insert(String(match.1))
            }
        }
    }

    /// Whether a protocol that the type conforms to has that function or property.
    func ask(for name: String, of type: String) -> Bool {
        var waiting = [type]
        var seen: Set<String> = []
        while let next = waiting.popLast() {
            guard seen.insert(next).inserted else { continue }
            if asked[next]?.contains(name) == true { return true }
            waiting += parents[next] ?? []
        }
        return false
    }
}

extension Substring {
    /// Whether the line is a comment, of two or three strokes, whose text begins so.
    fileprivate func startsComment(_ text: String) -> Bool {
        let head = drop { $0 == " " }
        return head.hasPrefix("/// " + text) || head.hasPrefix("// " + text)
    }
}
