import Dashboard

/// Bytes from the terminal → events. Knows what xterm, tmux, rxvt, the Linux console and VT100s send, and what terminfo
/// names for this terminal. Never traps, never keeps more than `pasteLimit` bytes.
///
/// Sources: ECMA-48 §5.4 (control sequences), xterm's ctlseqs (keys, mouse 1006, paste 2004), console_codes(4).
struct KeyDecoder {
    /// Bytes of a paste that are kept; the rest is dropped.
    static let pasteLimit = 1 << 20
    /// A control sequence longer than this is noise, and so is a control string.
    static let sequenceLimit = 64
    static let stringLimit = 1024
    /// Two clicks on one cell within this time are a double click.
    static let doubleClickTime = Duration.milliseconds(400)

    private enum State: Equatable {
        case ground
        /// ESC and what came after it.
        case sequence([UInt8])
        /// A character's first bytes, and how many it shall have.
        case utf8([UInt8], Int)
        case paste([UInt8])
    }

    private var state = State.ground
    private let keys: [[UInt8]: Key]
    /// Every beginning of a sequence in `keys`.
    private let beginnings: Set<[UInt8]>
    /// What the terminal answered, oldest first.
    private var replies: [TerminalReply] = []
    private var lastClick: (position: Position, time: Duration)?

    init(keys: [[UInt8]: Key] = [:]) {
        self.keys = keys
        beginnings = Set(keys.keys.flatMap { key in (1..<max(1, key.count)).map { Array(key[..<$0]) } })
    }

    /// How long to wait for the next byte before `timeOut` is called: an ESC alone is a key, but one that begins a
    /// sequence comes in one piece, or nearly. Nil: nothing is waited for.
    var patience: Duration? {
        switch state {
        case .ground: nil
        case .sequence(let bytes): bytes.count == 1 ? .milliseconds(25) : .milliseconds(100)
        case .utf8: .milliseconds(100)
        case .paste: .seconds(2)
        }
    }

    mutating func takeReplies() -> [TerminalReply] {
        defer { replies = [] }
        return replies
    }

    /// - Parameter time: of a clock that only goes forward; tells double clicks.
    mutating func feed(_ bytes: some Sequence<UInt8>, at time: Duration) -> [TerminalEvent] {
        var events: [TerminalEvent] = []
        for byte in bytes { take(byte, at: time, into: &events) }
        return events
    }

    /// Nothing came within `patience`: what is held means what it says so far.
    mutating func timeOut(at time: Duration) -> [TerminalEvent] {
        defer { state = .ground }
        switch state {
        case .ground: return []
        case .utf8: return [.key(.character("\u{FFFD}"))]
        case .paste(let bytes): return [.paste(String(decoding: bytes, as: UTF8.self))]
        case .sequence(let bytes): return Self.unfinished(bytes)
        }
    }

    private static func unfinished(_ bytes: [UInt8]) -> [TerminalEvent] {
        switch bytes.count {
        case 1: [.key(.escape)]
        case 2 where bytes[1] == 0x1B: [.key(.escape), .key(.escape)]
        // ESC [ and ESC O alone: Alt with that letter.
        case 2: [.key(.alt(Character(Unicode.Scalar(bytes[1]))))]
        default: []
        }
    }

    private mutating func take(_ byte: UInt8, at time: Duration, into events: inout [TerminalEvent]) {
        switch state {
        case .ground: begin(byte, into: &events)
        case .utf8(let bytes, let count): continueCharacter(bytes, count, byte, at: time, into: &events)
        case .sequence(let bytes): continueSequence(bytes + [byte], at: time, into: &events)
        case .paste(var bytes):
            state = .ground  // one owner of the bytes, or each append would copy them
            bytes.append(byte)
            if bytes.endsPaste {
                let text = bytes.dropLast([UInt8].pasteEnd.count).prefix(Self.pasteLimit)
                events.append(.paste(String(decoding: text, as: UTF8.self)))
            } else {
                if bytes.count > Self.pasteLimit + 2 * [UInt8].pasteEnd.count {
                    bytes.remove(at: Self.pasteLimit)
                }
                state = .paste(bytes)
            }
        }
    }

    private mutating func begin(_ byte: UInt8, into events: inout [TerminalEvent]) {
        switch byte {
        case 0x1B: state = .sequence([byte])
        case 0x00...0x1F, 0x7F: events.append(.key(Self.control(byte)))
        case 0x20...0x7E: events.append(.key(.character(Character(Unicode.Scalar(byte)))))
        case 0xC2...0xDF: state = .utf8([byte], 2)
        case 0xE0...0xEF: state = .utf8([byte], 3)
        case 0xF0...0xF4: state = .utf8([byte], 4)
        default: events.append(.key(.character("\u{FFFD}")))
        }
    }

