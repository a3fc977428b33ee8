/// Text from outside as it may go to a terminal: what would move the cursor, change colours or turn the writing
/// round becomes U+FFFD. A line break too: names are part of a line.
public func printable(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        result.unicodeScalars.append(isHarmless(scalar) ? scalar : "\u{FFFD}")
    }
    return result
}

private func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    // C0, C1, DEL; bidirectional and zero-width formats; line and paragraph separators; code points without meaning.
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
    default: true
    }
}
