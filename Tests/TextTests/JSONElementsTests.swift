import Testing
import Text

@Suite("A JSON array in pieces", .timeLimit(.minutes(20)))
struct JSONElementsTests {
    /// The elements, cut into pieces of `length` bytes.
    private func elements(of text: String, length: Int, limit: Int = 1000) throws -> [String] {
        var elements = JSONElements(elementLimit: limit)
        var found: [[UInt8]] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            found += try elements.add(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        try elements.finish()
        return found.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        "the elements are whole however the bytes are cut",
        arguments: [
            ("[]", []), (" [ ]\n", []), ("[1]", ["1"]), ("[1,\"a\"]", ["1", "\"a\""]),
            (#"[{"a":[1,2],"b":{"c":"]},"}},"\"]",[[]]]"#, [#"{"a":[1,2],"b":{"c":"]},"}}"#, #""\"]""#, "[[]]"]),
            (#"["\\",1]"#, [#""\\""#, "1"]),
        ] as [(String, [String])])
    func whole(text: String, expected: [String]) throws {
        for length in [1, 2, 3, 5, 1000] { #expect(try elements(of: text, length: length) == expected) }
    }

    @Test("an element that is missing is an empty one, which no reader takes")
    func missing() throws {
        #expect(try elements(of: "[1,]", length: 1) == ["1", ""])
        #expect(try elements(of: "[,1]", length: 3) == ["", "1"])
    }

    @Test(
        "what is no array, or not a whole one, is a fault",
        arguments: [
            ("{}", JSONElements.Fault.notAnArray), ("", .endsEarly), ("[", .endsEarly), ("[1", .endsEarly),
            ("[\"]", .endsEarly), ("[{]", .endsEarly), ("[1]]", .moreAfterIt), ("[1],", .moreAfterIt),
            ("[12345678901]", .elementTooLong(limit: 10)), ("[\"12345678901", .elementTooLong(limit: 10)),
        ])
    func faults(text: String, fault: JSONElements.Fault) {
        for length in [1, 1000] {
            #expect(throws: fault) { try elements(of: text, length: length, limit: 10) }
        }
    }
}
