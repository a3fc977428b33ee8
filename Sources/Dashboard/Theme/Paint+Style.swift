/// What is wrong with a style such as `bold red on 236`.
public enum PaintStyleError: Error, Equatable, Sendable, CustomStringConvertible {
    case unknownWord(String)
    case twoColours(String)
    case missingBackground

    public var description: String {
        switch self {
        case .unknownWord(let word):
            "\(word.debugDescription) is neither a colour nor an attribute. Colours: default, black, red, green, "
                + "yellow, blue, magenta, cyan, white, bright-red …, 0 to 255, #rrggbb. "
                + "Attributes: bold, dim, underline, reverse, italic. The background comes after \"on\"."
        case .twoColours(let word): "\(word.debugDescription) is a second colour; write \"on\" before the background."
        case .missingBackground: "no colour follows \"on\"."
        }
    }
}

extension Paint {
    /// Reads a style: attributes, a colour, and a second one after `on`; all in any number, in this order or another.
    public init(style: String) throws(PaintStyleError) {
        self.init()
        var hasForeground = false
        var isBackground = false
        for word in style.split(whereSeparator: \.isWhitespace).map(String.init) {
            if word == "on" {
                isBackground = true
            } else if let attribute = Attributes(word: word) {
                attributes.insert(attribute)
            } else if let color = Color(word: word) {
                if isBackground {
                    background = color
                    isBackground = false
                } else if hasForeground {
                    throw .twoColours(word)
                } else {
                    foreground = color
                    hasForeground = true
                }
            } else {
                throw .unknownWord(word)
            }
        }
        if isBackground { throw .missingBackground }
    }
}

extension Paint.Attributes {
    init?(word: String) {
        switch word {
        case "bold": self = .bold
        case "dim": self = .dim
        case "underline": self = .underline
        case "reverse": self = .reverse
        case "italic": self = .italic
        default: return nil
        }
    }
}

extension Color {
    private static let names = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]

    /// `default`, a name of the 16 colours, a palette number, or `#rrggbb`.
    init?(word: String) {
        if word == "default" {
            self = .terminalDefault
        } else if let index = Self.names.firstIndex(of: word) {
            self = .indexed(UInt8(index))
        } else if word.hasPrefix("bright-"), let index = Self.names.firstIndex(of: String(word.dropFirst(7))) {
            self = .indexed(UInt8(index + 8))
        } else if word.hasPrefix("#"), word.utf8.count == 7, word.dropFirst().allSatisfy(\.isHexDigit),
            let value = UInt32(word.dropFirst(), radix: 16)
        {
            self = .rgb(UInt8(value >> 16), UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF))
        } else if word.allSatisfy(\.isNumber), let value = UInt8(word) {
            self = .indexed(value)
        } else {
            return nil
        }
    }
}
