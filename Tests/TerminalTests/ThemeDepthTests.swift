import Foundation
import TestSupport
import Testing

@testable import Dashboard
@testable import Terminal

@Suite("Themes at each depth of colour", .timeLimit(.minutes(20)))
struct ThemeDepthTests {
    private static let depths: [(name: String, depth: ColorDepth)] = [
        ("direct", .direct), ("256", .indexed256), ("16", .ansi16), ("8", .ansi8), ("mono", .mono),
    ]

    /// What ncurses is told: two numbers of colours, and attributes.
    private struct Style: Hashable, CustomStringConvertible {
        var foreground: Int32
        var background: Int32
        var attributes: UInt8

        init(_ paint: Paint, _ depth: ColorDepth) {
            let reduction = ColorReduction(depth: depth, hasDefaultColors: true)
            let ink = reduction.reduce(paint.foreground, isForeground: true)
            foreground = ink.index
            background = reduction.reduce(paint.background, isForeground: false).index
            attributes = paint.attributes.union(ink.isBright ? .bold : []).rawValue
        }

        var description: String {
            func color(_ index: Int32) -> String {
                index > 255 ? "#" + String(index | 1 << 24, radix: 16).dropFirst() : index < 0 ? "-" : "\(index)"
            }
            let names: [(Paint.Attributes, String)] = [
                (.bold, "bold"), (.dim, "dim"), (.underline, "underline"), (.reverse, "reverse"), (.italic, "italic"),
            ]
            let words = names.filter { Paint.Attributes(rawValue: attributes).contains($0.0) }.map { " " + $0.1 }
            return "\(color(foreground)) on \(color(background))\(words.joined())"
        }
    }

    @Test("Each role of each theme becomes what the table says")
    func table() throws {
        var text = ""
        for theme in Theme.builtin {
            text += "\(theme.name)\n"
            for role in Role.allCases {
                let styles = Self.depths.map { name, depth in "\(name): \(Style(theme[role], depth))" }
                text += "  \(role.name): \(styles.joined(separator: "; "))\n"
            }
        }
        let file = TestFiles.inTests("TerminalTests/Golden/themes.txt")
        if ProcessInfo.processInfo.environment["FARMTOP_WRITE_GOLDEN"] != nil {
            return try text.write(to: file, atomically: true, encoding: .utf8)
        }
        let kept = try String(contentsOf: file, encoding: .utf8)
        let differences = text.split(separator: "\n").filter { !kept.split(separator: "\n").contains($0) }
        #expect(text == kept, Comment(rawValue: differences.joined(separator: "\n")))
    }

    @Test(
        "What calls for somebody looks like nothing else, at every depth that has colours",
        arguments: Theme.builtin.filter { $0.name != "mono" })
    func distinct(theme: Theme) {
        for (name, depth) in Self.depths where depth > .mono {
            func style(_ role: Role) -> Style { Style(theme[role], depth) }
            for role in [Role.failing, .warning, .alert, .error] {
                for calm in [Role.text, .dim, .printing, .done, .idle, .header, .hint] {
                    #expect(style(role) != style(calm), "\(theme.name), \(name): \(role.name) as \(calm.name)")
                }
            }
            #expect(style(.failing) != style(.warning), "\(theme.name), \(name)")
            #expect(style(.chartFailure) != style(.chart), "\(theme.name), \(name)")
        }
    }
}
