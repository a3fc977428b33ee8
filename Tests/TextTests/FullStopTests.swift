import Testing
import Text

@Suite("Full stops of what others say", .timeLimit(.minutes(20)))
struct FullStopTests {
    @Test(
        "a sentence ends once, and a part of one does not",
        arguments: [
            ("not now", "not now.", "not now"), ("not now.", "not now.", "not now"), ("really?", "really?", "really?"),
            ("wait...", "wait...", "wait"), ("", "", ""),
        ])
    func ends(words: String, sentence: String, part: String) {
        #expect(words.withFullStop == sentence)
        #expect(words.withoutFullStop == part)
    }
}
