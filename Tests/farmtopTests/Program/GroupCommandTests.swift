import Foundation
import Glibc
import TestSupport
import Testing

@Suite("Groups of printers, by the program", .timeLimit(.minutes(20)))
struct GroupCommandTests {
    private let home: TestHome

    init() throws { home = try TestHome() }

    @Test("a printer is put into groups, taken out, renamed; the list shows and filters by them")
    func edit() throws {
        for name in ["mk4", "xl"] { _ = try home.run("printer", "add", name) }
        #expect(try !home.run("printer", "list").output.contains("GROUPS"))
        let edited = try home.run("printer", "edit", "mk4", "--tag", "PETG", "--tag", "hall-2")
        #expect(edited.output == "Printer 1 (mk4) is in hall-2, petg.\n")
        let list = try home.run("printer", "list").output
        #expect(list.contains("GROUPS") && list.contains("hall-2 petg"))
        let group = try home.run("printer", "list", "--group", "petg", "--json").output
        #expect(group.contains("\"name\": \"mk4\"") && !group.contains("xl"))
        #expect(group.contains(#""tags": ["hall-2", "petg"]"#))
        #expect(try home.run("printer", "list", "--group", "none").output == "No printer is in the group none.\n")
        #expect(try home.run("complete", "groups").output == "hall-2\npetg\n")
        let renamed = try home.run("printer", "edit", "mk4", "--untag", "petg", "--name", "mk4s")
        #expect(renamed.output == "Printer 1 (mk4) is called mk4s now, and is in hall-2.\n")
        #expect(try home.run("printer", "show", "mk4s").output.contains("groups    hall-2"))
        #expect(try home.run("printer", "edit", "mk4s").status == 2)
        #expect(try home.run("printer", "edit", "mk4s", "--tag", "two words").status == 2)
    }

    @Test("a rule that names nobody is told of by config check, doctor and notify status, and at a rename")
    func ruleOfNobody() throws {
        try home.writeConfiguration(
            """
            [[notify]]
            name = "siren"
            kind = "exec"
            argv = ["/bin/true"]
            printers = ["mk4"]
            tags = ["hall-2"]
            """)
        #expect(try !home.run("config", "check").output.contains("siren"), "there is no farm yet")
        _ = try home.run("printer", "add", "mk4")
        let words = "no printer has the tag hall-2"
        let check = try home.run("config", "check")
        #expect(check.status == 0 && check.output.contains("Channel siren: \(words). Correct printers and tags"))
        let renamed = try home.run("printer", "edit", "mk4", "--name", "mk4s", "--tag", "hall-2")
        #expect(renamed.status == 0)
        #expect(renamed.errors.contains("The rule of siren names mk4, which no printer is called now: put mk4s there."))
        #expect(try home.run("notify", "status").output.contains("rule            no printer is called mk4."))
        #expect(try home.run("notify", "status", "--json").output.contains(#""missing_printers": ["mk4"]"#))
        #expect(try home.run("doctor").output.contains("Channel siren: no printer is called mk4."))
    }

    @Test("prints of a group are paused, resumed and cancelled together; others are left alone")
    func prints() throws {
        for name in ["a", "b", "c"] { _ = try home.run("printer", "add", name) }
        for name in ["a", "b"] { _ = try home.run("printer", "edit", name, "--tag", "hall") }
        for name in ["a", "c"] { _ = try home.run("print", "start", name, "cube.gcode") }
        let nobody = try home.run("print", "pause", "--group", "hall")
        #expect(nobody.status == 2)
        #expect(nobody.errors.contains("Pause one print, on a?") && nobody.errors.contains("--yes"))
        let paused = try home.run("print", "pause", "--group", "hall", "--yes")
        #expect(paused.status == 0)
        #expect(paused.output.contains("a, cube.gcode: ASKED"))
        #expect(paused.output.contains("b is not printing."))
        let cancelled = try home.run("print", "cancel", "--group", "hall", "--yes", "--json")
        #expect(cancelled.output.contains(#""name": "a", "result": "done""#))
        #expect(cancelled.output.contains(#""name": "b", "result": "nothing_to_do""#))
        #expect(try home.run("printer", "show", "c").output.contains("PRINTING"))
        #expect(try home.run("print", "cancel", "--group", "nowhere", "--yes").errors.contains("The groups are hall."))
        #expect(try home.run("print", "cancel", "a", "--group", "hall").status == 2)
        #expect(try home.run("print", "cancel").status == 2)
    }
}
