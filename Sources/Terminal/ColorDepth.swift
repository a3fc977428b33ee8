import Dashboard

extension ColorDepth {
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
