/// How many colours the terminal can show.
public enum ColorDepth: Int, Sendable, Comparable, CaseIterable {
    /// Also where `NO_COLOR` is set.
    case mono
    case ansi8
    case ansi16
    case indexed256
    case direct

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
