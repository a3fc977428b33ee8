/// Which columns the table of printers has at some width, and where.
struct TableColumns: Equatable {
    struct Column: Equatable {
        let start: Int
        let width: Int
        var end: Int { start + width }
        var isShown: Bool { width > 0 }
        static let none = Column(start: 0, width: 0)
    }
    let name: Column
    let machine: Column
    /// The camera's word, and in its last place the alert's sign.
    let camera: Column
    let p: Column
    let file: Column
    let time: Column
    let frame: Column
    let spark: Column

    /// The selection bar, the sign and a space come first.
    static let lead = 3

    /// - Parameter screen: the terminal's columns. The name's room follows these and not the table's own, which shrink
    ///   where the selected printer is shown beside it: a wider terminal never shows a shorter name.
    init(_ rect: Rect, screen: Int) {
        var at = rect.column + Self.lead
        func column(_ width: Int) -> Column {
            guard width > 0 else { return .none }
            defer { at += width + 1 }
            return Column(start: at, width: width)
        }
        let wanted = 14 + min(10, max(0, screen - 120) / 4)
        name = column(max(4, min(wanted, rect.columns - Self.lead - 24)))
        machine = column(9)
        camera = column(8)
        p = column(4)
        let left = max(0, rect.endColumn - at)
        guard left >= 25 else {
            file = column(left >= 8 ? min(16, left - 1) : 0)
            time = .none
            frame = .none
            spark = .none
            return
        }
        // It comes last, so that no wider screen lacks a column of a narrower one.
        let hasFrame = screen >= 140 && left >= 36
        let rest = left - 7 - (hasFrame ? 6 : 0)
        let fileWidth = rest < 31 ? min(16, rest - 9) : 16 + min(14, (rest - 31) / 3)
        file = column(fileWidth)
        time = column(6)
        frame = column(hasFrame ? 5 : 0)
        spark = column(rest - fileWidth - 2)
    }
}

extension FarmLayout {
    var columns: TableColumns { TableColumns(rows, screen: keys.columns) }
}
