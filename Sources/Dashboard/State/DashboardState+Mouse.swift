internal import Farm

/// Whatever can be seen can be clicked: rows, heads of columns, the keys at the foot, the areas, the alert, the chart.
extension DashboardState {
    mutating func handle(_ mouse: MouseEvent) -> [DashboardEffect] {
        let wasOverlay = clickedOverlay
        clickedOverlay = false
        if overlay != nil {
            message = nil
            lastKeyAt = now
            return handleOverlay(mouse)
        }
        let hadMessage = message != nil
        message = nil
        lastKeyAt = now
        switch mouse {
        case .wheelDown: if detail == nil { move(.by(3)) } else { return scrub(.right) ?? [] }
        case .wheelUp: if detail == nil { move(.by(-3)) } else { return scrub(.left) ?? [] }
        case .click(let position): return click(position, hadMessage: hadMessage)
        case .doubleClick(let position):
            if position.row == size.rows - 1 || wasOverlay { return [] }
            let effects = click(position, hadMessage: hadMessage)
            return detail == nil && clicksOpen(position) ? effects + perform(.open) : effects
        }
        return []
    }

    /// Whether a double click there opens what is selected.
    private func clicksOpen(_ position: Position) -> Bool {
        switch area {
        case .farm: tileGrid(FarmLayout(size)) != nil || FarmLayout(size).rows.contains(position)
        case .history: HistoryLayout(size).rows.contains(position)
        case .log: LogLayout(size).rows.contains(position)
        case .system: false
        case .oauth: oauthLayout.rows.contains(position)
        }
    }

    private mutating func click(_ position: Position, hadMessage: Bool) -> [DashboardEffect] {
        if position.row == size.rows - 1 {
            guard let key = keyBar.key(at: position.column, columns: size.columns) else { return [] }
            return handle(key)
        }
        if position.row == size.rows - 2, FarmLayout(size).kind != .compact, !hadMessage {
            return clickStatus(column: position.column)
        }
        if let detail { return click(position, in: detail) }
        switch area {
        case .farm: return clickFarm(position)
        case .history:
            let rows = HistoryLayout(size).rows
            if rows.contains(position) { history.cursor.index = history.cursor.top + position.row - rows.row }
        case .log:
            let rows = LogLayout(size).rows
            if rows.contains(position) { log.cursor.index = log.cursor.top + position.row - rows.row }
        case .system:
            let rows = SystemLayout(size).rows
            if rows.contains(position) { system.index = system.top + position.row - rows.row }
        case .oauth:
            let layout = oauthLayout
            if layout.rows.contains(position) {
                oauth.isInTokens = false
                oauth.wanted = nil
                oauth.cursor.index = oauth.cursor.top + position.row - layout.rows.row
            } else if layout.tokens.contains(position), !oauth.tokens.isEmpty {
                oauth.isInTokens = true
                oauth.tokenCursor.index = oauth.tokenCursor.top + position.row - layout.tokens.row
            }
        }
        return []
    }

    /// The areas, or what calls from elsewhere in their place.
    private mutating func clickStatus(column: Int) -> [DashboardEffect] {
        let isElsewhere = area != .farm || detail != nil
        let hasAlert = isElsewhere && alertElsewhere != nil
        if let tab = areaTabs.first(where: { $0.columns.contains(column) }) { return go(to: tab.area) }
        let room = besideTabs(FarmLayout(size).status)
        guard column >= room.column else { return [] }
        if hasAlert { return perform(.nextAlert) }
        if isElsewhere, area != .oauth, !farm.consents.isEmpty { return go(to: .oauth) }
        return statusHints.key(at: column - room.column, columns: room.columns).map { handle($0) } ?? []
    }

    private mutating func clickFarm(_ position: Position) -> [DashboardEffect] {
        let layout = FarmLayout(size)
        if layout.alert.contains(position) {
            if !tally.alerting.isEmpty { return perform(.nextAlert) }
            return farm.consents.isEmpty ? [] : go(to: .oauth)
        }
        if layout.kind != .compact, let grid = tileGrid(layout) {
            let page = grid.page(of: table.cursor.index, count: table.rows.count)
            guard let index = page.first(where: { grid.card($0).contains(position) }) else { return [] }
            table.select(row: index, printers: farm.printers, visible: layout.rows.rows)
        } else if layout.rows.contains(position) {
            table.select(
                row: table.cursor.top + position.row - layout.rows.row, printers: farm.printers,
                visible: layout.rows.rows)
        } else if layout.heads.contains(position),
            let column = layout.columns(machines: tally.hasMachines).column(at: position.column)
        {
            table.set(sort: column)
            arrangeTable()
        }
        return []
    }

    /// The breadcrumb goes back; the chart goes to the moment that was clicked.
    private mutating func click(_ position: Position, in detail: PrinterDetail) -> [DashboardEffect] {
        if position.row == 0 { return perform(.back) }
        let layout = layout(of: detail)
        let room = layout.kind == .compact ? layout.chart : layout.chart.inset(rows: 1, columns: 1)
        guard let moment = chart(detail)?.moment(at: position, in: room) else { return [] }
        let points = points(detail)
        guard let point = points.last(where: { $0.at <= moment }) ?? points.first else { return [] }
        self.detail?.moment = point.frame == points.last?.frame ? nil : point.frame
        return []
    }
}

extension TableColumns {
    /// The sort that a click on a head asks for.
    func column(at x: Int) -> FarmTable.Column? {
        let heads: [(Column, FarmTable.Column)] = [
            (name, .printer), (machine, .machine), (camera, .camera), (p, .p), (file, .file), (done, .done),
            (left, .done), (ends, .done), (time, .time), (frame, .frame),
        ]
        return heads.first { $0.0.isShown && (($0.0.start - 1)..<$0.0.end).contains(x) }?.1
    }
}
