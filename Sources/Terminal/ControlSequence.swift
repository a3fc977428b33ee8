import Dashboard
import Text

/// What the bytes from an ESC on mean.
enum ControlSequence: Equatable {
    /// More bytes must come.
    case unfinished
    /// Whole, and nothing that a dashboard answers: focus, replies to questions, a mouse that moves.
    case ignored
    case key(Key)
    case mouse(MouseEvent)
    case pasteBegins
    case reply(TerminalReply)
    /// No sequence: ESC, and then these bytes.
    case text([UInt8])

    /// - Parameter bytes: ESC and at least one more.
    static func read(_ bytes: [UInt8]) -> ControlSequence {
        guard bytes.count > 1 else { return .unfinished }
        switch bytes[1] {
        case UInt8(ascii: "["): return control(bytes[2...])
        case UInt8(ascii: "O"): return singleShift(bytes[2...])
        case 0x1B: return escaped(bytes)
        case UInt8(ascii: "_"), UInt8(ascii: "P"), UInt8(ascii: "]"): return string(bytes)
        default: return .text(Array(bytes[1...]))
        }
    }

    /// Alt with a key that is a sequence itself, as rxvt sends it: ESC ESC [ A.
    private static func escaped(_ bytes: [UInt8]) -> ControlSequence {
        guard bytes.count > 2 else { return .unfinished }
        guard bytes[2] == UInt8(ascii: "[") || bytes[2] == UInt8(ascii: "O") else { return .text(Array(bytes[1...])) }
        return read(Array(bytes[1...]))
    }

    // MARK: ESC _ G …, ESC P > | … and ESC ] 11 ; …

    /// A control string that answers a question: about pictures, XTVERSION, or the background. ESC \ or BEL ends it.
    private static func string(_ bytes: [UInt8]) -> ControlSequence {
        guard startsString(bytes) else { return .text(Array(bytes[1...])) }
        let end = bytes.suffix(2) == [0x1B, UInt8(ascii: "\\")] ? 2 : bytes.last == 7 ? 1 : 0
        guard end > 0 else { return .unfinished }
        let text = String(decoding: bytes.dropLast(end), as: UTF8.self)
        switch bytes[1] {
        case UInt8(ascii: "_"): return .reply(.graphics(isReady: text.hasSuffix(";OK")))
        case UInt8(ascii: "P"): return .reply(.name(String(text.dropFirst(4))))
        default: return isLight(text.dropFirst(5)).map { .reply(.background(isLight: $0)) } ?? .ignored
        }
    }

    /// `rgb:1e1e/1e1e/2e2e`, one to four hexadecimal digits a colour (XParseColor); nil for anything else.
    private static func isLight(_ color: Substring) -> Bool? {
        guard let colon = color.firstIndex(of: ":"), ["rgb", "rgba"].contains(color[..<colon]) else { return nil }
        let parts = color[color.index(after: colon)...].split(separator: "/", omittingEmptySubsequences: false)
        let levels = parts.prefix(3).compactMap { part -> Double? in
            guard (1...4).contains(part.count), let value = Int(part, radix: 16) else { return nil }
            return Double(value) / Double(1 << (4 * part.count) - 1)
        }
        guard levels.count == 3 else { return nil }
        // Rec. 601.
        return 0.299 * levels[0] + 0.587 * levels[1] + 0.114 * levels[2] > 0.5
    }

    /// Whether these bytes are such a string's, or may become.
    static func startsString(_ bytes: [UInt8]) -> Bool {
        let starts: [[UInt8]] = [Array("\u{1B}_G".utf8), Array("\u{1B}P>|".utf8), Array("\u{1B}]11;".utf8)]
        return starts.contains { bytes.starts(with: $0) || $0.starts(with: bytes) }
    }

    // MARK: ESC O …

    private static func singleShift(_ rest: ArraySlice<UInt8>) -> ControlSequence {
        // Old xterms put a modifier between: ESC O 5 A.
        let final = rest.drop(while: ASCII.isDigit)
        guard let byte = final.first else { return .unfinished }
        if let key = letterKeys[byte] { return .key(modified(key, numbers(rest.dropLast(final.count)).last)) }
        switch byte {
        case UInt8(ascii: "M"): return .key(.enter)
        case UInt8(ascii: "I"): return .key(.tab)
        case UInt8(ascii: "X"): return .key(.character("="))
        // The numeric keypad in application mode: j…y are *…9.
        case UInt8(ascii: "j")...UInt8(ascii: "y"): return .key(.character(Character(Unicode.Scalar(byte - 0x40))))
        case UInt8(ascii: " "): return .key(.character(" "))
        default: return .ignored
        }
    }

    private static let letterKeys: [UInt8: Key] = [
        UInt8(ascii: "A"): .up, UInt8(ascii: "B"): .down, UInt8(ascii: "C"): .right, UInt8(ascii: "D"): .left,
        UInt8(ascii: "H"): .home, UInt8(ascii: "F"): .end, UInt8(ascii: "P"): .function(1),
        UInt8(ascii: "Q"): .function(2), UInt8(ascii: "R"): .function(3), UInt8(ascii: "S"): .function(4),
        UInt8(ascii: "Z"): .backTab,
    ]

