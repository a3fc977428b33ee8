import Dashboard
import TestSupport
import Testing

@testable import Terminal

@Suite("Bytes from the terminal become keys", .timeLimit(.minutes(20)))
struct KeyDecoderTests {
    private func events(_ text: String, keys: [[UInt8]: Key] = [:]) -> [TerminalEvent] {
        let decoder = Decoding(keys: keys)
        return decoder.feed(Array(text.utf8), at: .zero) + decoder.timeOut(at: .seconds(1))
    }

    private func keys(_ text: String) -> [Key] {
        events(text).compactMap { if case .key(let key) = $0 { key } else { nil } }
    }

    @Test("Letters, signs and characters of several bytes are themselves")
    func text() {
        #expect(
            keys("aZ~ é漢🖨") == [.character("a"), .character("Z"), .character("~"), .character(" ")]
                + [.character("é"), .character("漢"), .character("🖨")])
    }

    @Test("A character may arrive byte by byte")
    func splitCharacter() {
        let decoder = Decoding()
        let bytes = Array("漢".utf8)
        let first = decoder.feed(bytes[..<2], at: .zero)
        let second = decoder.feed(bytes[2...], at: .zero)
        #expect(first.isEmpty)
        #expect(second == [.key(.character("漢"))])
    }

    @Test(
        "Bytes that are no UTF-8 are shown as such and spoil nothing after them",
        arguments: [[0xFF], [0xC0], [0xE2, 0x82], [0xF8], [0xED, 0xA0, 0x80]] as [[UInt8]])
    func faultyUTF8(bytes: [UInt8]) {
        let decoder = Decoding()
        let events = decoder.feed(bytes + Array("x".utf8), at: .zero)
        #expect(events.first == .key(.character("\u{FFFD}")))
        #expect(events.last == .key(.character("x")))
    }

    @Test("Control characters of Latin-1 are no text")
    func c1() { #expect(keys("\u{9B}\u{85}a") == [.character("a")]) }

    @Test("Ctrl with a letter, Enter, Tab and Backspace")
    func controls() {
        #expect(keys("\u{3}\u{4}\u{1A}\u{0}\u{1F}") == "cdz _".map { Key.control($0) })
        #expect(keys("\r\n\t\u{7F}\u{8}") == [.enter, .enter, .tab, .backspace, .backspace])
    }

    @Test("Escape alone is a key as soon as nothing follows")
    func escape() throws {
        let decoder = Decoding()
        #expect(decoder.patience == nil)
        #expect(decoder.feed([0x1B], at: .zero).isEmpty)
        #expect(try #require(decoder.patience) <= .milliseconds(25))
        #expect(decoder.timeOut(at: .zero) == [.key(.escape)])
        #expect(decoder.patience == nil)
    }

    @Test("Escape twice is Escape twice, and Escape before an arrow is that arrow")
    func escapes() {
        #expect(keys("\u{1B}\u{1B}") == [.escape, .escape])
        #expect(keys("\u{1B}\u{1B}[A") == [.up])
        #expect(keys("\u{1B}\u{1B}x") == [.escape, .alt("x")])
    }

    @Test("Alt with a key")
    func alt() {
        #expect(keys("\u{1B}a\u{1B}P\u{1B}]") == [.alt("a"), .alt("P"), .alt("]")])
        #expect(keys("\u{1B}[") == [.alt("[")])
        #expect(keys("\u{1B}O") == [.alt("O")])
    }

    @Test(
        "Arrows and their kin, as xterm, VT100, rxvt and the Linux console send them",
        arguments: [
            ("[A", Key.up), ("[B", .down), ("[C", .right), ("[D", .left), ("OA", .up), ("OB", .down), ("OC", .right),
            ("OD", .left), ("[H", .home), ("[F", .end), ("OH", .home), ("OF", .end), ("[1~", .home), ("[4~", .end),
            ("[7~", .home), ("[8~", .end), ("[2~", .insert), ("[3~", .delete), ("[5~", .pageUp), ("[6~", .pageDown),
            ("[Z", .backTab), ("[1;5C", .right), ("[1;2A", .shiftUp), ("[1;2D", .shiftLeft), ("[1;6C", .shiftRight),
            ("O2B", .shiftDown), ("[3;5~", .delete), ("O5D", .left), ("OM", .enter),
            ("OP", .function(1)), ("OS", .function(4)), ("[11~", .function(1)), ("[15~", .function(5)),
            ("[17~", .function(6)), ("[21~", .function(10)), ("[23~", .function(11)), ("[24~", .function(12)),
            ("[[A", .function(1)), ("[[E", .function(5)), ("[1;2P", .function(1)), ("Op", .character("0")),
            ("[97;5u", .control("a")), ("[97;3u", .alt("a")), ("[9;2u", .backTab), ("[27u", .escape),
            ("[27;5;97~", .control("a")),
        ])
    func special(sequence: String, key: Key) { #expect(keys("\u{1B}\(sequence)") == [key]) }

    @Test("terminfo's own sequences come first")
    func terminfo() {
        let own: [[UInt8]: Key] = [Array("\u{1B}Ot".utf8): .function(5), Array("\u{1B}[225z".utf8): .function(2)]
        #expect(events("\u{1B}Ot", keys: own) == [.key(.function(5))])
        #expect(events("\u{1B}[225z", keys: own) == [.key(.function(2))])
        #expect(events("\u{1B}[A\u{1B}Os", keys: own) == [.key(.up), .key(.character("3"))])
    }

    @Test("A sequence may arrive byte by byte, and one that never ends is dropped")
    func split() {
        let decoder = Decoding()
        for byte in Array("\u{1B}[1;5".utf8) { #expect(decoder.feed([byte], at: .zero).isEmpty) }
        #expect(decoder.feed(Array("Aq".utf8), at: .zero) == [.key(.up), .key(.character("q"))])
        #expect(decoder.feed(Array("\u{1B}[1;".utf8), at: .zero).isEmpty)
        #expect(decoder.timeOut(at: .zero).isEmpty)
        #expect(decoder.feed(Array("q".utf8), at: .zero) == [.key(.character("q"))])
    }

    @Test("A sequence that Escape breaks off does not eat the next")
    func broken() { #expect(keys("\u{1B}[1\u{1B}[B") == [.down]) }

    @Test(
        "The terminal's word of its background is light or dark",
        arguments: [
            ("rgb:ffff/ffff/ffff", true), ("rgb:00/00/00", false), ("rgba:fdfd/f6f6/e3e3/ffff", true),
            ("rgb:1e1e/1e1e/2e2e", false),
        ])
    func background(color: String, isLight: Bool) {
        for end in ["\u{7}", "\u{1B}\\"] {
            var decoder = KeyDecoder()
            let events = decoder.feed(Array("\u{1B}]11;\(color)\(end)\u{1B}[?62c".utf8), at: .zero)
            #expect(events.isEmpty)
            #expect(decoder.takeReplies() == [.background(isLight: isLight), .attributes])
        }
    }

    @Test("A background that nobody can read is no answer, and Alt with ] is still a key")
    func noBackground() {
        var decoder = KeyDecoder()
        _ = decoder.feed(Array("\u{1B}]11;rgb:zz/00/00\u{7}x".utf8), at: .zero)
        #expect(decoder.takeReplies().isEmpty)
        _ = decoder.feed(Array("\u{1B}]".utf8), at: .zero)
        #expect(decoder.timeOut(at: .seconds(1)) == [.key(.alt("]"))])
    }

    @Test("Focus and answers to questions nobody asked mean nothing")
    func ignored() { #expect(events("\u{1B}[I\u{1B}[O\u{1B}[?1;2c\u{1B}[?2026;2$y\u{1B}[>0;276;0c\u{1B}[M !!") == []) }

    // MARK: Paste

    @Test("A paste is one event, whatever is in it")
    func paste() {
        #expect(
            events("a\u{1B}[200~q\u{1B}[A\r漢\u{1B}[201~b") == [
                .key(.character("a")), .paste("q\u{1B}[A\r漢"), .key(.character("b")),
            ])
    }

    @Test("A paste that never ends is taken as it is")
    func openPaste() { #expect(events("\u{1B}[200~abc") == [.paste("abc")]) }

    @Test("Of a huge paste, the first mebibyte is kept")
    func hugePaste() {
        let decoder = Decoding()
        var events = decoder.feed(Array("\u{1B}[200~".utf8), at: .zero)
        for _ in 0..<3 { events += decoder.feed([UInt8](repeating: 0x61, count: 1 << 19), at: .zero) }
        events += decoder.feed(Array("\u{1B}[201~z".utf8), at: .zero)
        #expect(events == [.paste(String(repeating: "a", count: 1 << 20)), .key(.character("z"))])
    }

    // MARK: Mouse

    @Test("A click is where the pointer is, counted from 0; moving and letting go of other buttons are nothing")
    func click() {
        #expect(
            events("\u{1B}[<0;5;3M\u{1B}[<2;5;3m\u{1B}[<35;6;3M\u{1B}[<34;6;3M\u{1B}[<32;6;3m") == [
                .mouse(.click(Position(row: 2, column: 4)))
            ])
    }

    @Test("Moving with the button held is a drag, until it is let go")
    func drag() {
        #expect(
            events("\u{1B}[<0;5;3M\u{1B}[<32;6;4M\u{1B}[<36;7;4M\u{1B}[<0;7;4m") == [
                .mouse(.click(Position(row: 2, column: 4))), .mouse(.drag(Position(row: 3, column: 5))),
                .mouse(.drag(Position(row: 3, column: 6))), .mouse(.release(Position(row: 3, column: 6))),
            ])
    }

    @Test("Two clicks on one cell within 0.4 s are a double click; a third begins anew")
    func doubleClick() {
        let decoder = Decoding()
        let position = Position(row: 0, column: 0)
        func press(_ time: Duration) -> [TerminalEvent] { decoder.feed(Array("\u{1B}[<0;1;1M".utf8), at: time) }
        #expect(press(.zero) == [.mouse(.click(position))])
        #expect(press(.milliseconds(300)) == [.mouse(.doubleClick(position))])
        #expect(press(.milliseconds(500)) == [.mouse(.click(position))])
        #expect(press(.milliseconds(1500)) == [.mouse(.click(position))])
        #expect(decoder.feed(Array("\u{1B}[<0;2;1M".utf8), at: .milliseconds(1600)).count == 1)
    }

    @Test("The wheel, with and without modifiers")
    func wheel() {
        let position = Position(row: 9, column: 199)
        #expect(
            events("\u{1B}[<64;200;10M\u{1B}[<81;200;10M") == [
                .mouse(.wheelUp(position)), .mouse(.wheelDown(position)),
            ])
    }

    @Test("Coordinates that no screen has do not trap")
    func absurdMouse() {
        #expect(events("\u{1B}[<0;0;1M\u{1B}[<0;;M\u{1B}[<0M\u{1B}[<-1;2;3M") == [])
        #expect(events("\u{1B}[<0;99999999999999999999999;1M").count == 1)
    }

    // MARK: Fuzz

    @Test("No bytes in any order trap, and afterwards keys still work", arguments: 0..<40)
    func fuzz(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let alphabet =
            Array("\u{1B}\u{1B}\u{1B}[[O<;:~uMmABIP$?0123459\u{7F}\r\u{0}é漢".utf8) + [0x9B, 0xFF, 0xC3, 0xF0]
        let decoder = Decoding(keys: [Array("\u{1B}[9z".utf8): .insert])
        for _ in 0..<2000 {
            let byte =
                Bool.random(using: &random)
                ? alphabet.randomElement(using: &random) : UInt8.random(in: 0...255, using: &random)
            for event in decoder.feed([byte ?? 0], at: .zero) { check(event) }
            if Int.random(in: 0..<50, using: &random) == 0 { decoder.timeOut(at: .zero).forEach(check) }
        }
        _ = decoder.timeOut(at: .zero)
        #expect(decoder.feed(Array("q".utf8), at: .zero) == [.key(.character("q"))])
    }

    private func check(_ event: TerminalEvent) {
        guard case .key(.character(let character)) = event else { return }
        #expect(character.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
    }
}

/// A decoder that may be fed inside `#expect`, which takes no mutating calls.
private final class Decoding {
    private var decoder: KeyDecoder

    init(keys: [[UInt8]: Key] = [:]) { decoder = KeyDecoder(keys: keys) }

    var patience: Duration? { decoder.patience }

    func feed(_ bytes: some Sequence<UInt8>, at time: Duration) -> [TerminalEvent] { decoder.feed(bytes, at: time) }

    func timeOut(at time: Duration) -> [TerminalEvent] { decoder.timeOut(at: time) }
}
