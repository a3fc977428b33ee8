extension String {
    /// Breaks a sentence at spaces.
    func wrapped(columns: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in split(separator: " ") {
            if !line.isEmpty, CellText(untrusted: line).width + 1 + CellText(untrusted: String(word)).width > columns {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " " + word
        }
        return lines + (line.isEmpty ? [] : [line])
    }
}
