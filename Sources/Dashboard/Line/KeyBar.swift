/// The foot of the screen: keys and what they do, as many as fit; the way to the rest always.
struct KeyBar {
    var hints: [(key: StaticString, text: StaticString)]

    init(_ commands: [Command]) { hints = commands.map { ($0.key, $0.short) } }
    init(_ hints: [(key: StaticString, text: StaticString)]) { self.hints = hints }

    /// The keys that other programs of this kind have there. Whatever the width, the way back and out is among them.
    static func functionKeys(columns: Int) -> KeyBar {
        let all = KeyBar([
            ("F1", "help"), ("F2", "mouse"), ("F3", "filter"), ("F4", "view"), ("F5", "open"), ("F6", "sort"),
            ("F7", "pause"), ("F8", "resume"), ("F9", "keys"), ("F10", "quit"),
        ])
        if all.places(columns).count == all.hints.count { return all }
        let most = KeyBar(all.hints.filter { $0.key.description != "F2" && $0.key.description != "F8" })
        return most.places(columns).count == most.hints.count
            ? most : KeyBar([("F1", "help"), ("F9", "keys"), ("F10", "quit"), ("F3", "filter"), ("F5", "open")])
    }

    /// Where each hint lies, with the help at the end: columns from the bar's left edge.
    private func places(_ columns: Int) -> [(hint: (key: StaticString, text: StaticString), start: Int, end: Int)] {
        let help: (key: StaticString, text: StaticString) = ("?", "help")
        func width(_ hint: (key: StaticString, text: StaticString)) -> Int {
            CellText(stringLiteral: hint.key).width + 1 + CellText(stringLiteral: hint.text).width
        }
        var places: [(hint: (key: StaticString, text: StaticString), start: Int, end: Int)] = []
        var column = 1
        let end = columns - 1
        let hasHelp = hints.first?.key.description == "F1"
        for hint in hints {
            if column + width(hint) + (hasHelp ? 0 : 2 + width(help)) > end { break }
            places.append((hint, column, column + width(hint)))
            column += width(hint) + 2
        }
        if !hasHelp, column + width(help) <= end { places.append((help, column, column + width(help))) }
        return places
    }

    func draw(in rect: Rect, canvas: inout Canvas) {
        for place in places(rect.columns) {
            let column = canvas.put(
                CellText(stringLiteral: place.hint.key), row: rect.row, column: rect.column + place.start, .key)
            canvas.put(CellText(stringLiteral: place.hint.text), row: rect.row, column: column + 1, .hint)
        }
    }

    /// The key that a click in this column stands for; nil beside the hints, and where a hint names two keys.
    func key(at column: Int, columns: Int) -> Key? {
        places(columns).first { ($0.start..<$0.end).contains(column) }.flatMap { Key(hint: $0.hint.key.description) }
    }
}

extension Key {
    /// A key as the bar writes it.
    init?(hint: String) {
        switch hint {
        case "enter": self = .enter
        case "esc": self = .escape
        case "tab": self = .tab
        case "space": self = .character(" ")
        case "^space": self = .control(" ")
        case _ where hint.count == 1: self = .character(hint.first ?? " ")
        case _ where hint.first == "F":
            guard let number = Int(hint.dropFirst()) else { return nil }
            self = .function(number)
        case _ where hint.first == "^" && hint.count == 2: self = .control(Character(hint.dropFirst().lowercased()))
        default: return nil
        }
    }
}
