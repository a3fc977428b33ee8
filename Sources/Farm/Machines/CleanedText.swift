/// Text from a machine, fit to be stored, logged and put into a sentence: blanks for line ends and tabs, nothing for other
/// control, escape and format characters, trimmed, and cut to `limit` Unicode scalars.
public func cleanedText(_ text: some StringProtocol, limit: Int) -> String {
    var kept = String.UnicodeScalarView()
    var count = 0
    for scalar in text.unicodeScalars {
        guard count < limit else { break }
        let isBlank =
            scalar == " " || scalar == "\n" || scalar == "\r" || scalar == "\t" || scalar == "\u{2028}"
            || scalar == "\u{2029}"
        if isBlank {
            guard let last = kept.last, last != " " else { continue }
            kept.append(" ")
        } else {
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned: continue
            default: kept.append(scalar)
            }
        }
        count += 1
    }
    while kept.last == " " { kept.removeLast() }
    return String(kept)
}

/// As `cleanedText`, and what is cut off shows as `…`, the last of the `limit` scalars.
public func shortenedText(_ text: some StringProtocol, limit: Int) -> String {
    let cleaned = cleanedText(text, limit: limit + 1)
    guard cleaned.unicodeScalars.count > limit else { return cleaned }
    return cleanedText(cleaned, limit: limit - 1) + "…"
}
