/// A part of the screen, in cells from the top left. Never negative in extent.
struct Rect: Hashable, Sendable {
    var row: Int
    var column: Int
    var rows: Int
    var columns: Int

    init(row: Int, column: Int, rows: Int, columns: Int) {
        self.row = row
        self.column = column
        self.rows = max(0, rows)
        self.columns = max(0, columns)
    }

    init(_ size: GridSize) { self.init(row: 0, column: 0, rows: size.rows, columns: size.columns) }

    var endRow: Int { row + rows }
    var endColumn: Int { column + columns }
    var isEmpty: Bool { rows == 0 || columns == 0 }

    func contains(_ position: Position) -> Bool {
        (row..<endRow).contains(position.row) && (column..<endColumn).contains(position.column)
    }

    /// Without so many cells on each side.
    func inset(rows dy: Int, columns dx: Int) -> Rect {
        Rect(row: row + dy, column: column + dx, rows: rows - 2 * dy, columns: columns - 2 * dx)
    }

    /// The line `index` rows below the top.
    func line(_ index: Int) -> Rect { Rect(row: row + index, column: column, rows: 1, columns: columns) }

    /// Takes rows off the top; what is left stays.
    mutating func takeTop(_ count: Int) -> Rect {
        let taken = min(max(0, count), rows)
        defer {
            row += taken
            rows -= taken
        }
        return Rect(row: row, column: column, rows: taken, columns: columns)
    }

    mutating func takeBottom(_ count: Int) -> Rect {
        let taken = min(max(0, count), rows)
        rows -= taken
        return Rect(row: row + rows, column: column, rows: taken, columns: columns)
    }

    mutating func takeLeft(_ count: Int) -> Rect {
        let taken = min(max(0, count), columns)
        defer {
            column += taken
            columns -= taken
        }
        return Rect(row: row, column: column, rows: rows, columns: taken)
    }

    mutating func takeRight(_ count: Int) -> Rect {
        let taken = min(max(0, count), columns)
        columns -= taken
        return Rect(row: row, column: column + columns, rows: rows, columns: taken)
    }
}
