import Testing

@testable import FarmConfiguration

@Suite("TOML 1.0, each key with its line", .timeLimit(.minutes(20)))
struct TOMLReaderTests {
    /// The value of the one key `v`, or the fault.
    private func value(_ text: String) -> Result<TOMLNode, TOMLFault> {
        Result { () throws(TOMLFault) in try TOMLReader.read("v = " + text)[0].node }
    }

    @Test(
        "strings of all four kinds",
        arguments: [
            (#""a\tb\u00e9\U0001F600\"\\""#, "a\tbé😀\"\\"), ("'a\\tb'", "a\\tb"), ("\"\"", ""), ("''", ""),
            ("\"\"\"\nfirst\r\n  second\"\"\"", "first\n  second"), ("\"\"\"a\"b\"\"c\"\"\"\"\"", "a\"b\"\"c\"\""),
            ("\"\"\"a\\  \n\n   b\"\"\"", "ab"), ("'''\n'a'\n'''", "'a'\n"), ("\"# no comment\"", "# no comment"),
        ])
    func strings(text: String, string: String) { #expect(value(text) == .success(.string(string))) }

    @Test(
        "whole numbers, fractions and words",
        arguments: [
            ("0", .integer(0)), ("-0", .integer(0)), ("+1_000", .integer(1000)), ("0xdead_BEEF", .integer(0xDEAD_BEEF)),
            ("0o755", .integer(0o755)), ("0b1_01", .integer(5)), ("9223372036854775807", .integer(.max)),
            ("-9223372036854775808", .integer(.min)), ("1.5", .float(1.5)), ("-0.25e-1_0", .float(-0.25e-10)),
            ("1E5", .float(100_000)), ("inf", .float(.infinity)), ("-inf", .float(-.infinity)),
            ("true", .boolean(true)),
            ("false", .boolean(false)),
        ] as [(String, TOMLNode)])
    func scalars(text: String, node: TOMLNode) { #expect(value(text) == .success(node)) }

    @Test(
        "dates and times",
        arguments: [
            ("2026-02-28", "date"), ("07:32:00", "time"), ("07:32:00.999999999", "time"),
            ("2026-02-28T07:32:00", "date and time"), ("2026-02-28 07:32:00Z", "date and time"),
            ("2026-02-28t07:32:00.5-07:00", "date and time"),
        ])
    func moments(text: String, kind: String) { #expect(value(text) == .success(.moment(kind))) }

    @Test(
        "what looks like a value and is none",
        arguments: [
            "01", "1__0", "_1", "1_", "1.", ".5", "1.e5", "1e", "0x", "0xg", "0b2", "+0x1", "1-2", "tru", "True", "NaN",
            "2026-02-29", "2026-13-01", "2026-02-28T", "2026-02-28T7:32:00", "25:00:00", "07:32", "2026-02-28 0",
            "9223372036854775808", "0x8000000000000000", "\"\\x41\"", "\"\\ud800\"", "\"\\U00110000\"", "\"a\nb\"",
            "\"a",
            "'''a", "\"\"\"a\"\"\"\"\"\"", "\"\u{7}\"", "1 2", "[1 2]", "[1", "[,]", "{a = 1,}", "{a = 1\n}", "{a}",
            "}",
            "",
        ])
    func faults(text: String) {
        guard case .failure(let fault) = value(text) else { return #expect(Bool(false), "\(text) was read") }
        #expect(fault.line >= 1 && fault.column >= 5)
    }

    @Test(
        "no key is defined twice, and what is complete stays so",
        arguments: [
            "a = 1\na = 2", "[a]\n[a]", "a = 1\n[a]", "[a]\nb.c = 1\n[a.b]", "a.b = 1\na.b.c = 2",
            "a = {b = 1}\na.c = 2",
            "a = {b = 1}\n[a.c]", "a = {b = 1, b = 2}", "a = [1]\n[[a]]", "[[a]]\n[a]", "[a]\n[[a]]",
            "\"a\" = 1\n'a' = 2",
            "[a.b]\n[a]\nb.c = 1\n[a.b]",
        ])
    func twice(text: String) {
        let fault = #expect(throws: TOMLFault.self) { try TOMLReader.read(text) }
        #expect(fault?.reason.hasSuffix("is defined twice") == true)
    }

    @Test("tables by headers, keys with dots and braces become one tree")
    func tables() throws {
        let text = """
            top.level = 1
            [a.b]  # before its parent
            [a]
            c = {d = 1, e.f = [{}]}
            [[list]]
            n = 1
            [[list]]
            [list.inner]
            n = 2
            """
        #expect(
            try TOMLReader.read(text) == [
                table(
                    "a", 2,
                    [
                        table("b", 2, []),
                        table(
                            "c", 4, [entry("d", 4, .integer(1)), table("e", 4, [entry("f", 4, .array([.table([])]))])]),
                    ]),
                entry(
                    "list", 5,
                    .array([
                        .table([entry("n", 6, .integer(1))]), .table([table("inner", 8, [entry("n", 9, .integer(2))])]),
                    ]), headerLines: [5, 7]),
                table("top", 1, [entry("level", 1, .integer(1))]),
            ])
    }

    private func entry(_ key: String, _ line: Int, _ node: TOMLNode, headerLines: [Int] = []) -> TOMLEntry {
        TOMLEntry(key: key, node: node, line: line, headerLines: headerLines)
    }

    private func table(_ key: String, _ line: Int, _ entries: [TOMLEntry]) -> TOMLEntry {
        entry(key, line, .table(entries))
    }

    @Test("a hundred levels are read, and no text is nested without end")
    func depth() throws {
        func nested(_ count: Int) -> String {
            String(repeating: "[", count: count) + String(repeating: "]", count: count)
        }
        #expect(throws: Never.self) { try TOMLReader.read("v = " + nested(100)) }
        for text in [nested(101), nested(100_000), String(repeating: "{a=", count: 100_000)] {
            #expect(throws: TOMLFault.self) { try TOMLReader.read("v = " + text) }
        }
        let long = Array(repeating: "a", count: 100).joined(separator: ".")
        #expect(throws: TOMLFault.self) { try TOMLReader.read("\(long) = {\(long) = 1}") }
    }

    @Test("NUL, carriage returns and control characters have no place, wherever they stand")
    func controls() {
        for text in ["\0a = 1", "a = 1\0", "a = \0", "# \0", "a = \"\0\"", "a\0 = 1", "[\0]"] {
            let fault = #expect(throws: TOMLFault.self) { try TOMLReader.read(text) }
            #expect(fault?.reason == "a NUL character", "\(text.debugDescription)")
        }
        for text in ["a = 1\rb = 2", "# \u{1}", "a = '\u{1}'", "a = 1\u{2028}b = 2"] {
            #expect(throws: TOMLFault.self) { try TOMLReader.read(text) }
        }
        #expect(throws: Never.self) { try TOMLReader.read("\u{FEFF}a = 1\r\n\r\n# x\r\nb = [\r\n1,\r\n]\r\n") }
    }
}
