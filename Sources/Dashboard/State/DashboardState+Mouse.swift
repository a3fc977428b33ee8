internal import Farm

/// Whatever can be seen can be clicked: rows, heads of columns, the keys at the foot, the areas, the alert, the chart.
extension DashboardState {
    mutating func handle(_ mouse: MouseEvent) -> [DashboardEffect] {
        switch mouse {
        case .drag(let position): return carryOut(overlay?.drag(to: position, in: context) ?? [])
        case .release: return carryOut(overlay?.release(in: context) ?? [])
        default: return press(mouse)
        }
    }

    private mutating func press(_ mouse: MouseEvent) -> [DashboardEffect] {
        let wasOverlay = clickedOverlay
        clickedOverlay = false
        let hadMessage = context.message != nil
        context.message = nil
        lastKeyAt = context.now
        if overlay != nil { return handleOverlay(mouse) }
        switch mouse {
        case .wheelDown: return carryOut(withShown { $0.scroll(by: 3, in: $1) })
        case .wheelUp: return carryOut(withShown { $0.scroll(by: -3, in: $1) })
        case .click(let position): return click(position, hadMessage: hadMessage)
        case .doubleClick(let position):
            if position.row == context.size.rows - 1 || wasOverlay { return [] }
            let effects = click(position, hadMessage: hadMessage)
            return page == nil && areas.shown.opens(position, in: context) ? effects + perform(.open) : effects
        case .drag, .release: return []
        }
    }

    private mutating func click(_ position: Position, hadMessage: Bool) -> [DashboardEffect] {
        if position.row == context.size.rows - 1 {
            guard let key = keyBar.key(at: position.column, columns: context.size.columns) else { return [] }
            return handle(key)
        }
        if position.row == context.size.rows - 2, FarmLayout(context.size).kind != .compact, !hadMessage {
            return clickStatus(column: position.column)
        }
        return carryOut(withShown { $0.click(position, in: $1) })
    }

    /// The areas, or what calls from elsewhere in their place.
    private mutating func clickStatus(column: Int) -> [DashboardEffect] {
        if let tab = areaTabs.first(where: { $0.columns.contains(column) }) { return go(to: tab.area) }
        let room = besideTabs(FarmLayout(context.size).status)
        guard column >= room.column else { return [] }
        switch callFromElsewhere {
        case .alert: return perform(.nextAlert)
        case .consent: return go(to: .oauth)
        case nil: return statusHints.key(at: column - room.column, columns: room.columns).map { handle($0) } ?? []
        }
    }

    // MARK: What lies over the page

    private mutating func handleOverlay(_ mouse: MouseEvent) -> [DashboardEffect] {
        switch mouse {
        case .click(let position): clickOverlay(position, isDouble: false)
        case .doubleClick(let position): clickOverlay(position, isDouble: true)
        case .wheelDown: carryOut(overlay?.scroll(by: 1, in: context) ?? [])
        case .wheelUp: carryOut(overlay?.scroll(by: -1, in: context) ?? [])
        case .drag, .release: []
        }
    }

    private mutating func clickOverlay(_ position: Position, isDouble: Bool) -> [DashboardEffect] {
        clickedOverlay = true
        // What is drawn says where things are.
        var canvas = Canvas(size: context.size, theme: context.theme)
        overlay?.draw(in: &canvas, context)
        guard var target = canvas.targets.last(where: { $0.rect.contains(position) })?.target else {
            return carryOut(overlay?.clickBeside(in: context) ?? [])
        }
        if case .text(let field, let first, let column) = target {
            target = .text(field: field, first: first, column: position.column - column)
        }
        if case .point = target { target = .point(position) }
        return carryOut(overlay?.click(target, isDouble: isDouble, in: context) ?? [])
    }
}
