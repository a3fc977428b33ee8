import Testing

@testable import Terminal

@Suite("The window's title", .timeLimit(.minutes(20)))
struct TitleTests {
    @Test("where only ASCII is shown, the title is ASCII")
    func ascii() {
        let title = "2 failing · 3 printing — Drückerei"
        #expect(String(decoding: Escape.title(title), as: UTF8.self) == "\u{1B}]2;\(title)\u{07}")
        #expect(
            String(decoding: Escape.title(title, isASCII: true), as: UTF8.self)
                == "\u{1B}]2;2 failing - 3 printing - Dr?ckerei\u{07}")
    }
}
