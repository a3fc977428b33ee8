import Farm
import Foundation
import TestSupport
import Testing

@testable import FarmConfiguration

private func read(_ text: String) throws -> Configuration {
    try ConfigurationReader(file: "config.toml").read(text)
}

/// The messages of a text that is refused, a line each.
private func problems(_ text: String) -> String {
    do {
        _ = try read(text)
        return "accepted"
    } catch {
        return "\(error)"
    }
}

@Suite("The configuration file", .timeLimit(.minutes(20)))
struct ConfigurationTests {
    @Test("an empty file is the default configuration")
    func empty() throws {
        #expect(try read("") == Configuration())
        #expect(try read("# nothing\n[server]\n") == Configuration())
    }

    @Test("config.example.toml is the default configuration, and names every key once, as it is written")
    func example() throws {
        let text = try String(contentsOf: TestFiles.root.appending(path: "config.example.toml"), encoding: .utf8)
        #expect(try read(text) == Configuration())
        let lines = text.split(separator: "\n")
        for setting in Setting.all {
            let written = "\(setting.key) = \(setting.write(Configuration()))"
            #expect(lines.count { $0 == written } == 1, "\(written)")
        }
        #expect(lines.count { $0.contains(" = ") && !$0.hasPrefix("#") } == Setting.all.count)
    }

