/// Parts of a line, of which the least important are left out when the line is too short.
struct Segments {
    struct Part {
        var text: CellText
        var role: Role
        /// Higher stays longer.
        var priority: Int
    }
    private(set) var parts: [Part] = []
    var gap = 2

    mutating func add(_ text: CellText, _ role: Role = .text, priority: Int = 0) {
        parts.append(Part(text: text, role: role, priority: priority))
    }

    var width: Int { parts.reduce(0) { $0 + $1.text.width } + gap * max(0, parts.count - 1) }

    /// Leaves parts out, the least important first and of equals the last, until the rest fits.
    mutating func fit(_ columns: Int) {
        while width > columns, let lowest = parts.map(\.priority).min(), parts.count > 1,
            let index = parts.lastIndex(where: { $0.priority == lowest })
        {
            parts.remove(at: index)
        }
    }

    /// - Returns: the column after the last part.
    @discardableResult
    func draw(row: Int, column: Int, end: Int? = nil, in canvas: inout Canvas) -> Int {
        var at = column
        for (index, part) in parts.enumerated() {
            if index > 0 { at += gap }
            at = canvas.put(part.text, row: row, column: at, end: end, part.role)
        }
        return at
    }
}
