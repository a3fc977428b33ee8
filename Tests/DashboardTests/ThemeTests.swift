import Dashboard
import Foundation
import TestSupport
import Testing

@Suite("Themes", .timeLimit(.minutes(20)))
struct ThemeTests {
    static let names = ["default-dark", "light", "high-contrast", "deuteranopia", "mono"]

    /// The `key = "value"` lines of a theme file; the program reads it with a real TOML parser.
    private func roles(_ name: String) throws -> [String: String] {
        let text = try String(contentsOf: TestFiles.root.appending(path: "themes/\(name).toml"), encoding: .utf8)
        let body = try #require(text.components(separatedBy: "[roles]").last)
        return Dictionary(
            uniqueKeysWithValues: body.split(separator: "\n").map { line in
                let parts = line.components(separatedBy: " = ")
                return (parts[0], parts[1].trimmingCharacters(in: CharacterSet(charactersIn: "\"")))
            })
    }

    @Test("Each theme in the tree gives every role a style", arguments: names)
    func complete(name: String) throws {
        let roles = try roles(name)
        #expect(Set(roles.keys) == Set(Role.allCases.map(\.name)))
        #expect(try Theme(name: name, roles: roles).name == name)
    }

    @Test("The compiled-in themes are those of the files", arguments: Theme.builtin)
    func compiledIn(theme: Theme) throws {
        #expect(try Theme(name: theme.name, roles: roles(theme.name)) == theme)
    }

    @Test("Each theme in the tree is compiled in")
    func allCompiledIn() { #expect(Theme.builtin.map(\.name) == Self.names) }

    @Test("A style is attributes, a colour, and a background after on")
    func style() throws {
        #expect(
            try Paint(style: "bold #ff5f00 on 236")
                == Paint(foreground: .rgb(255, 95, 0), background: .indexed(236), attributes: .bold))
        #expect(try Paint(style: "bright-red") == Paint(foreground: .indexed(9)))
        #expect(try Paint(style: "") == .plain)
    }

    @Test(
        "A faulty style is named with its role",
        arguments: ["redd", "256", "#12345g", "#+12345", "red blue", "bold on"])
    func faultyStyle(style: String) {
        let error = #expect(throws: ThemeError.self) { try Theme(name: "mine", roles: ["failing": style]) }
        #expect(error?.description.contains("role failing") == true)
    }

    @Test("An unknown role is named, and the known ones are listed")
    func unknownRole() {
        let error = #expect(throws: ThemeError.self) { try Theme(name: "mine", roles: ["failling": "red"]) }
        #expect(error == .unknownRole("failling", theme: "mine"))
        #expect(error?.description.contains("chart_warning") == true)
    }
}
