import Text

/// The few control strings that ncurses does not send.
enum Escape {
    /// Presses and the wheel (1000), moves while a button is held (1002) where the terminal has them, in decimal coordinates
    /// (1006).
    static let mouseOn = Array("\u{1B}[?1000h\u{1B}[?1002h\u{1B}[?1006h".utf8)
    static let mouseOff = Array("\u{1B}[?1006l\u{1B}[?1002l\u{1B}[?1000l".utf8)
    static let pasteOn = Array("\u{1B}[?2004h".utf8)
    static let pasteOff = Array("\u{1B}[?2004l".utf8)
    /// OSC 11: which background the terminal has.
    static let backgroundQuestion = Array("\u{1B}]11;?\u{1B}\\".utf8)
    /// DA1, which every terminal answers: when that answer comes, those to earlier questions have come or will not.
    static let attributesQuestion = Array("\u{1B}[c".utf8)
    static let bell: [UInt8] = [7]
    static let pushTitle = Array("\u{1B}[22;0t".utf8)
    static let popTitle = Array("\u{1B}[23;0t".utf8)

    /// OSC 2. Control characters would end it, or worse; a title of more than 120 characters helps nobody.
    /// - Parameter isASCII: the terminal shows nothing else.
    static func title(_ text: String, isASCII: Bool = false) -> [UInt8] {
        let clean = text.unicodeScalars.filter {
            ![.control, .format, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
        }.map { scalar -> Unicode.Scalar in
            guard isASCII, !scalar.isASCII else { return scalar }
            return scalar.properties.generalCategory == .dashPunctuation || scalar == "·" ? "-" : "?"
        }
        return Array("\u{1B}]2;\(String(String.UnicodeScalarView(clean)).prefix(120))\u{07}".utf8)
    }

    /// OSC 52: into the clipboard.
    static func clipboard(_ text: String) -> [UInt8] {
        Array("\u{1B}]52;c;".utf8) + Array(BaseEncoding.base64(text.utf8).utf8) + [7]
    }
}