    @Test("every setting reads what it writes, and refuses a value of another kind with its name, line and remedy")
    func everySetting() throws {
        for setting in Setting.all {
            var changed = Configuration()
            let text = "[\(setting.section)]\n\(setting.key) = \(setting.write(changed))"
            changed = try read(text)
            #expect(changed == Configuration())
            let message = problems("\n[\(setting.section)]\n\(setting.key) = 1979-05-27")
            #expect(
                message
                    == "config.toml:3: \(setting.path) is a date; expected \(setting.expected). The default is "
                    + "\(setting.key) = \(setting.write(Configuration())).")
        }
    }

    @Test("settings take effect")
    func values() throws {
        let configuration = try read(
            """
            storage = { data_dir = "/srv/farm", synchronous = "normal" }
            detector.threads = 3
            detector.precision = "bfloat16"
            [server]
            listen = "[::1]:80"
            public_url = "https://farm.example.org/base"
            [dashboard]
            bell = false
            quiet_hours = "22:00-07:00"
            pictures = "half-blocks"
            """)
        #expect(configuration.storage.dataFolder == "/srv/farm")
        #expect(configuration.storage.synchronous == .normal)
        #expect(configuration.detector.threads == 3)
        #expect(configuration.detector.precision == .bfloat16)
        #expect(configuration.server.listen == ListenAddress(host: "::1", port: 80))
        #expect(configuration.server.publicURL == "https://farm.example.org/base")
        #expect(!configuration.dashboard.bell)
        #expect(configuration.dashboard.quietHours == "22:00-07:00")
        #expect(configuration.dashboard.pictures == .halfBlocks)
    }

    @Test("lists take texts that fit, and nothing else")
    func lists() throws {
        let configuration = try read(
            """
            [server]
            trusted_proxies = ["127.0.0.1", "10.0.0.0/8", "fd00::/8", "unix"]
            cors_origins = ["https://app.example.org", "http://localhost:8080"]
            """)
        #expect(configuration.server.trustedProxies == ["127.0.0.1", "10.0.0.0/8", "fd00::/8", "unix"])
        #expect(configuration.server.corsOrigins.count == 2)
        for text in ["\"unix\"", "[\"proxy.example.org\"]", "[\"10.0.0.1/8\"]", "[\"10.0.0.0/33\"]", "[1]"] {
            #expect(problems("[server]\ntrusted_proxies = \(text)").contains("expected a list of addresses"), "\(text)")
        }
        for text in ["[\"*\"]", "[\"https://app.example.org/\"]", "[\"HTTPS://APP\"]", "[\"null\"]"] {
            #expect(problems("[server]\ncors_origins = \(text)").contains("expected a list of origins"), "\(text)")
        }
    }

    @Test(
        "what may hold a secret is never in a message",
        arguments: ["url = \"ftp://canary\"", "url = \"https://u:canary@x/\"", "url = [\"canary\"]", "secret = 4711"])
    func secrets(line: String) {
        let found = problems("[webhook]\n\(line)")
        #expect(found.contains("expected") && !found.contains("canary") && !found.contains("4711"))
    }

    @Test("all faults are named at once, by line, with the likely meaning of a misspelt key")
    func faults() {
        let text = """
            [server]
            lisen = "127.0.0.1:80"
            listen = 3334

            [dashbord]
            theme = "dark"
            [log]
            theme = "dark"
            level = "loud"
            [alerts]
            zzz = 1
            pause_confirmed_within_s = -1
            """
        let alerts = Setting.all.filter { $0.section == "alerts" }.map(\.key).joined(separator: ", ")
        #expect(
            problems(text) == """
                config.toml:2: unknown key server.lisen. Did you mean server.listen?
                config.toml:3: server.listen is the whole number 3334; expected "HOST:PORT", as "127.0.0.1:3334" or \
                "[::1]:3334", or "none". The default is listen = "127.0.0.1:3334".
                config.toml:5: unknown section [dashbord]. Did you mean [dashboard]?
                config.toml:8: unknown key log.theme. theme belongs to the section [dashboard].
                config.toml:9: log.level is the string "loud"; expected one of "debug", "info", "notice", "warning", \
                "error". The default is level = "info".
                config.toml:11: unknown key alerts.zzz. Remove it; [alerts] knows \(alerts).
                config.toml:12: alerts.pause_confirmed_within_s is the whole number -1; expected a whole number from 1 \
                to 86400 (seconds). The default is pause_confirmed_within_s = 30.
                """)
    }

    @Test("a file of 0.1 is right still: a key that means nothing any more is passed over")
    func retired() { #expect(problems("[alerts]\ncool_down_s = 90") == "accepted") }

    @Test("a section that may be given again is suggested as such, and listed with the others")
    func suggestedLists() {
        #expect(
            problems("[[notfy]]\nname = \"phone\"")
                == "config.toml:1: unknown section [notfy]. Did you mean [[notify]]?")
        let words = problems("[nothing_of_the_kind]\na = 1")
        #expect(words.hasSuffix(", and [[camera]] and [[notify]], which may be given again."), "\(words)")
    }

    @Test("a key outside a section, and a value where a section belongs, are told where they go")
    func places() {
        #expect(
            problems("listen = \"127.0.0.1:1\"\nserver = 3\nnope = 1") == """
                config.toml:1: the key listen stands in no section. It belongs below [server].
                config.toml:2: server is the whole number 3; expected a section. Write [server] on a line of its own \
                and its settings below.
                config.toml:3: the key nope stands in no section. Remove it; config.example.toml lists every key.
                """)
    }

    @Test("keys of the operator's own are read as a text or a list, and anything else is named with its line")
    func keys() throws {
        let configuration = try read("[keys]\npause = \"w\"\nnext_alert = [\"N\", \"^g\"]")
        #expect(
            configuration.keys == [
                Configuration.KeySetting(command: "next_alert", keys: ["N", "^g"], line: 3),
                Configuration.KeySetting(command: "pause", keys: ["w"], line: 2),
            ])
        #expect(
            problems("[keys]\npause = 3\nmute = [\"m\", 1]") == """
                config.toml:2: keys.pause is the whole number 3; expected a key or a list of keys, as "w" or ["w", "F5"].
                config.toml:3: keys.mute is a list; expected a key or a list of keys, as "w" or ["w", "F5"].
                """)
    }

    @Test("a NUL in a text is refused: the system would read up to it")
    func nul() {
        let file = problems("[detector]\nmodel = \"/a\\u0000b\"")
        #expect(file.hasPrefix("config.toml:2: detector.model is the string"))
        let channel = problems("[[notify]]\nname = \"a\"\nkind = \"slack\"\nurl_file = \"/a\\u0000b\"")
        #expect(channel.hasPrefix("config.toml:4: notify.url_file is the string"))
    }

    @Test("text that is not TOML is named with line and column")
    func syntax() {
        #expect(problems("[server]\nlisten = ").hasPrefix("config.toml:2:"))
        #expect(problems("[server]\n\u{0}listen = 1").hasPrefix("config.toml:2:1: not TOML: a NUL character."))
        #expect(problems(String(repeating: "#", count: 1 << 20) + "\n").contains("longer than 1 MiB"))
    }

    @Test("a bracket without a name is a fault with its line", arguments: ["[", "[[[a]]]", "[ =", "[[ ]]", "[\n"])
    func headerWithoutKey(header: String) {
        #expect(problems("\n" + header).hasPrefix("config.toml:2:"))
    }

    @Test(
        "what is no TOML is named where it stands",
        arguments: [
            ("[a]\nb = 2026-01-31T:", 2, 5), ("b = 2026-01-31T_1:0", 1, 5), ("b = [1, }", 1, 9), ("b = [}]", 1, 6),
            ("b = {c = [[1], {d = [1,}]}", 1, 24), ("b = 2026-01-31 0\n", 1, 5), ("b = 1_9x9-05-27 0 ", 1, 5),
            ("b = [\n  \u{2028}]", 2, 3), ("\u{FEFF}b = [1,}", 1, 8),
            ("b = [ # }\n '}', \"]\", }", 2, 12),
            ("[" + Array(repeating: "a", count: 101).joined(separator: ".") + "]", 1, 202),
            (Array(repeating: "a", count: 20_000).joined(separator: ".") + " = 1", 1, 201),
        ])
    func faults(text: String, line: Int, column: Int) {
        #expect(problems(text).hasPrefix("config.toml:\(line):\(column): not TOML: "))
    }

    @Test(
        "what only looks like that is read",
        arguments: [
            "b = 2026-01-31T07:32:00", "b = 2026-01-31 07:32:00Z", "b = 2026-01-31", "b = 2026-01-31 # 0",
            "b = [2026-01-31, 2026-01-31]", "b = [[], [1,], [{}, {a = \"}\"}]]", "b = {c = {d = [1, 2]}, e.f = '}'}",
            "\u{FEFF}b = [1]", "b = \"\"\"\n[1,}\n\"\"\"", "b = {1=\"a]b\", 2='c,}'}",
            Array(repeating: "a", count: 100).joined(separator: ".") + " = 1",
        ])
    func harmlessText(text: String) throws {
        #expect(try !TOMLReader.read(text).isEmpty)
    }

    @Test("lines are right below strings, lists and tables of several lines")
    func lines() throws {
        let text = #"""
            # [log]
            [server]  # level = 1
            public_url = """
            [log]
            level = "x"
            """
            "listen" = ["a", # ] "
              "]", { level = 'x' },
            ]
            log . level . x = 1
            log.'file' = { a = 1, "b.c" = [ {} ], d.e = 2 }
            """#
        let entries = try TOMLReader.read(text)
        #expect(line(of: ["server"], in: entries) == 2)
        #expect(line(of: ["server", "public_url"], in: entries) == 3)
        #expect(line(of: ["log"], in: entries) == nil)
        #expect(line(of: ["server", "listen"], in: entries) == 7)
        #expect(line(of: ["server", "log", "level", "x"], in: entries) == 10)
        #expect(line(of: ["server", "log", "file", "b.c"], in: entries) == 11)
        #expect(line(of: ["server", "log", "file", "d", "e"], in: entries) == 11)
        #expect(line(of: ["server", "log", "file", "e"], in: entries) == nil)
    }

    private func line(of path: [String], in entries: [TOMLEntry]) -> Int? {
        guard let entry = entries.first(where: { $0.key == path[0] }) else { return nil }
        guard path.count > 1 else { return entry.line }
        guard case .table(let inner) = entry.node else { return nil }
        return line(of: Array(path.dropFirst()), in: inner)
    }

    @Test("hostile keys and values are cleaned before they are shown")
    func hostile() {
        let message = problems("[server]\n\"\\u001b[2J\\u202e\" = 1\nlisten = \"\\u001b]0;x\\u0007\"")
        #expect(message.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 32 && $0.value != 0x202E })
        #expect(message.contains("unknown key server.\u{FFFD}[2J\u{FFFD}"))
    }

    @Test(
        "mutated text is read or refused in good order, and its lines are counted",
        arguments: [1, 2, 3, 4] as [UInt64])
    func fuzz(seed: UInt64) throws {
        let example = try Array(
            String(contentsOf: TestFiles.root.appending(path: "config.example.toml"), encoding: .utf8)
                .split(separator: "\n").filter { !$0.hasPrefix("#") }.joined(separator: "\n").utf8)
        let words = [
            "[", "]", "[[", "{", "}", "\"", "'", "\"\"\"", "'''", "=", ".", ",", "\\u0000", "\\", "#", "\n", "\r",
            "\u{0}",
            "1e999", "-9223372036854775808", "0x", "nan", "inf", "1979-05-27T07:32:00Z", "25:61", "é", "\u{FEFF}",
            "true",
        ].map { Array($0.utf8) }
        var random = SplitMix(seed: seed)
        var refused = 0
        for _ in 0..<600 {
            var bytes = example
            for _ in 0...random.below(6) {
                let at = random.below(bytes.count)
                switch random.below(4) {
                case 0: bytes[at] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.insert(contentsOf: words[random.below(words.count)], at: at)
                case 2: bytes.removeSubrange(at..<min(bytes.count, at + 1 + random.below(20)))
                default: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + random.below(80))], at: 0)
                }
                if bytes.isEmpty { bytes = example }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            let lineCount = text.utf8.count { $0 == 10 } + 1
            do throws(ConfigurationError) {
                _ = try ConfigurationReader(file: "f").read(text)
            } catch {
                refused += 1
                #expect(error.description.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 32 })
                if case .invalid(_, let problems) = error {
                    #expect(!problems.isEmpty)
                    #expect(problems.allSatisfy { $0.line.map { (1...lineCount).contains($0) } ?? true })
                }
            }
        }
        #expect(refused > 100)
    }
}
