import Text

/// How long a client's tokens live, as people write it: `1d`, `30d`, `1y`, `12h`, `600` seconds, or `guide`.
public enum TokenLifetime {
    /// What Obico's guide has for client_credentials: a hundred years, and the longest there is.
    public static let guideSeconds: Int64 = 3_153_600_000

    /// The longest first.
    private static let units: [(letter: Character, seconds: Int64)] = [
        ("y", 31_536_000), ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1),
    ]

    /// Nil for what is no life of 1 second to a hundred years.
    public static func seconds(_ text: String) -> Int64? {
        let text = text.lowercased()
        if text == "guide" { return guideSeconds }
        let unit = text.last.flatMap { last in units.first { $0.letter == last } }
        let digits = unit == nil ? text[...] : text.dropLast()
        guard ASCII.isWholeNumber(digits), let count = Int64(digits) else {
            return nil
        }
        let (seconds, overflow) = count.multipliedReportingOverflow(by: unit?.seconds ?? 1)
        return !overflow && (1...guideSeconds).contains(seconds) ? seconds : nil
    }

    /// `30d`, `100y`, `601s`.
    public static func text(_ seconds: Int64) -> String {
        let unit = units.first { seconds % $0.seconds == 0 } ?? ("s", 1)
        return "\(seconds / unit.seconds)\(unit.letter)"
    }
}
