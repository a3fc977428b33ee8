/// A line of text being edited, as readline does it. Positions are between graphemes.
public struct TextField: Equatable, Sendable {
    /// What was typed.
    public private(set) var characters: [Character]
    /// How many of the characters are before it.
    public private(set) var cursor: Int
    /// Unicode scalars that the field takes; more are refused.
    public let longest: Int
    private var killed: [Character] = []

    public init(_ text: String = "", longest: Int = 1000) {
        characters = Array(text)
        cursor = characters.count
        self.longest = longest
    }

    /// All that was typed, the part that does not fit on the screen included.
    public var text: String { String(characters) }
    /// Nothing has been typed, or all of it was deleted again.
    public var isEmpty: Bool { characters.isEmpty }

    /// - Returns: whether the key means something to a text field.
    public mutating func handle(_ key: Key) -> Bool {
        switch key {
        case .character(let character): insert(String(character))
        case .left, .control("b"): cursor = max(0, cursor - 1)
        case .right, .control("f"): cursor = min(characters.count, cursor + 1)
        case .home, .control("a"): cursor = 0
        case .end, .control("e"): cursor = characters.count
        case .alt("b"): cursor = wordStart
        case .alt("f"): cursor = wordEnd
        case .backspace, .control("h"): remove(max(0, cursor - 1)..<cursor)
        case .delete, .control("d"): remove(cursor..<min(characters.count, cursor + 1))
        case .control("w"), .alt("\u{7F}"): kill(wordStart..<cursor)
        case .alt("d"): kill(cursor..<wordEnd)
        case .control("u"): kill(0..<cursor)
        case .control("k"): kill(cursor..<characters.count)
        case .control("y"): insert(String(killed))
        default: return false
        }
        return true
    }

    /// Takes a paste in: line ends and tabs become spaces, other controls and invisible characters are dropped.
    public mutating func paste(_ text: String) {
        var clean = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control where scalar == "\n" || scalar == "\r" || scalar == "\t":
                if clean.last != " " && !clean.isEmpty { clean.append(" ") }
            case .lineSeparator, .paragraphSeparator: clean.append(" ")
            case .control, .format, .surrogate, .privateUse, .unassigned: break
            default: clean.append(scalar)
            }
        }
        while clean.last == " " { clean.removeLast() }
        insert(String(clean))
    }

    /// Puts the insertion point so many columns right of a character, or at the end.
    mutating func moveCursor(after columns: Int, from first: Int) {
        var rest = columns
        cursor = min(max(0, first), characters.count)
        while cursor < characters.count {
            rest -= max(1, CellText(untrusted: String(characters[cursor])).width)
            if rest < 0 { return }
            cursor += 1
        }
    }

    private mutating func insert(_ text: String) {
        let room = longest - characters.reduce(0) { $0 + $1.unicodeScalars.count }
        let fitting = String(String.UnicodeScalarView(text.unicodeScalars.prefix(max(0, room))))
        // Joined first: a combining mark that is typed belongs to the character before it.
        let head = Array(String(characters[..<cursor]) + fitting)
        characters.replaceSubrange(..<cursor, with: head)
        cursor = head.count
    }

    private mutating func remove(_ range: Range<Int>) {
        characters.removeSubrange(range)
        cursor = range.lowerBound
    }

    private mutating func kill(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        killed = Array(characters[range])
        remove(range)
    }

    private var wordStart: Int {
        var index = cursor
        while index > 0, !isWord(characters[index - 1]) { index -= 1 }
        while index > 0, isWord(characters[index - 1]) { index -= 1 }
        return index
    }

    private var wordEnd: Int {
        var index = cursor
        while index < characters.count, !isWord(characters[index]) { index += 1 }
        while index < characters.count, isWord(characters[index]) { index += 1 }
        return index
    }

    private func isWord(_ character: Character) -> Bool { character.isLetter || character.isNumber }
}
