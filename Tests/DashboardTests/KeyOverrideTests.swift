import Farm
import TestSupport
import Testing

@testable import Dashboard

@Suite("Keys of the operator's own", .timeLimit(.minutes(20)))
struct KeyOverrideTests {
    private func dashboard(_ keys: [String: [String]], isEmpty: Bool = false) -> DashboardState {
        var options = DashboardOptions()
        #expect(options.override(overrides(keys)).isEmpty)
        return FarmFixture.dashboard(isEmpty ? FarmSnapshot() : FarmFixture.farm, options: options)
    }

    private func overrides(_ keys: [String: [String]]) -> [KeyOverride] {
        keys.sorted { $0.key < $1.key }.map { KeyOverride(command: $0.key, keys: $0.value) }
    }

    private func faults(_ keys: [String: [String]]) -> [String] {
        var options = DashboardOptions()
        let faults = options.override(overrides(keys))
        #expect(options.keys == .standard)
        return faults.map(\.description)
    }

    @Test("The new key does it, the old one nothing")
    func replaces() {
        var state = dashboard(["acknowledge": ["w", "F5"], "open": ["enter"]])
        #expect(state.press(.character("a")).actions.isEmpty)
        #expect(state.draw().text.contains("a does nothing here; ? lists the keys."))
        #expect(state.press(.character("w")).actions == [.acknowledgeAlert(7, of: 101, verdict: nil)])
        state = dashboard(["acknowledge": ["w", "F5"], "open": ["enter"]])
        #expect(state.press(.function(5)).actions == [.acknowledgeAlert(7, of: 101, verdict: nil)])
    }

    @Test("The key bar, the alert line, the help and the messages show the key that there is")
    func shown() throws {
        let free = String(try #require(KeyMap.freeLetter))
        var state = dashboard([
            "acknowledge": ["w"], "undo": ["U"], "help": ["H"], "area_log": [free], "area_farm": ["0"],
        ])
        let lines = state.draw().text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[1].contains("[w]"))
        #expect(lines[23].contains("w ack"))
        #expect(lines[23].contains("H help"))
        #expect(lines[22].contains("0 farm  2 history  3 oauth  \(free) log"))
        _ = state.press(.character("n"))
        let effects = state.press(.character("m"))
        guard case .perform(_, let id)? = effects.first else {
            Issue.record("nothing was muted")
            return
        }
        _ = state.handle(.reply(id, .success(.done(succeeded: true))))
        #expect(state.draw().text.contains("U undoes"))
        _ = state.type("Hacknowledge")
        #expect(state.draw().text.contains("w      Acknowledge the alert"))
        #expect(dashboard(["new_printer": ["Q"]], isEmpty: true).draw().text.contains("press Q"))
    }

    @Test("A command with a key that it shared leaves it to the other")
    func shared() {
        var state = dashboard(["new_printer": ["w"]])
        _ = state.press(.character("c"))
        #expect(state.draw().text.contains("c does nothing here (in 3 oauth: new)"))
        _ = state.press(.character("w"))
        #expect(state.draw().text.contains("Add a printer"))
        _ = state.press(.escape)
        state.answerLoads(state.press(.character("3")))
        _ = state.press(.character("c"))
        #expect(state.draw().text.contains("New OAuth client"))
    }

    @Test("Two commands may change their keys with one another")
    func swapped() {
        var state = dashboard(["mute": ["p"], "pause": ["m"]])
        #expect(state.press(.character("m")).actions == [.pausePrint(7, of: 101)])
    }

    @Test("What cannot be is named: no such command, no such key, a key that moves, a key that is taken")
    func wrong() {
        #expect(faults(["paus": ["w"]]) == ["there is no command paus."])
        #expect(faults(["pause": []]) == ["pause needs a key, as \"w\", \"F5\" or \"^w\"."])
        #expect(faults(["pause": ["F13"]]).first?.hasPrefix("pause is \"F13\", which is no key.") == true)
        #expect(faults(["pause": ["w", "ctrl-w"]]).first?.hasPrefix("pause is \"ctrl-w\", which is no key.") == true)
        #expect(faults(["pause": ["j"]]) == ["pause is \"j\", which moves in lists. Choose another key."])
        #expect(
            faults(["pause": ["a"]]) == [
                "pause is \"a\", which is the key of acknowledge. Choose another key, or give acknowledge another one too."
            ])
        #expect(
            faults(["mute": ["w"], "pause": ["w"]]).first?.hasPrefix("pause is \"w\", which is the key of mute.")
                == true)
        #expect(faults(["mute": ["w"], "pause": ["w"]]).count == 1)
    }

    @Test("A key may be another command's where the two never meet")
    func apart() {
        var state = dashboard(["next_error": ["o"]])
        _ = state.handle(.log(FarmFixture.logLines))
        state.answerLoads(state.press(.character("3")))
        _ = state.press(.character("o"))
        #expect(state.draw().text.contains("Give orca-lab a new secret?"))
        _ = state.press(.escape)
        state.answerLoads(state.press(.character("4")))
        _ = state.press(.character("o"))
        #expect(state.draw().text.contains("The disk is full"))
    }

    @Test("Every key has a name that leads back to it")
    func names() {
        let keys: [Key] =
            KeyMap.standard.bindings.flatMap(\.keys) + (1...12).map { .function($0) }
            + "az".flatMap { [.control($0), .alt($0)] } + [.alt("Q"), .backTab, .insert, .pageDown, .home]
        for key in keys { #expect(Key(name: key.name) == key, "\(key)") }
    }

    @Test("Whatever stands for a key, it is a key that its own name leads back to, or none")
    func hostile() {
        for text in [
            "", " ", "^", "^^", "^1", "alt-", "alt-ab", "F", "F0", "F+1", "F 1", "F99", "\u{1B}", "\u{0}", "\n", "é",
            "🖨",
        ] {
            if let key = Key(name: text) { #expect(Key(name: key.name) == key, "\(text.debugDescription)") }
        }
        for text in ["\u{1B}", "\u{0}", "\n", "F0", "F+1", "", "^1"] {
            #expect(Key(name: text) == nil, "\(text.debugDescription)")
        }
    }
}

extension KeyMap {
    /// A letter that is the key of nothing, or nil where all are taken.
    static var freeLetter: Character? {
        "ZYXWVUQ".first { letter in !standard.bindings.contains { $0.keys.contains(.character(letter)) } }
    }
}
