import Farm
import Foundation
import TestSupport
import Testing

@testable import Dashboard
@testable import Terminal

// One screen after the other, with the tests that have one.
extension TerminalLoopTests {
    @Suite("Pictures that the terminal draws itself", .timeLimit(.minutes(20)))
    struct PixelPictureTests {
        private static let kitty = "\u{1B}_Gi=31;OK\u{1B}\\\u{1B}P>|kitty(0.35.2)\u{1B}\\\u{1B}[?62;c"

        private func stage(
            term: String = "xterm-256color", _ policy: PixelPicturePolicy = .known, isMultiplexed: Bool = false
        ) throws -> Stage {
            try Stage(
                options: TerminalOptions(
                    term: term, locale: "C.UTF-8", pixelPictures: policy, isMultiplexed: isMultiplexed),
                terminal: PseudoTerminal())
        }

        private func wasAsked(_ stage: Stage) -> Bool { stage.terminal.text.contains("a=q") }

        private func isTold(_ stage: Stage) -> Bool {
            stage.events.contains { if case .pixelPictures = $0 { true } else { false } }
        }

        /// A stage whose terminal has answered as kitty does.
        private func kittyStage() async throws -> Stage {
            let stage = try stage()
            try await stage.terminal.wait(for: "the question") { stage.terminal.text.contains("\u{1B}[c") }
            stage.terminal.type(Self.kitty)
            try await stage.terminal.wait(for: "the program to be told") { isTold(stage) }
            stage.terminal.clear()
            return stage
        }

        /// Two rows and three columns of a picture, from the top left.
        private func grid(_ pixels: Pixels, slot: UInt8 = 0) -> Grid {
            var grid = Grid("here:")
            let picture = PixelPicture(slot: slot, print: 7, size: GridSize(rows: 2, columns: 3), pixels: pixels)
            grid.pictures = [picture]
            for (index, cell) in picture.cells.enumerated() { grid.cells[(1 + index / 3) * 80 + index % 3] = cell }
            return grid
        }

        private func pixels(_ seed: UInt8) -> Pixels {
            Pixels(width: 40, height: 30, bytes: (0..<3600).map { UInt8(truncatingIfNeeded: $0) &* seed })
        }

        /// The control strings about pictures that were sent: keys, and bytes.
        private func commands(_ stage: Stage) -> [(keys: [String: String], bytes: [UInt8])] {
            stage.terminal.text.components(separatedBy: "\u{1B}_G").dropFirst().map { rest in
                let text = rest.components(separatedBy: "\u{1B}\\")[0]
                let parts = text.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
                let keys = parts[0].split(separator: ",").map {
                    $0.split(separator: "=", maxSplits: 1).map(String.init)
                }
                return (
                    Dictionary(uniqueKeysWithValues: keys.map { ($0[0], $0[1]) }),
                    parts.count > 1 ? Array(Data(base64Encoded: String(parts[1])) ?? Data()) : []
                )
            }
        }

        // MARK: Who is asked, and whose answer counts

        @Test("A terminal that draws pictures says so, and its answers are no keys")
        func told() async throws {
            let stage = try stage()
            try await stage.terminal.wait(for: "the question") { stage.terminal.text.contains("\u{1B}[c") }
            #expect(stage.terminal.text.contains("\u{1B}_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\u{1B}\\\u{1B}[>0q\u{1B}[c"))
            stage.terminal.type("x" + Self.kitty + "y")
            try await stage.terminal.wait(for: "both keys") { stage.events.contains(.key(.character("y"))) }
            try await stage.terminal.wait(for: "the program to be told") { isTold(stage) }
            #expect(stage.events.count { if case .key = $0 { true } else { false } } == 2)
            try await stage.finish()
        }

        @Test("The terminal is asked for its background after the first frame, where the theme follows it")
        func background() async throws {
            var options = TerminalOptions(term: "xterm-256color", locale: "C.UTF-8")
            options.asksBackground = true
            let stage = try Stage(options: options, terminal: PseudoTerminal())
            try await stage.terminal.wait(for: "the question") { stage.terminal.text.contains("\u{1B}[c") }
            #expect(stage.terminal.text.contains("\u{1B}]11;?\u{1B}\\\u{1B}[c") && !wasAsked(stage))
            stage.terminal.type("x\u{1B}]11;rgb:fafa/fafa/fafa\u{7}\u{1B}[?62cy")
            try await stage.terminal.wait(for: "both keys") { stage.events.contains(.key(.character("y"))) }
            #expect(stage.events.contains(.background(isLight: true)))
            #expect(stage.events.count { if case .key = $0 { true } else { false } } == 2)
            try await stage.finish()
        }

        @Test("A terminal whose theme was chosen is not asked for its background")
        func noBackground() async throws {
            let stage = try stage(term: "xterm-256color", .never)
            try await stage.waitUntilOpen()
            #expect(!stage.terminal.text.contains("\u{1B}]11;"))
            try await stage.finish()
        }

