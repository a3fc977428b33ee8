/// Which ncurses colour pair stands for which two colours. Pairs are few (64 on a console, 65,536 elsewhere), and a
/// picture needs hundreds: those that no cell on the screen uses any more are taken again.
struct ColorPairs {
    struct Colors: Hashable {
        var foreground: Int32
        var background: Int32
    }

    /// What to do to use two colours.
    enum Allocation: Equatable {
        case known(Int32)
        /// Define this pair first.
        case define(Int32)
        /// Every pair is on the screen. This one comes nearest: the same background, or else none.
        case exhausted(Int32)
    }

    /// Pair numbers 1..<limit may be defined; 0 is the terminal's own colours.
    let limit: Int
    let plain: Colors
    private var numbers: [Colors: Int32] = [:]
    private var colors: [Colors] = []  // (pair - 1)
    /// Pairs that may be taken in this frame; found when first needed.
    private var unused: Set<Int32>?

    init(limit: Int, plain: Colors) {
        self.limit = limit
        self.plain = plain
    }

    /// A new screen is drawn: what was unused may be used by now.
    mutating func beginFrame() { unused = nil }

    /// - Parameter frame: every two colours on the screen that is drawn. Asked only when pairs run out.
    mutating func pair(for wanted: Colors, in frame: () -> Set<Colors>) -> Allocation {
        if wanted == plain || limit <= 1 { return .known(0) }
        if let number = numbers[wanted] { return .known(number) }
        if colors.count + 1 < limit {
            colors.append(wanted)
            let number = Int32(colors.count)
            numbers[wanted] = number
            return .define(number)
        }
        if unused == nil {
            unused = Set(1..<Int32(limit)).subtracting(frame().compactMap { numbers[$0] })
        }
        guard let number = unused?.popFirst() else { return .exhausted(nearest(wanted)) }
        numbers[colors[Int(number) - 1]] = nil
        colors[Int(number) - 1] = wanted
        numbers[wanted] = number
        return .define(number)
    }

    private func nearest(_ wanted: Colors) -> Int32 {
        colors.firstIndex { $0.background == wanted.background }.map { Int32($0) + 1 } ?? 0
    }
}
