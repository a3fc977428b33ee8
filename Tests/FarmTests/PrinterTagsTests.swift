import Farm
import FoundationEssentials
import Testing

@Suite("The tags of a printer", .timeLimit(.minutes(20)))
struct PrinterTagsTests {
    @Test("they are lower case, sorted, and each there once")
    func order() throws {
        let tags = try #require(PrinterTags(["MK4", " hall-2 ", "mk4", "überall", "a.b_c"]))
        #expect(tags.all == ["a.b_c", "hall-2", "mk4", "überall"])
        #expect(tags.contains("Hall-2"))
        #expect(!tags.contains("hall"))
    }

    @Test(
        "what cannot be typed after a # or in a list with commas is none",
        arguments: ["", " ", "a b", "a,b", "#a", "a\u{1B}[m", "a/b", "\u{202E}a", String(repeating: "a", count: 41)])
    func refused(word: String) {
        #expect(PrinterTags.tag(word) == nil)
        #expect(PrinterTags(["ok", word]) == nil)
    }

    @Test("there are at most twenty")
    func limit() {
        #expect(PrinterTags((0..<20).map { "t\($0)" })?.all.count == 20)
        #expect(PrinterTags((0..<21).map { "t\($0)" }) == nil)
    }

    @Test("they go over a wire as a list of words, and a list that is none is refused")
    func coded() throws {
        let tags: PrinterTags = ["b", "a"]
        let data = try JSONEncoder().encode(tags)
        #expect(String(decoding: data, as: UTF8.self) == #"["a","b"]"#)
        #expect(try JSONDecoder().decode(PrinterTags.self, from: data) == tags)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(PrinterTags.self, from: Data(#"["a b"]"#.utf8))
        }
    }
}