    /// An arrow with shift; other keys mean the same with a modifier.
    private static func modified(_ key: Key, _ modifiers: Int?) -> Key {
        guard let modifiers, max(0, modifiers - 1) & 1 != 0 else { return key }
        switch key {
        case .up: return .shiftUp
        case .down: return .shiftDown
        case .left: return .shiftLeft
        case .right: return .shiftRight
        default: return key
        }
    }

    // MARK: ESC [ …

    private static func control(_ rest: ArraySlice<UInt8>) -> ControlSequence {
        // The Linux console's F1…F5: ESC [ [ A…E.
        if rest.first == UInt8(ascii: "[") { return consoleFunction(rest.dropFirst()) }
        // Parameters, intermediates, one final byte (ECMA-48 §5.4).
        let body = rest.prefix { (0x20...0x3F).contains($0) }
        guard let final = rest.dropFirst(body.count).first else { return .unfinished }
        guard (0x40...0x7E).contains(final) else { return .ignored }
        switch (body.first, final) {
        case (UInt8(ascii: "<"), UInt8(ascii: "M")), (UInt8(ascii: "<"), UInt8(ascii: "m")):
            let isWellFormed = body.dropFirst().allSatisfy { $0 == UInt8(ascii: ";") || ASCII.isDigit($0) }
            guard isWellFormed else { return .ignored }
            return mouse(numbers(body.dropFirst()), isPress: final == UInt8(ascii: "M"))
        case (UInt8(ascii: "?")?, UInt8(ascii: "c")): return .reply(.attributes)
        case (UInt8(ascii: "<")?, _), (UInt8(ascii: "=")?, _), (UInt8(ascii: ">")?, _), (UInt8(ascii: "?")?, _):
            return .ignored
        case (nil, UInt8(ascii: "M")):
            // A mouse of before 1006: three bytes follow that may be anything.
            return rest.count < 4 ? .unfinished : .ignored
        case (_, UInt8(ascii: "~")): return tilde(numbers(body))
        case (_, UInt8(ascii: "u")): return unicode(numbers(body))
        default:
            let numbers = numbers(body)
            return letterKeys[final].map { .key(modified($0, numbers.count > 1 ? numbers.last : nil)) } ?? .ignored
        }
    }

    private static func consoleFunction(_ rest: ArraySlice<UInt8>) -> ControlSequence {
        guard let byte = rest.first else { return .unfinished }
        guard (UInt8(ascii: "A")...UInt8(ascii: "E")).contains(byte) else { return .ignored }
        return .key(.function(Int(byte - UInt8(ascii: "A")) + 1))
    }

    /// `1;5` → [1, 5]. Sub-parameters (`1:2`) count as their first; absurd numbers as the largest.
    private static func numbers(_ body: ArraySlice<UInt8>) -> [Int] {
        body.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map { field in
            field.prefix(while: ASCII.isDigit)
                .reduce(0) { min(0x10_FFFF, $0 * 10 + Int($1 - 0x30)) }
        }
    }

    private static func tilde(_ numbers: [Int]) -> ControlSequence {
        switch numbers.first {
        case 1, 7: .key(.home)
        case 2: .key(.insert)
        case 3: .key(.delete)
        case 4, 8: .key(.end)
        case 5: .key(.pageUp)
        case 6: .key(.pageDown)
        case let n? where (11...15).contains(n): .key(.function(n - 10))
        case let n? where (17...21).contains(n): .key(.function(n - 11))
        case let n? where (23...24).contains(n): .key(.function(n - 12))
        // xterm's modifyOtherKeys: 27;modifiers;code~
        case 27 where numbers.count == 3: unicode([numbers[2], numbers[1]])
        case 200: .pasteBegins
        default: .ignored
        }
    }

    /// code;modifiers u: a key by its character. Modifiers: 1 + shift 1, alt 2, control 4.
    private static func unicode(_ numbers: [Int]) -> ControlSequence {
        guard let code = numbers.first, let scalar = Unicode.Scalar(UInt32(code)) else { return .ignored }
        let modifiers = max(0, (numbers.count > 1 ? numbers[1] : 1) - 1)
        if code < 0x20 || code == 0x7F {
            return .key(code == 9 && modifiers & 1 != 0 ? .backTab : KeyDecoder.control(UInt8(code)))
        }
        // The private use area: keys that are no characters (kitty's protocol); controls: no text.
        guard ![.control, .privateUse].contains(scalar.properties.generalCategory) else { return .ignored }
        let character = Character(scalar)
        if modifiers & 4 != 0 { return .key(.control(character.lowercased().first ?? character)) }
        return .key(modifiers & 2 != 0 ? .alt(character) : .character(character))
    }

    /// button;column;row, from 1. Buttons: 0 left, 64 and 65 the wheel; 4, 8, 16 modifiers; 32 it moves.
    private static func mouse(_ numbers: [Int], isPress: Bool) -> ControlSequence {
        guard numbers.count == 3, numbers[1] > 0, numbers[2] > 0 else { return .ignored }
        let position = Position(row: numbers[2] - 1, column: numbers[1] - 1)
        switch numbers[0] & ~(4 | 8 | 16) {
        case 0: return .mouse(isPress ? .click(position) : .release(position))
        case _ where !isPress: return .ignored
        case 32: return .mouse(.drag(position))
        case 64: return .mouse(.wheelUp(position))
        case 65: return .mouse(.wheelDown(position))
        default: return .ignored
        }
    }
}
