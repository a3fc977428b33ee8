/// Columns of the terminal that a text takes: 2 for East Asian wide characters and emoji, 0 for marks, 1 for what this
/// version of Unicode does not know.
public func displayWidth(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + (ScalarWidth.columns($1) ?? 1) }
}
