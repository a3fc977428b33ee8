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
    let state: Column
    let note: Column
    let file: Column
    let time: Column
    let p: Column
    let frame: Column
    let spark: Column

    /// The selection bar, the sign and a space come first.
    static let lead = 3

    init(_ rect: Rect) {
        let width = rect.columns
        let isNarrow = width < 62
        var extra = max(0, width - 67)
        func share(_ most: Int, of part: Int) -> Int {
            let taken = min(most, extra * part / 100)
            return taken
        }
        let noteWidth = width >= 92 ? 11 : 0
        if noteWidth > 0 { extra -= noteWidth + 1 }
        let nameExtra = share(8, of: 30)
        let sparkExtra = share(18, of: 35)
        var at = rect.column + Self.lead
        func take(_ width: Int) -> Column {
            guard width > 0 else { return .none }
            defer { at += width + 1 }
            return Column(start: at, width: width)
        }
        if isNarrow {
            name = take(max(4, width - Self.lead - 19))
            state = take(8)
            note = .none
            file = .none
            time = .none
            p = take(3)
            frame = take(4)
            spark = .none
        } else {
            name = take(13 + nameExtra)
            state = take(11)
            note = take(noteWidth)
            let rest = 6 + 1 + 3 + 1 + 5 + 1 + (8 + sparkExtra) + 1
            file = take(max(4, rect.endColumn - at - rest - 1))
            time = take(6)
            p = take(3)
            frame = take(5)
            spark = take(8 + sparkExtra)
        }
    }
}
