/// How many colours the terminal shows, fewest first.
public enum ColorDepth: Int, Sendable, Comparable, CaseIterable {
    case mono, ansi8, ansi16, indexed256, direct

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

    /// - Parameters:
    ///   - colors: terminfo's `colors`; -1 if it says nothing.
    ///   - isDirect: terminfo's `RGB`: a colour number is a red, green and blue value.
    init(colors: Int, isDirect: Bool) {
        self =
            switch colors {
            case (1 << 24)... where isDirect: .direct
            case 256...: .indexed256
            case 16...: .ansi16
            case 8...: .ansi8
            default: .mono
            }
    }
}
