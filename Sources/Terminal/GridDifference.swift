import Dashboard

/// Which cells must be written so that the terminal shows a new grid instead of an old one.
enum GridDifference {
    /// Calls `body` for every cell that differs, row by row, left to right; with another size or nothing shown yet, for
    /// every cell. Right halves of wide characters are left out: they come with their left half.
    static func forEachCell(from old: Grid?, to new: Grid, _ body: (_ row: Int, _ column: Int, _ cell: Cell) -> Void) {
        let size = new.size
        guard size.rows > 0, size.columns > 0 else { return }
        let old = old?.size == size ? old : nil
        for row in 0..<size.rows {
            let range = row * size.columns..<(row + 1) * size.columns
            if let old, new.hasSameRow(row, as: old) { continue }
            for index in range where old?.cells[index] != new.cells[index] && new.cells[index].width > 0 {
                body(row, index - range.lowerBound, new.cells[index])
            }
        }
    }
}
