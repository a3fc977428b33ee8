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
    /// Progress, time left, finish time, temperatures and layer: only where a machine tells them.
    private(set) var done = Column.none
    private(set) var left = Column.none
    private(set) var ends = Column.none
    private(set) var heat = Column.none
    private(set) var layer = Column.none

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

    /// With what machines tell. In the order in which they come as the table grows: file, time left, progress, the last minutes,
    /// finish time, temperatures, layer, a longer curve, elapsed time, age of the last frame. Beside the table of a wide screen the
    /// selected printer's machine is shown whole.
    init(machines rect: Rect, screen: Int) {
        var room = rect.columns - Self.lead
        func wants(_ width: Int, keeping least: Int = 0) -> Int {
            guard room >= width + 1 + least else { return 0 }
            room -= width + 1
            return width
        }
        // They come first in a wider terminal; a name gets more room once they have theirs.
        let nameWidth = max(4, min(14 + min(10, max(0, screen - 160) / 4), room - 24))
        room -= nameWidth + 1 + 10 + 9 + 5
        let curve = 7
        let leftWidth = wants(6, keeping: room >= 14 ? 5 : 0)
        let doneWidth = wants(5, keeping: room >= 17 ? 8 : 0)
        var fileWidth = min(16, max(0, room - 1))
        if fileWidth < 5 { fileWidth = 0 }
        room -= fileWidth == 0 ? 0 : fileWidth + 1
        let endsWidth = wants(5, keeping: curve)
        let heatWidth = wants(13, keeping: curve)
        let layerWidth = heatWidth > 0 ? wants(8, keeping: curve) : 0
        let timeWidth = layerWidth > 0 ? wants(6, keeping: 14) : 0
        let frameWidth = timeWidth > 0 ? wants(5, keeping: 14) : 0
        if frameWidth > 0, room > 24 {
            let more = min(14, (room - 24) / 3)
            fileWidth += more
            room -= more
        }
        var at = rect.column + Self.lead
        func take(_ width: Int) -> Column {
            guard width > 0 else { return .none }
            defer { at += width + 1 }
            return Column(start: at, width: width)
        }
        name = take(nameWidth)
        machine = take(9)
        camera = take(8)
        p = take(4)
        file = take(fileWidth)
        done = take(doneWidth)
        left = take(leftWidth)
        ends = take(endsWidth)
        heat = take(heatWidth)
        layer = take(layerWidth)
        time = take(timeWidth)
        frame = take(frameWidth)
        spark = take(max(0, rect.endColumn - at - 1))
    }
}

extension FarmLayout {
    /// - Parameter machines: a machine is linked to any printer of the farm.
    func columns(machines: Bool) -> TableColumns {
        machines
            ? TableColumns(machines: rows, screen: keys.columns) : TableColumns(rows, screen: keys.columns)
    }
}