    /// A byte below space, or DEL.
    static func control(_ byte: UInt8) -> Key {
        switch byte {
        case 0x00: .control(" ")
        case 0x08, 0x7F: .backspace
        case 0x09: .tab
        case 0x0A, 0x0D: .enter
        case 0x1B: .escape
        case 0x01...0x1A: .control(Character(Unicode.Scalar(byte + 0x60)))
        default: .control(Character(Unicode.Scalar(byte + 0x40)))
        }
    }

    private mutating func continueCharacter(
        _ bytes: [UInt8], _ count: Int, _ byte: UInt8, at time: Duration, into events: inout [TerminalEvent]
    ) {
        guard byte & 0xC0 == 0x80 else {
            state = .ground
            events.append(.key(.character("\u{FFFD}")))
            return take(byte, at: time, into: &events)
        }
        guard bytes.count + 1 == count else {
            state = .utf8(bytes + [byte], count)
            return
        }
        state = .ground
        guard let text = String(validating: bytes + [byte], as: UTF8.self), let scalar = text.unicodeScalars.first
        else {
            events.append(.key(.character("\u{FFFD}")))
            return
        }
        // The control characters of Latin-1 are no text, whoever typed them.
        guard scalar.properties.generalCategory != .control else { return }
        events.append(.key(.character(Character(scalar))))
    }

    // MARK: Sequences

    private mutating func continueSequence(_ bytes: [UInt8], at time: Duration, into events: inout [TerminalEvent]) {
        if let key = keys[bytes] {
            state = .ground
            events.append(.key(key))
            return
        }
        if beginnings.contains(bytes) {
            state = .sequence(bytes)
            return
        }
        let isString = bytes.count > 2 && ControlSequence.startsString(bytes)
        // ESC never stands inside a sequence, but at a string's end: the one before it was broken off.
        if bytes.count > 2, bytes[1] != 0x1B, bytes.last == 0x1B, !isString, bytes[1] != UInt8(ascii: "_"),
            bytes[1] != UInt8(ascii: "P"), bytes[1] != UInt8(ascii: "]")
        {
            state = .sequence([0x1B])
            return
        }
        if isString, bytes.count > 4, bytes[bytes.count - 2] == 0x1B, bytes.last != UInt8(ascii: "\\") {
            state = .sequence([0x1B])
            return continueSequence([0x1B] + bytes.suffix(1), at: time, into: &events)
        }
        if isString, let byte = bytes.last, byte < 0x20, byte != 7, byte != 0x1B {
            // No answer holds a control character: this is a key.
            state = .ground
            return begin(byte, into: &events)
        }
        let limit = isString ? Self.stringLimit : Self.sequenceLimit
        switch ControlSequence.read(bytes) {
        case .unfinished where bytes.count < limit: state = .sequence(bytes)
        case .unfinished, .ignored: state = .ground
        case .reply(let reply):
            state = .ground
            replies.append(reply)
        case .key(let key):
            state = .ground
            events.append(.key(key))
        case .mouse(let mouse):
            state = .ground
            events.append(.mouse(doubled(mouse, at: time)))
        case .pasteBegins: state = .paste([])
        case .text(let rest):
            // ESC and a byte that begins no sequence: Alt with a character, or an ESC before something else.
            state = .ground
            alternate(rest, at: time, into: &events)
        }
    }

    private mutating func alternate(_ bytes: [UInt8], at time: Duration, into events: inout [TerminalEvent]) {
        guard let first = bytes.first else { return }
        switch first {
        case 0x1B:
            // ESC ESC x: one press of Escape, then whatever the second ESC begins.
            events.append(.key(.escape))
            for byte in bytes { take(byte, at: time, into: &events) }
        case 0x20...0x7E:
            events.append(.key(.alt(Character(Unicode.Scalar(first)))))
            for byte in bytes.dropFirst() { take(byte, at: time, into: &events) }
        case 0x7F, 0x08: events.append(.key(.backspace))
        case 0x0D, 0x0A: events.append(.key(.enter))
        default:
            events.append(.key(.escape))
            take(first, at: time, into: &events)
        }
    }

    private mutating func doubled(_ mouse: MouseEvent, at time: Duration) -> MouseEvent {
        guard case .click(let position) = mouse else { return mouse }
        if let last = lastClick, last.position == position, time - last.time <= Self.doubleClickTime {
            lastClick = nil
            return .doubleClick(position)
        }
        lastClick = (position, time)
        return mouse
    }
}

extension [UInt8] {
    static let pasteEnd = Array("\u{1B}[201~".utf8)

    var endsPaste: Bool {
        count >= Self.pasteEnd.count && last == Self.pasteEnd.last && suffix(6) == Self.pasteEnd[...]
    }
}
