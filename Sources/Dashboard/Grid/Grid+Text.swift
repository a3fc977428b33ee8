extension Grid {
    /// The screen as plain text, a line a row, without trailing spaces: what `:screen` writes and golden files hold.
    public var text: String {
        var lines: [String] = []
        for row in 0..<max(0, size.rows) {
            var line = ""
            var blanks = 0
            for column in 0..<size.columns {
                let cell = self[row, column]
                if cell.width == 0 { continue }
                if cell.grapheme.isPicturePart {
                    // A file has no picture to show there.
                    line += String(repeating: " ", count: blanks) + "▒"
                    blanks = 0
                    continue
                }
                if cell.grapheme == " " {
                    blanks += 1
                } else {
                    line += String(repeating: " ", count: blanks)
                    blanks = 0
                    line.append(cell.character)
                }
            }
            lines.append(line)
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
