import Dashboard

/// The key sequences that terminfo names for this terminal; they come before what most terminals send.
enum TerminfoKeys {
    private static let capabilities: [(String, Key)] =
        [
            ("kcuu1", .up), ("kcud1", .down), ("kcub1", .left), ("kcuf1", .right), ("khome", .home), ("kend", .end),
            ("kpp", .pageUp), ("knp", .pageDown), ("kich1", .insert), ("kdch1", .delete), ("kcbt", .backTab),
            ("kent", .enter), ("kLFT", .shiftLeft), ("kRIT", .shiftRight), ("kri", .shiftUp),
            ("kind", .shiftDown), ("kHOM", .home),
            ("kEND", .end), ("ka1", .home), ("kc1", .end), ("ka3", .pageUp), ("kc3", .pageDown),
        ] + (1...12).map { ("kf\($0)", .function($0)) }

    /// - Parameter string: a string capability, nil if the terminal lacks it.
    /// - Returns: only sequences of ESC and more: a single control byte means the same on every terminal.
    static func read(_ string: (String) -> String?) -> [[UInt8]: Key] {
        var keys: [[UInt8]: Key] = [:]
        for (capability, key) in capabilities {
            guard let sequence = string(capability).map(Padding.removed), sequence.count > 1,
                sequence[0] == 0x1B, keys[sequence] == nil
            else { continue }
            keys[sequence] = key
        }
        return keys
    }
}
