import FarmConfiguration
import Testing

@testable import farmtop

@Suite("Keys of the operator's own", .timeLimit(.minutes(20)))
struct KeyProblemsTests {
    private func problems(_ text: String) throws -> [String] {
        let settings = try Settings(
            overrides: ConfigurationOverrides(configFile: "/c.toml"), environment: ["HOME": "/home/ada"],
            workingFolder: "/"
        ) { _ in Array(text.utf8) }
        return settings.keyProblems.map { "\($0.line ?? 0) \($0.message)" }
    }

    @Test("a key that two commands have, and a command that there is not, are named with their lines")
    func keys() throws {
        #expect(
            try problems("[keys]\npause = \"a\"\nnext_allert = \"w\"\nmute = \"j\"") == [
                "4 keys.mute is \"j\", which moves in lists. Choose another key.",
                "3 unknown key keys.next_allert: no command of the dashboard has that name. Did you mean keys.next_alert?",
                "2 keys.pause is \"a\", which is the key of acknowledge. Choose another key, or give acknowledge another "
                    + "one too.",
            ])
        #expect(try problems("[keys]\npause = \"w\"").isEmpty)
    }
}
