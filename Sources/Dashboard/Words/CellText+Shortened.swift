extension CellText {
    /// At most so many columns of a name, its beginning and its end: "Prusa MK4 #01" and "Prusa MK4 #02" stay two.
    func shortened(to columns: Int) -> CellText {
        guard width > columns, columns >= 5 else { return self }
        let characters = Array(description)
        // A number behind a name tells it from others of that name.
        let number = characters.lastIndex(of: "#").map { characters.count - $0 } ?? 0
        let tail = min(max(4, number <= 8 ? number : 0), columns / 3 + (number > 0 ? 2 : 0))
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
