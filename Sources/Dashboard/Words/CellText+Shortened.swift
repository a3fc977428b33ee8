extension CellText {
    /// At most so many columns of a name, its beginning and its end: "Prusa MK4 #01" and "Prusa MK4 #02" stay two.
    func shortened(to columns: Int) -> CellText {
        guard width > columns, columns >= 5 else { return self }
        let characters = Array(description)
        let tail = min(4, columns / 3)
        var start = ""
        var end = ""
        for character in characters {
            guard CellText(untrusted: start + String(character)).width <= columns - tail - 1 else { break }
            start.append(character)
        }
        for character in characters.reversed() {
            guard CellText(untrusted: String(character) + end).width <= tail else { break }
            end = String(character) + end
        }
        return CellText(untrusted: start + "…" + end)
    }
}
