/// Where the parts of a printer's view lie on a screen of some size.
struct DetailLayout: Equatable {
    enum Kind: Equatable { case compact, standard, wide, zoomed }
    let kind: Kind
    let header: Rect
    var camera: Rect
    var chart: Rect
    /// Sentences, or the numbers behind them.
    var why: Rect
    /// What the machine does; empty where none is linked, and on small screens.
    var machine: Rect
    var events: Rect
    let status: Rect
    let keys: Rect

    /// - Parameter hasMachine: a machine is linked to the printer.
    init(_ size: GridSize, isZoomed: Bool, hasMachine: Bool = false) {
        var body = Rect(size)
        let none = Rect(row: 0, column: 0, rows: 0, columns: 0)
        camera = none
        chart = none
        why = none
        machine = none
        events = none
        let isSmall = size.rows < 20 || size.columns < 72
        kind =
            isZoomed ? .zoomed : isSmall ? .compact : size.columns >= 120 && size.rows >= 32 ? .wide : .standard
        header = body.takeTop(1)
        keys = body.takeBottom(1)
        switch kind {
        case .zoomed:
            status = keys
            camera = body
        case .compact:
            status = keys
            placeCompact(body)
        case .standard:
            status = body.takeBottom(1)
            placeStandard(body, hasMachine)
        case .wide:
            status = body.takeBottom(1)
            placeWide(body, hasMachine)
        }
    }

    private mutating func placeCompact(_ rect: Rect) {
        var body = rect
        why = body.takeBottom(min(3, body.rows / 2))
        camera = body.takeLeft(min(body.rows * 8 / 3, body.columns / 2))
        _ = body.takeLeft(1)
        chart = body
    }

    private mutating func placeStandard(_ rect: Rect, _ hasMachine: Bool) {
        var body = rect
        let machineRows = hasMachine ? (body.rows < 24 ? 4 : 5) : 0
        let share = hasMachine ? max(9, body.rows / 2) : max(10, body.rows * 3 / 5)
        let pictureRows = min(body.rows - 8 - machineRows, share)
        var top = body.takeTop(pictureRows)
        // As wide as a 4:3 picture of that height, but half at most.
        camera = top.takeLeft(min(top.columns / 2, (pictureRows - 2) * 8 / 3 + 2))
        chart = top
        why = body.takeTop(4)
        _ = body.takeTop(1)  // a rule
        if hasMachine {
            machine = body.takeTop(machineRows)
            _ = body.takeTop(1)  // another one
        }
        events = body
    }

    private mutating func placeWide(_ rect: Rect, _ hasMachine: Bool) {
        var left = rect
        var right = left.takeRight(max(56, rect.columns * 42 / 100))
        camera = left.takeTop(min((left.columns - 2) * 3 / 8 + 2, left.rows - 8))
        events = left
        if hasMachine { machine = right.takeBottom(right.rows < 36 ? 7 : 9) }
        why = right.takeBottom(hasMachine && right.rows < 30 ? 9 : 11)
        chart = right
    }
}
