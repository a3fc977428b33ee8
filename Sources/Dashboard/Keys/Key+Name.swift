extension Key {
    private static let named: [Key] = [
        .enter, .escape, .tab, .backTab, .backspace, .delete, .insert, .up, .down, .left, .right, .home, .end, .pageUp,
        .pageDown, .character(" "), .control(" "),
    ]

    /// As the help writes it.
    var name: String {
        switch self {
        case .character(" "): "space"
        case .character(let character): String(character)
        case .control(" "): "^space"
        case .control(let character): "^\(character.uppercased())"
        case .alt(let character): "alt-\(character)"
        case .function(let number): "F\(number)"
        case .enter: "enter"
        case .escape: "esc"
        case .tab: "tab"
        case .backTab: "shift-tab"
        case .pageUp: "page up"
        case .pageDown: "page down"
        case .shiftUp: "shift-up"
        case .shiftDown: "shift-down"
        case .shiftLeft: "shift-left"
        case .shiftRight: "shift-right"
        default: String(describing: self)
        }
    }

    /// A key by the name that the help gives it. Nil where there is no such key: `^` and one letter is a control key, a space
    /// is written as a word, and what no terminal sends as one key has no name.
    init?(name: String) {
        if let key = Self.named.first(where: { $0.name == name }) {
            self = key
        } else if name.count == 1, let character = name.first, character.isSeen {
            self = .character(character)
        } else if name.first == "F", let number = Int(name.dropFirst()), (1...12).contains(number), !name.contains("+")
        {
            self = .function(number)
        } else if name.first == "^", let letter = Self.letter(name.dropFirst()) {
            self = .control(Character(letter.lowercased()))
        } else if name.hasPrefix("alt-"), let letter = Self.letter(name.dropFirst(4)) {
            self = .alt(letter)
        } else {
            return nil
        }
    }

    private static func letter(_ text: Substring) -> Character? {
        guard text.count == 1, let letter = text.first, letter.isASCII, letter.isLetter else { return nil }
        return letter
    }
}

extension Character {
    fileprivate var isSeen: Bool { isLetter || isNumber || isPunctuation || isSymbol }
}
