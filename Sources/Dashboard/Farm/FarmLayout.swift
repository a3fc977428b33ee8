/// Where the parts of the farm view lie on a screen of some size.
struct FarmLayout: Equatable {
    enum Kind: Equatable {
        /// One line a printer and little else.
        case compact
        case standard
        /// With the selected printer beside the table.
        case wide
    }
    let kind: Kind
    let header: Rect
    let alert: Rect
    /// The titles of the columns; empty where there is no room.
    var heads: Rect
    /// One line a printer.
    var rows: Rect
    /// The line under the table that tells of the selected printer.
    var divider: Rect
    var events: Rect
    /// Frames around parts; empty unless wide.
    var tableBox: Rect
    var eventsBox: Rect
    var cameraBox: Rect
    var factsBox: Rect
    var chartBox: Rect
    /// Messages and prompts.
    let status: Rect
    let keys: Rect

    init(_ size: GridSize) {
        var body = Rect(size)
        kind =
            size.rows < 16 || size.columns < 60 ? .compact : size.columns >= 120 && size.rows >= 30 ? .wide : .standard
        header = body.takeTop(1)
        keys = body.takeBottom(1)
        status = kind == .compact ? keys : body.takeBottom(1)
        alert = body.takeTop(1)
        let none = Rect(row: 0, column: 0, rows: 0, columns: 0)
        heads = none
        rows = none
        divider = none
        events = none
        tableBox = none
        eventsBox = none
        cameraBox = none
        factsBox = none
        chartBox = none
        switch kind {
        case .compact: rows = body
        case .standard: placeStandard(body)
        case .wide: placeWide(body)
        }
    }

    private mutating func placeStandard(_ rect: Rect) {
        var body = rect
        _ = body.takeTop(1)  // a rule
        events = body.takeBottom(min(10, max(3, (body.rows - 2) / 4)))
        divider = body.takeBottom(1)
        heads = body.takeTop(1)
        rows = body
    }

    private mutating func placeWide(_ rect: Rect) {
        var left = rect
        // The table is never narrower than on a screen of 80 columns.
        var right = left.takeRight(min(72, rect.columns - 80, max(40, rect.columns * 36 / 100)))
        eventsBox = left.takeBottom(min(14, max(7, rect.rows / 4)))
        events = eventsBox.inset(rows: 1, columns: 1)
        tableBox = left
        var table = tableBox.inset(rows: 1, columns: 1)
        heads = table.takeTop(1)
        rows = table
        // A 4:3 picture as wide as the box, unless that leaves no room for the rest.
        cameraBox = right.takeTop(min((right.columns - 2) * 3 / 8 + 2, right.rows / 2))
        // The rule whole, if that leaves a chart.
        factsBox = right.takeTop(min(11, max(right.rows / 2, right.rows - 7)))
        chartBox = right
    }
}
