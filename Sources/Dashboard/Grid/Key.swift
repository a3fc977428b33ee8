/// A key as the terminal reports it, after its escape sequences are taken apart.
public enum Key: Hashable, Sendable {
    case character(Character)
    case control(Character)  // control("d") is Ctrl-D
    case alt(Character)
    case enter, escape, tab, backTab, backspace, delete, insert
    case up, down, left, right, home, end, pageUp, pageDown
    case shiftUp, shiftDown, shiftLeft, shiftRight
    case function(Int)  // 1...12
}

extension Key {
    /// An arrow means the same with shift where nothing else is said.
    var unshifted: Key {
        switch self {
        case .shiftUp: .up
        case .shiftDown: .down
        case .shiftLeft: .left
        case .shiftRight: .right
        default: self
        }
    }
}

/// What the mouse did, with the cell it did it in.
public enum MouseEvent: Hashable, Sendable {
    case click(Position)
    case doubleClick(Position)
    /// The mouse moved while its button was held; the click was told before.
    case drag(Position)
    /// The button was let go.
    case release(Position)
    case wheelUp(Position)
    case wheelDown(Position)
}

/// What comes from the terminal.
public enum TerminalEvent: Equatable, Sendable {
    case key(Key)
    case mouse(MouseEvent)
    /// Bracketed paste; untrusted.
    case paste(String)
    case resize(GridSize)
    /// The terminal draws pictures itself, in cells of this size.
    case pixelPictures(PixelCell)
    /// What the terminal says of its own background.
    case background(isLight: Bool)
}
