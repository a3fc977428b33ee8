import Dashboard
import Foundation
import TestSupport
import Testing

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
                let styles = Self.depths.map { name, depth in
                    "\(name): \(Style(theme.limited(to: depth)[role], depth))"
                }
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
            let theme = theme.limited(to: depth)
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

    // MARK: Contrast

    /// Drawn over pictures, or no text.
    private static let graphics: Set<Role> = [.chart, .chartWarning, .chartFailure, .chartPoint]
    private static let unmeasured: Set<Role> = [.selection, .border, .detection]

    /// As WCAG 2.1 measures it, 1 to 21.
    private static func ratio(_ a: RGB, _ b: RGB) -> Double {
        func luminance(_ color: RGB) -> Double {
            func linear(_ level: UInt8) -> Double {
                let share = Double(level) / 255
                return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
            }
            return 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue)
        }
        let (x, y) = (luminance(a), luminance(b))
        return (max(x, y) + 0.05) / (min(x, y) + 0.05)
    }

    /// The colours that a person sees; of bold in 8 and 16 colours both that terminals make of it.
    private static func inks(_ paint: Paint, _ depth: ColorDepth) -> [RGB] {
        let ink = ColorReduction(depth: depth, hasDefaultColors: true).reduce(paint.foreground, isForeground: true)
        if depth == .direct, ink.index > 7 {
            return [RGB(UInt8(ink.index >> 16), UInt8(ink.index >> 8 & 255), UInt8(ink.index & 255))]
        }
        let index = UInt8(ink.index)
        guard depth <= .ansi16, index < 8 else { return [Palette.color(index)] }
        if ink.isBright { return [Palette.color(index + 8)] }
        let isBold = paint.attributes.contains(.bold)
        return [Palette.color(index)] + (isBold ? [Palette.color(index + 8)] : [])
    }

    private static func ground(_ paint: Paint, _ depth: ColorDepth) -> RGB {
        var plain = paint
        plain.foreground = paint.background
        plain.attributes = []
        if depth == .ansi8 {
            // A bright background is none there.
            let index = ColorReduction(depth: depth, hasDefaultColors: true).reduce(
                plain.foreground, isForeground: false)
            return Palette.color(UInt8(index.index))
        }
        return inks(plain, depth)[0]
    }

    @Test(
        "Text has a contrast of 4.5:1 and charts 3:1, in the selected row too, at every depth of colour",
        arguments: ["default-dark", "light", "high-contrast", "deuteranopia"],
        [ColorDepth.direct, .indexed256, .ansi16, .ansi8])
    func contrast(name: String, depth: ColorDepth) throws {
        let file = try ThemeFile(name)
        let theme = try Theme(name: name, roles: file.roles, fewColors: file.fewColors).limited(to: depth)
        for role in Role.allCases where !Self.unmeasured.contains(role) {
            for (place, paint) in [("plain", theme[role]), ("selected", theme.selected(role))] {
                #expect(paint.background != .terminalDefault, "the terminal's background may be light or dark")
                let ground = Self.ground(paint, depth)
                let least = Self.inks(paint, depth).map { Self.ratio($0, ground) }.min() ?? 0
                #expect(least >= (Self.graphics.contains(role) ? 3 : 4.5), "\(name) \(role.name), \(place), \(depth)")
            }
        }
    }

    @Test("The theme without colours leaves both colours to the terminal")
    func monoContrast() {
        for role in Role.allCases {
            for paint in [Theme.mono[role], Theme.mono.selected(role)] {
                #expect(paint.foreground == .terminalDefault && paint.background == .terminalDefault)
            }
        }
    }
}
