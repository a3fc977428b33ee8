import Dashboard
import Foundation
import TestSupport
import Testing

@Suite("Themes", .timeLimit(.minutes(20)))
struct ThemeTests {
    private static let names = ["default-dark", "light", "high-contrast", "deuteranopia", "mono"]

    @Test("Each theme in the tree gives every role a style, and all but mono one in 16 colours", arguments: names)
    func complete(name: String) throws {
        let file = try ThemeFile(name)
        let all = Set(Role.allCases.map(\.name))
        #expect(Set(file.roles.keys) == all)
        #expect(Set(file.fewColors.keys) == (name == "mono" ? [] : all))
        #expect(try file.theme().name == name)
    }

    @Test("The compiled-in themes are those of the files", arguments: Theme.builtin)
    func compiledIn(theme: Theme) throws {
        let ofFile = try ThemeFile(theme.name).theme()
        #expect(ofFile == theme)
    }

    @Test("A theme with a light background is completed from the light one")
    func completedFromLight() throws {
        let light = try Theme(name: "mine", roles: ["text": "16 on 230"])
        #expect(light[.dim].foreground == Theme.light[.dim].foreground)
        #expect(light[.dim].background == .indexed(230))
        let dark = try Theme(name: "mine", roles: ["text": "230 on 16"])
        #expect(dark[.dim].foreground == Theme.defaultDark[.dim].foreground)
    }

    @Test("While nobody has chosen a theme it follows the terminal's background, and then no more")
    func followsTerminal() {
        var options = DashboardOptions()
        options.themeFollowsTerminal = true
        var state = FarmFixture.dashboard(options: options)
        _ = state.handle(.terminal(.background(isLight: true)))
        #expect(state.draw()[0, 0].paint.background == Theme.light[.text].background)
        _ = state.type(":theme high-contrast")
        _ = state.press(.enter)
        _ = state.handle(.terminal(.background(isLight: true)))
        #expect(state.draw()[0, 0].paint.background == Theme.highContrast[.text].background)
        options.themeFollowsTerminal = false
        var chosen = FarmFixture.dashboard(options: options)
        _ = chosen.handle(.terminal(.background(isLight: true)))
        #expect(chosen.draw()[0, 0].paint.background == Theme.defaultDark[.text].background)
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

extension ThemeFile {
    func theme() throws -> Theme { try Theme(name: name, roles: roles, fewColors: fewColors) }
}
