/// Which line of a list is selected, and which is the first on the screen.
struct ListCursor: Equatable, Sendable {
    var index = 0
    private(set) var top = 0

    /// How far a key moves in a list, if it does.
    enum Step: Equatable {
        case by(Int)
        case page(Double)
        case first, last

        init?(_ key: Key) {
            switch key {
            case .down, .character("j"), .control("n"): self = .by(1)
            case .up, .character("k"), .control("p"): self = .by(-1)
            case .pageDown, .control("f"): self = .page(1)
            case .pageUp, .control("b"): self = .page(-1)
            case .control("d"): self = .page(0.5)
            case .control("u"): self = .page(-0.5)
            case .home, .character("g"): self = .first
            case .end, .character("G"): self = .last
            default: return nil
            }
        }
    }

    mutating func move(_ step: Step, count: Int, visible: Int) {
        switch step {
        case .by(let lines): index += lines
        case .page(let pages):
            let lines = Int(Double(max(1, visible - 1)) * pages)
            index += lines == 0 ? (pages < 0 ? -1 : 1) : lines
        case .first: index = 0
        case .last: index = count - 1
        }
        settle(count: count, visible: visible)
    }

    /// Brings both back into the list and the selected line onto the screen.
    mutating func settle(count: Int, visible: Int) {
        index = min(max(0, index), max(0, count - 1))
        let room = max(1, visible)
        if index < top { top = index }
        if index >= top + room { top = index - room + 1 }
        top = min(max(0, top), max(0, count - room))
    }

    /// The lines on the screen.
    func lines(count: Int, visible: Int) -> Range<Int> {
        let start = min(top, count)
        return start..<min(count, start + max(0, visible))
    }
}
