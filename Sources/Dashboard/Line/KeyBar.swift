/// The foot of the screen: keys and what they do, as many as fit; the way to the rest always.
struct KeyBar {
    struct Hint: Equatable, Sendable {
        var key: String
        var text: String

        init(_ key: String, _ text: String) {
            self.key = key
            self.text = text
        }
        init(_ command: Command, _ keys: KeyMap) { self.init(keys.name(command), command.short) }

        /// The way out of what lies over a page.
        static let leave = Hint("esc", "leave")

        var width: Int { CellText(untrusted: key).width + 1 + CellText(untrusted: text).width }
    }
    /// The likeliest first.
    var hints: [Hint]
    /// Kept free for these, before the others, where there is room for any.
    var tail: [Hint] = []
    /// At the end, whatever the width.
    var last: Hint?

    init(_ hints: [Hint], tail: [Hint] = [], last: Hint?) {
        self.hints = hints
        self.tail = tail
        self.last = last
    }

    /// Each hint that fits, from a column of the bar's to the one after it.
    private func places(_ columns: Int) -> [(hint: Hint, start: Int, end: Int)] {
        func width(_ hints: [Hint]) -> Int { hints.reduce(0) { $0 + $1.width + 2 } }
        var ending = last.map { [$0] } ?? []
        // Half of the bar at least is for what is selected.
        for hint in tail.reversed() where 1 + width([hint] + ending) <= columns / 2 { ending.insert(hint, at: 0) }
        var room = columns + 1 - 1 - width(ending)
        var shown: [Hint] = []
        for hint in hints {
            guard hint.width + 2 <= room else { break }
            shown.append(hint)
            room -= hint.width + 2
        }
        var column = 1
        return (shown + ending).map { hint in
            defer { column += hint.width + 2 }
            return (hint, column, column + hint.width)
        }
    }

    func draw(in rect: Rect, canvas: inout Canvas) {
        for place in places(rect.columns) where place.end <= rect.columns {
            let column = canvas.put(
                CellText(untrusted: place.hint.key), row: rect.row, column: rect.column + place.start, .key)
            canvas.put(CellText(untrusted: place.hint.text), row: rect.row, column: column + 1, .hint)
        }
    }

    /// The key that a click in this column stands for; nil beside the hints, and where a hint names two keys.
    func key(at column: Int, columns: Int) -> Key? {
        places(columns).first { ($0.start..<$0.end).contains(column) }.flatMap { Key(name: $0.hint.key) }
    }
}
