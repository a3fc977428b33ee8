import Dashboard
import TestSupport
import Testing

@testable import Terminal

@Suite("Colours come down to what the terminal has", .timeLimit(.minutes(20)))
struct ColorTests {
    private func reduce(_ color: Color, _ depth: ColorDepth, defaults: Bool = true) -> ColorReduction.Reduced {
        ColorReduction(depth: depth, hasDefaultColors: defaults).reduce(color, isForeground: true)
    }

    @Test("The depth is what terminfo says, and millions of colours only where numbers are colours")
    func depth() {
        #expect(ColorDepth(colors: 1 << 24, isDirect: true) == .direct)
        #expect(ColorDepth(colors: 1 << 24, isDirect: false) == .indexed256)
        #expect(ColorDepth(colors: 256, isDirect: false) == .indexed256)
        #expect(ColorDepth(colors: 88, isDirect: false) == .ansi16)
        #expect(ColorDepth(colors: 8, isDirect: false) == .ansi8)
        #expect(ColorDepth(colors: -1, isDirect: false) == .mono)
    }

    @Test("In 256 colours, a colour of the cube or the greys is found exactly")
    func exact() {
        for index in UInt8(16)...255 {
            let color = Palette.color(index)
            let found = Palette.color(Palette.nearest256(color))
            #expect(found == color, "\(index)")
        }
    }

    @Test("In 256 colours, the nearest is chosen, and never one that the user may have redefined")
    func nearest() {
        #expect(reduce(.rgb(255, 0, 0), .indexed256).index == 196)
        #expect(reduce(.rgb(0x8a, 0x8a, 0x8a), .indexed256).index == 245)
        #expect(reduce(.rgb(250, 250, 255), .indexed256).index == 231)
        var random = SplitMix(seed: 7)
        for _ in 0..<2000 {
            let color = RGB(
                .random(in: 0...255, using: &random), .random(in: 0...255, using: &random),
                .random(in: 0...255, using: &random))
            let chosen = Palette.nearest256(color)
            let best = (UInt8(16)...255).map { color.distance(Palette.color($0)) }.min() ?? 0
            #expect(chosen >= 16)
            // The cube's levels are looked up channel by channel: near the best, if not always the best.
            #expect(color.distance(Palette.color(chosen)) <= max(2 * best, 2500))
        }
    }

    @Test("In 16 colours, the nearest of xterm's")
    func sixteen() {
        #expect(reduce(.rgb(250, 10, 10), .ansi16).index == 9)
        #expect(reduce(.rgb(0, 0, 0), .ansi16).index == 0)
        #expect(reduce(.indexed(196), .ansi16).index == 9)
        #expect(reduce(.indexed(11), .ansi16).index == 11)
    }

    @Test("In 8 colours, bright ones are bold")
    func eight() {
        #expect(reduce(.rgb(255, 255, 0), .ansi8) == .init(index: 3, isBright: true))
        #expect(reduce(.indexed(9), .ansi8) == .init(index: 1, isBright: true))
        #expect(reduce(.indexed(1), .ansi8) == .init(index: 1))
    }

    @Test("A direct colour is its own number, and the darkest blues are not taken for the palette")
    func direct() {
        #expect(reduce(.rgb(1, 2, 3), .direct).index == 0x010203)
        #expect(reduce(.rgb(0, 0, 5), .direct).index == 8)
        #expect(reduce(.indexed(196), .direct).index == 0xFF0000)
        #expect(reduce(.indexed(3), .direct).index == 3)
    }

    @Test("The terminal's own colours stay its own, where it has such")
    func defaults() {
        #expect(reduce(.terminalDefault, .ansi8).index == -1)
        #expect(reduce(.terminalDefault, .ansi8, defaults: false).index == 7)
    }

    // MARK: Pairs

    private func colors(_ n: Int32) -> ColorPairs.Colors { .init(foreground: n, background: n % 3) }

    @Test("A pair is defined once and known afterwards; the plain one is pair 0")
    func pairs() {
        let pairs = Pairs(limit: 64, plain: .init(foreground: -1, background: -1))
        #expect(pairs.pair(for: colors(1), in: { [] }) == .define(1))
        #expect(pairs.pair(for: colors(2), in: { [] }) == .define(2))
        #expect(pairs.pair(for: colors(1), in: { [] }) == .known(1))
        #expect(pairs.pair(for: .init(foreground: -1, background: -1), in: { [] }) == .known(0))
    }

    @Test("When pairs run out, only those that the screen does not use are taken again")
    func recycling() {
        let pairs = Pairs(limit: 4, plain: .init(foreground: -1, background: -1))
        for n in Int32(1)...3 { _ = pairs.pair(for: colors(n), in: { [] }) }
        pairs.beginFrame()
        let frame: Set<ColorPairs.Colors> = [colors(1), colors(3), colors(4)]
        #expect(pairs.pair(for: colors(4), in: { frame }) == .define(2))
        #expect(pairs.pair(for: colors(1), in: { frame }) == .known(1))
        #expect(pairs.pair(for: colors(3), in: { frame }) == .known(3))
    }

    @Test("A screen of more colours than there are pairs shows the nearest it has")
    func exhausted() {
        let pairs = Pairs(limit: 3, plain: .init(foreground: -1, background: -1))
        let frame = Set((Int32(1)...5).map(colors))
        for n in Int32(1)...2 { _ = pairs.pair(for: colors(n), in: { frame }) }
        #expect(pairs.pair(for: colors(4), in: { frame }) == .exhausted(1))
        #expect(pairs.pair(for: colors(3), in: { frame }) == .exhausted(0))
    }

    @Test("Without colours there is pair 0")
    func monochrome() {
        let pairs = Pairs(limit: 0, plain: .init(foreground: -1, background: -1))
        #expect(pairs.pair(for: colors(1), in: { [] }) == .known(0))
    }
}

/// Pairs that may be taken inside `#expect`, which takes no mutating calls.
private final class Pairs {
    private var pairs: ColorPairs

    init(limit: Int, plain: ColorPairs.Colors) { pairs = ColorPairs(limit: limit, plain: plain) }

    func beginFrame() { pairs.beginFrame() }

    func pair(for colors: ColorPairs.Colors, in frame: () -> Set<ColorPairs.Colors>) -> ColorPairs.Allocation {
        pairs.pair(for: colors, in: frame)
    }
}
