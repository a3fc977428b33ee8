import Printers
import Testing
import Text

@Suite("JSON from a machine", .timeLimit(.minutes(20)))
struct MachineJSONTests {
    @Test("values of every kind")
    func values() throws {
        let found = try json(#" {"a": [1, -2.5e1, true, false, null, "é\u00e9\ud83d\ude00\n\/"], "b": {}} "#)
        #expect(
            found
                == .object([
                    "a": .array([1, -25.0, .bool(true), .bool(false), .null, .string("éé😀\n/")]),
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
        #expect(throws: JSONError.self) { try json(text) }
    }

    @Test(
        "NaN, Infinity and numbers beyond a double drop the message",
        arguments: ["[NaN]", "[Infinity]", "[-Infinity]", "1e999"])
    func notNumbers(text: String) {
        let found = #expect(throws: JSONError.self) { try json(text) }
        switch found?.reason {
        case .notANumber, .numberOutOfRange: break
        case let other: Issue.record("\(String(describing: other))")
        }
    }

    @Test("32 levels are taken, 33 are not")
    func depth() throws {
        let deep = { (levels: Int) in String(repeating: "[", count: levels) + String(repeating: "]", count: levels) }
        _ = try json(deep(32))
        #expect(throws: JSONError.self) { try json(deep(33)) }
        #expect(throws: JSONError.self) { try json(deep(100_000)) }
    }

    @Test("too many values and too many bytes are refused")
    func limits() {
        let rules = MachineJSON.rules
        let many = "[" + String(repeating: "[],", count: rules.countLimit) + "1]"
        let crowded = #expect(throws: JSONError.self) { try json(many) }
        #expect(crowded?.reason == .tooManyValues(limit: rules.countLimit))
        let large = [UInt8](repeating: 0x20, count: rules.sizeLimit + 1)
        let heavy = #expect(throws: JSONError.self) { try MachineJSON(parsing: large) }
        #expect(heavy?.reason == .tooLarge(limit: rules.sizeLimit))
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
