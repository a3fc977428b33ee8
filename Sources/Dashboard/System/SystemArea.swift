internal import Farm

extension Area {
    static let system = Area(name: "system")
}

extension Place {
    static let system = Place("system", area: .system)
}

/// What the serving process and this screen say of themselves.
struct SystemArea: DashboardArea {
    static let area = Area.system
    static let summary = "The system: API, detector, webhook, farm and screen in numbers"

    var cursor = ListCursor()

    let place = Place.system

    func draw(in canvas: inout Canvas, _ context: Context) {
        SystemView(cursor: cursor, context: context).draw(in: &canvas)
    }

    func copied(in context: Context) -> CopiedText? {
        let lines = context.systemLines
        guard lines.indices.contains(cursor.index) else { return nil }
        return CopiedText(name: "line", text: CellText(untrusted: lines[cursor.index].text).description)
    }

    mutating func settle(in context: Context) -> [DashboardRequest] {
        if context.area == Self.area {
            cursor.settle(count: context.systemLines.count, visible: Self.rows(context).rows)
        }
        return []
    }

    private static func rows(_ context: Context) -> Rect { SystemLayout(context.size).rows }

    mutating func move(_ step: ListCursor.Step, in context: Context) {
        cursor.move(step, count: context.systemLines.count, visible: Self.rows(context).rows)
    }

    mutating func click(_ position: Position, in context: Context) -> [DashboardRequest] {
        let rows = Self.rows(context)
        if rows.contains(position) { cursor.index = cursor.top + position.row - rows.row }
        return []
    }
}
