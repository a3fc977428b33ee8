import Printers
import Testing

@Suite("JSON from a machine", .timeLimit(.minutes(20)))
struct MachineJSONTests {
    @Test("values of every kind")
    func values() throws {
        let found = try json(#" {"a": [1, -2.5e1, true, false, null, "é\u00e9\ud83d\ude00\n\/"], "b": {}} "#)
        #expect(
            found
                == .object([
                    "a": .array([.number(1), .number(-25), .bool(true), .bool(false), .null, .string("éé😀\n/")]),
                    "b": .object([:]),
                ]))
    }

    @Test(
        "no JSON is no reading",
        arguments: [
            "", "{", "[1,]", "{\"a\":}", "{a:1}", "01", "1.", "1e", "+1", "tru", "\"a", "[1] x", "{\"a\" 1}", "\"\\x\"",
            "\"\\u12g4\"", "'a'",
        ])
    func malformed(text: String) {
        #expect(throws: MachineJSONError.self) { try json(text) }
    }

    @Test(
        "NaN, Infinity and numbers beyond a double drop the message",
        arguments: ["[NaN]", "[Infinity]", "[-Infinity]", "1e999"])
    func notNumbers(text: String) {
        let found = #expect(throws: MachineJSONError.self) { try json(text) }
        if case .notANumber? = found {} else { Issue.record("\(String(describing: found))") }
    }

    @Test("32 levels are taken, 33 are not")
    func depth() throws {
        let deep = { (levels: Int) in String(repeating: "[", count: levels) + String(repeating: "]", count: levels) }
        _ = try json(deep(32))
        #expect(throws: MachineJSONError.nestedTooDeeply(limit: 32)) { try json(deep(33)) }
        #expect(throws: MachineJSONError.nestedTooDeeply(limit: 32)) { try json(deep(100_000)) }
    }

    @Test("too many values and too many bytes are refused")
    func limits() {
        let many = "[" + String(repeating: "[],", count: MachineJSON.countLimit) + "1]"
        #expect(throws: MachineJSONError.tooManyValues(limit: MachineJSON.countLimit)) { try json(many) }
        let large = [UInt8](repeating: 0x20, count: MachineJSON.sizeLimit + 1)
        #expect(throws: MachineJSONError.tooLarge(limit: MachineJSON.sizeLimit)) { try MachineJSON(parsing: large) }
    }

    @Test("text that is no text is repaired, not refused")
    func repaired() throws {
        let bytes: [UInt8] = [0x22, 0x61, 0xFF, 0x62, 0x09, 0x22]
        let found = try MachineJSON(parsing: bytes)
        #expect(found == .string("a\u{FFFD}b\t"))
        let lone = try json(#""a\ud800b\udc00\ud800A""#)
        #expect(lone == .string("a\u{FFFD}b\u{FFFD}\u{FFFD}A"))
    }

    @Test("numbers are read by need")
    func numbers() throws {
        let found = try json(#"[1, "2", "2.5", "x", "nan", "inf", true, null, 9e30, 1.5]"#).elements
        #expect(found.map(\.number) == [1, 2, 2.5, nil, nil, nil, nil, nil, 9e30, 1.5])
        #expect(found.map(\.integer) == [1, 2, nil, nil, nil, nil, nil, nil, nil, nil])
        #expect(found.map(\.bool) == [true, nil, nil, nil, nil, nil, true, nil, nil, nil])
    }

    @Test("a member that is null is a member that is missing")
    func nullMember() throws {
        let found = try json(#"{"a": null}"#)
        #expect(found["a"] == nil)
        #expect(found["b"] == nil)
        #expect(try json("[]")["a"] == nil)
    }
}