        @Test(
            "The terminals that place pictures by cells are known by name; another counts only if it is to",
            arguments: [
                ("kitty(0.35.2)", PixelPicturePolicy.known, true), ("ghostty 1.2.0", .known, true),
                ("Rio 0.2", .known, true),
                ("WezTerm 20240203", .known, false), ("WezTerm 20240203", .answering, true), ("", .known, false),
            ])
        func names(name: String, policy: PixelPicturePolicy, isAble: Bool) {
            var probe = PixelProbe(policy: policy)
            #expect(probe.take(.graphics(isReady: true)) == nil)
            if !name.isEmpty { #expect(probe.take(.name(name)) == nil) }
            #expect(probe.take(.attributes) == isAble)
            #expect(probe.take(.attributes) == nil, "asked once")
        }

        @Test("A terminal that refuses or says nothing of pictures gets none")
        func refused() {
            for answers in [[TerminalReply.name("kitty")], [.name("kitty"), .graphics(isReady: false)]] {
                var probe = PixelProbe(policy: .answering)
                for answer in answers { #expect(probe.take(answer) == nil) }
                #expect(probe.take(.attributes) == false)
            }
        }

        @Test("Where the question might be seen or the answer is no, nobody is asked")
        func notAsked() throws {
            func mayDraw(
                _ term: String, _ policy: PixelPicturePolicy = .known, isMultiplexed: Bool = false
            ) throws -> Bool {
                let terminal = try PseudoTerminal()
                let options = TerminalOptions(
                    term: term, locale: "C.UTF-8", pixelPictures: policy, isMultiplexed: isMultiplexed)
                return try TerminalLoop(options: options, input: terminal.line, output: terminal.line)
                    .capabilities.mayDrawPixels
            }
            #expect(try mayDraw("xterm-256color"))
            #expect(try !mayDraw("xterm-256color", .never))
            #expect(try !mayDraw("xterm-256color", isMultiplexed: true))
            for term in ["linux", "vt100", "tmux-256color", "xterm"] { #expect(try !mayDraw(term), "\(term)") }
        }

        @Test("The environment tells of a multiplexer")
        func multiplexer() {
            #expect(TerminalOptions(environment: ["TERM": "xterm", "TMUX": "default,1,0"]).isMultiplexed)
            #expect(TerminalOptions(environment: ["TERM": "xterm", "STY": "1.pts"]).isMultiplexed)
            #expect(!TerminalOptions(environment: ["TERM": "xterm-kitty"]).isMultiplexed)
        }

        @Test("An answer may come in any pieces; what is no answer is keys")
        func pieces() {
            var decoder = KeyDecoder()
            var events: [TerminalEvent] = []
            for byte in Array(Self.kitty.utf8) { events += decoder.feed([byte], at: .zero) }
            #expect(events.isEmpty)
            #expect(decoder.takeReplies() == [.graphics(isReady: true), .name("kitty(0.35.2)"), .attributes])
            #expect(decoder.takeReplies().isEmpty)
            _ = decoder.feed(Array("\u{1B}_Gi=31;EINVAL:no\u{7}".utf8), at: .zero)
            #expect(decoder.takeReplies() == [.graphics(isReady: false)])
            let alternates = decoder.feed(Array("\u{1B}_a\u{1B}Px\u{1B}P\u{1B}[A".utf8), at: .zero)
            #expect(
                alternates == [
                    .key(.alt("_")), .key(.character("a")), .key(.alt("P")), .key(.character("x")), .key(.alt("P")),
                    .key(.up),
                ])
            _ = decoder.feed(Array("\u{1B}_".utf8), at: .zero)
            let late = decoder.timeOut(at: .zero)
            #expect(late == [.key(.alt("_"))])
        }

        @Test("An answer that is broken off or never ends spoils no key after it")
        func brokenAnswer() {
            var decoder = KeyDecoder()
            let arrow = decoder.feed(Array("\u{1B}_Gi=31;O\u{1B}[A".utf8), at: .zero)
            #expect(arrow == [.key(.up)])
            let endless = decoder.feed(Array("\u{1B}P>|".utf8) + Array(repeating: 0x61, count: 1019), at: .zero)
            #expect(endless.isEmpty)
            let after = decoder.feed(Array("\u{3}".utf8), at: .zero)
            #expect(after == [.key(.control("c"))])
            #expect(decoder.takeReplies().isEmpty)
        }

        // MARK: What is sent

        @Test("A picture goes in pieces of at most 4,096 characters, and then its cells name it")
        func sent() async throws {
            let stage = try await kittyStage()
            stage.show(grid(pixels(7)))
            try await stage.terminal.wait(for: "the last part of the picture") {
                stage.terminal.text.contains("\u{10EEEE}\u{30D}\u{30E}")
            }
            let commands = commands(stage)
            #expect(commands.count == 2)
            let head = ["a": "T", "U": "1", "i": "192", "f": "24", "s": "40", "v": "30", "c": "3", "r": "2", "q": "2"]
            #expect(head.allSatisfy { commands[0].keys[$0.key] == $0.value } && commands[0].keys["m"] == "1")
            #expect(commands[1].keys == ["m": "0", "q": "2"])
            #expect(commands.flatMap(\.bytes) == pixels(7).bytes)
            let strings = stage.terminal.text.components(separatedBy: "\u{1B}_G").dropFirst()
            #expect(strings.allSatisfy { ($0.components(separatedBy: ";").last?.count ?? 0) < 4200 })
            let text = stage.terminal.text
            #expect(text.contains("38;5;192m"))
            for mark in ["\u{305}\u{305}", "\u{305}\u{30D}", "\u{305}\u{30E}", "\u{30D}\u{305}"] {
                #expect(text.contains("\u{10EEEE}" + mark))
            }
            try await stage.finish()
        }

        @Test("A new picture takes the old one's place when it is whole, and the old one is freed")
        func replaced() async throws {
            let stage = try await kittyStage()
            stage.show(grid(pixels(7)))
            try await stage.terminal.wait(for: "the first picture") { stage.terminal.text.contains("38;5;192m") }
            stage.terminal.clear()
            stage.show(grid(pixels(9)))
            try await stage.terminal.wait(for: "the old one's end") { stage.terminal.text.contains("a=d,d=I,i=192") }
            let text = stage.terminal.text
            let end = try #require(text.range(of: "a=d,d=I,i=192"))
            let data = try #require(text.range(of: "i=193,f=24"))
            let cells = try #require(text.range(of: "38;5;193m"))
            #expect(data.lowerBound < cells.lowerBound && cells.lowerBound < end.lowerBound)
            stage.terminal.clear()
            // The same picture again costs nothing; its cells are as they were.
            stage.show(grid(pixels(9)))
            stage.show(Grid("no picture"))
            try await stage.terminal.wait(for: "the other screen") { stage.terminal.text.contains("no picture") }
            stage.show(grid(pixels(9)))
            try await stage.terminal.wait(for: "its cells") { stage.terminal.text.contains("38;5;193m") }
            #expect(commands(stage).isEmpty)
            try await stage.finish()
        }

        @Test("At the end the terminal's pictures are freed before its screen is given back")
        func freed() async throws {
            let stage = try await kittyStage()
            stage.show(grid(pixels(7), slot: 5))
            try await stage.terminal.wait(for: "the picture") { stage.terminal.text.contains("38;5;202m") }
            try await stage.finish()
            try await stage.terminal.wait(for: "the shell's screen") { stage.terminal.text.contains("\u{1B}[?1049l") }
            let text = stage.terminal.text
            let free = try #require(text.range(of: "a=d,d=I,i=202"))
            let leave = try #require(text.range(of: "\u{1B}[?1049l"))
            #expect(free.lowerBound < leave.lowerBound)
        }

        @Test("Without an answer cells of a picture stay blank, and nothing is sent")
        func unanswered() async throws {
            let stage = try stage()
            stage.show(grid(pixels(7)))
            try await stage.terminal.wait(for: "the frame") { stage.terminal.text.contains("here:") }
            stage.terminal.type("\u{1B}[?62;c")
            stage.terminal.type("q")
            try await stage.terminal.wait(for: "the key") { stage.events.last == .key(.character("q")) }
            #expect(!isTold(stage))
            #expect(!stage.terminal.text.contains("\u{10EEEE}"))
            #expect(commands(stage).count == 1, "only the question")
            try await stage.finish()
        }

        @Test("A picture that is broken off is ended, and sent whole again")
        func brokenOff() {
            let size = GridSize(rows: 2, columns: 3)
            let picture = PixelPicture(slot: 1, print: 7, size: size, pixels: pixels(7))
            var transfer = PixelTransfer()
            transfer.want([picture])
            #expect(transfer.isSending && transfer.numbers.isEmpty)
            #expect(!transfer.step().isEmpty)
            let released = String(decoding: transfer.release(), as: UTF8.self)
            #expect(released == "\u{1B}_Gm=0,q=2;\u{1B}\\\u{1B}_Ga=d,d=I,i=194,q=2\u{1B}\\")
            #expect(transfer.isSending)
            while transfer.isSending { #expect(!transfer.step().isEmpty) }
            #expect(transfer.numbers == [1: 194])
            // Another print, another size: the old picture must not be shown in their cells.
            transfer.want([PixelPicture(slot: 1, print: 8, size: size, pixels: pixels(7))])
            #expect(transfer.numbers.isEmpty && transfer.isSending)
            transfer.want([picture])
            #expect(transfer.numbers == [1: 194] && !transfer.isSending)
            transfer.want([PixelPicture(slot: 1, print: 7, size: GridSize(rows: 3, columns: 4), pixels: pixels(7))])
            #expect(transfer.numbers.isEmpty && transfer.isSending)
        }
    }
}
