import Foundation
import TestSupport
import Testing
import Text

@Suite("JSON, read strictly and written exactly", .timeLimit(.minutes(20)))
struct JSONTests {
    @Test("whole numbers, fractions and texts stay apart")
    func kinds() throws {
        let value = try JSONReader.read(
            Array(#" {"a": [1, -1.5, 1e2, "1", true, null], "b": 12345678901234567890, "b": {}} "#.utf8))
        #expect(
            value
                == .object([
                    "a": .array([.integer(1), .double(-1.5), .double(100), .string("1"), .bool(true), .null]),
                    "b": .object([:]),
                ]))
        #expect(try JSONReader.read(Array(#""\u00e9\ud83d\ude00\n""#.utf8)) == .string("é😀\n"))
    }

    @Test(
        "a fault is named with its place",
        arguments: [
            ("", "Expecting value: line 1 column 1 (char 0)"),
            ("{\n \"é\": }", "Expecting value: line 2 column 7 (char 8)"),
            ("{'a': 1}", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
            ("[1 2]", "Expecting ',' delimiter: line 1 column 4 (char 3)"),
            ("{\"a\" 1}", "Expecting ':' delimiter: line 1 column 6 (char 5)"),
            ("{} x", "Extra data: line 1 column 4 (char 3)"),
            ("01", "Extra data: line 1 column 2 (char 1)"),
            ("[NaN]", "Out of range float values are not JSON compliant: 'NaN': line 1 column 2 (char 1)"),
            ("-Infinity", "Out of range float values are not JSON compliant: '-Infinity': line 1 column 1 (char 0)"),
            ("1e999", "Number is too large for a double: line 1 column 1 (char 0)"),
            (#""\ud800""#, "Lone surrogate in \\uXXXX escape: line 1 column 2 (char 1)"),
            (#""\udc00\ud800""#, "Lone surrogate in \\uXXXX escape: line 1 column 2 (char 1)"),
            ("\"a\nb\"", "Invalid control character at: line 1 column 3 (char 2)"),
            ("\"abc", "Unterminated string starting at: line 1 column 1 (char 0)"),
            (#""\x""#, "Invalid \\escape: line 1 column 2 (char 1)"),
        ])
    func faults(text: String, message: String) {
        #expect { try JSONReader.read(Array(text.utf8)) } throws: { ($0 as? JSONError)?.description == message }
    }

    @Test("bytes that are not UTF-8, a byte order mark and deep nesting are refused")
    func hostile() {
        #expect(throws: JSONError.self) { try JSONReader.read([0x22, 0xC0, 0x80, 0x22]) }
        #expect(throws: JSONError.self) { try JSONReader.read([0xEF, 0xBB, 0xBF, 0x7B, 0x7D]) }
        #expect(throws: JSONError.self) { try JSONReader.read(Array(repeating: UInt8(ascii: "["), count: 100_000)) }
    }

    @Test("whatever the bytes are, reading ends in a value or an error, as Foundation's reader does")
    func fuzz() throws {
        var random = SplitMix(seed: 42)
        let sample = Array(#"{"name": "m\u00e9k", "a": [1, 2.5e-3, -7, true, null], "o": {"x": "\ud83d\ude00"}}"#.utf8)
        for _ in 0..<3000 {
            var bytes = sample
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            guard (try? JSONReader.read(bytes)) != nil else { continue }
            #expect(throws: Never.self) {
                try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
            }
        }
    }

    @Test("what is written reads back as the same")
    func writer() throws {
        let hostile = "\"\\/\u{8}\u{c}\n\r\t\u{0}\u{1b}\u{7f}é😀\u{2028}"
        let numbers = [0.1 + 0.2, 1e-7, .leastNonzeroMagnitude, 1.7976931348623157e308, -0.0, 1, 1e16]
        let bytes = JSONWriter.bytes { json in
            json.object { json in
                json.member("text", hostile)
                json.member("numbers") { $0.array { json in for number in numbers { json.value(number) } } }
                json.member("none", Double.nan)
                json.member("at") { $0.moment(microseconds: 1_795_600_800_000_001) }
            }
        }
        #expect(
            try JSONReader.read(bytes)
                == .object([
                    "text": .string(hostile), "numbers": .array(numbers.map { .double($0) }), "none": .null,
                    "at": .string(RFC3339.text(microseconds: 1_795_600_800_000_001)),
                ]))
    }

    @Test("a value that was read is written the same, its members by name")
    func values() throws {
        let text = #"{"a":[1,-2.5,123456789012345678901,true,null,"é\n"],"b":{}}"#
        let value = try JSONReader.read(Array(text.utf8))
        #expect(String(decoding: JSONWriter.bytes { $0.json(value) }, as: UTF8.self) == text)
    }

    @Test("what a rule limits is refused beyond it, and taken up to it")
    func limits() throws {
        var rules = JSONRules()
        rules.depthLimit = 2
        rules.countLimit = 4
        rules.sizeLimit = 20
        rules.numberLimit = 3
        func reason(_ text: String) -> JSONError.Reason? {
            do throws(JSONError) { _ = try JSONReader.read(Array(text.utf8), rules: rules) } catch {
                return error.reason
            }
            return nil
        }
        #expect(reason("[[1]]") == nil)
        #expect(reason("[[[]]]") == .nestedTooDeeply(limit: 2))
        #expect(reason("[1,2,3]") == nil)
        #expect(reason("[1,2,3,4]") == .tooManyValues(limit: 4))
        #expect(reason("123") == nil)
        #expect(reason("1234") == .numberOutOfRange)
        #expect(reason("\"" + String(repeating: "x", count: 19) + "\"") == .tooLarge(limit: 20))
    }

    @Test("texts that are none are repaired where the rules say so")
    func repaired() throws {
        var rules = JSONRules()
        rules.texts = .repaired
        #expect(try JSONReader.read([0x22, 0x61, 0xFF, 0x62, 0x09, 0x22], rules: rules) == .string("a\u{FFFD}b\t"))
        let lone = Array(#""a\ud800b\udc00\ud800A\ud83d\ude00\ud800\ud83d\ude00""#.utf8)
        #expect(try JSONReader.read(lone, rules: rules) == .string("a\u{FFFD}b\u{FFFD}\u{FFFD}A😀\u{FFFD}😀"))
        #expect(try JSONReader.read([0xEF, 0xBB, 0xBF, 0x31], rules: rules) == 1)
        for text in ["[NaN]", "{'a':1}", "\"\\x\"", "\"\\ud800\\u12\"", "[1] 2"] {
            #expect(throws: JSONError.self) { try JSONReader.read(Array(text.utf8), rules: rules) }
        }
    }

    @Test("a string is escaped as far as its reader needs, and always reads back the same")
    func escapes() throws {
        let text = "a\"\\\n\u{7f}\u{202e}é😀"
        #expect(JSONString.quoted(text) == #""a\"\\\n\u007f"# + "\u{202e}é😀\"")
        #expect(JSONString.quoted(text, escaping: .invisible) == #""a\"\\\n\u007f\u202eé😀""#)
        #expect(JSONString.quoted(text, escaping: .nonASCII) == #""a\"\\\n\u007f\u202e\u00e9\ud83d\ude00""#)
        for escaping in [JSONString.Escaping.controls, .invisible, .nonASCII] {
            let quoted = JSONString.quoted(text, escaping: escaping)
            #expect(try JSONReader.read(Array(quoted.utf8)) == .string(text))
        }
    }
}
