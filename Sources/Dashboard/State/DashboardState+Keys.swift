internal import Farm

extension DashboardState {
    mutating func handle(_ event: TerminalEvent) -> [DashboardEffect] {
        switch event {
        case .resize(let newSize):
            size = newSize
            return []
        case .pixelPictures(let cell):
            options.pixelCell = cell
            shown = nil
            tiles = [:]
            return []
        case .background(let isLight):
            follow(isLight: isLight)
            return []
        case .paste(let text):
            paste(text)
            return []
        case .mouse(let mouse): return handle(mouse)
        case .key(let key):
            message = nil
            lastKeyAt = now
            history.isInterrupted = false
            return overlay == nil ? handle(key) : handleOverlay(key)
        }
    }

    /// Takes the theme that suits the terminal's background, unless a person has chosen one.
    private mutating func follow(isLight: Bool) {
        guard options.themeFollowsTerminal, options.colors > .mono,
            let suited = options.themes.first(where: { $0.name == (isLight ? Theme.light : .defaultDark).name })
        else { return }
        theme = suited
    }

    private mutating func paste(_ text: String) {
        switch overlay {
        case .prompt(var prompt):
            prompt.field.paste(text)
            prompt.fault = nil
            overlay = .prompt(prompt)
            follow(prompt)
        case .form(var form):
            form.paste(text)
            overlay = .form(form)
        case .connect(var session):
            session.wizard.paste(text)
            overlay = .connect(session)
        case .files(var panel):
            panel.paste(text)
            overlay = .files(panel)
        case .stop(var question):
            question.paste(text)
            overlay = .stop(question)
        case .help(var help):
            help.search.paste(text)
            overlay = .help(help)
        default: break
        }
    }

    mutating func handle(_ key: Key) -> [DashboardEffect] {
        if detail != nil, let effects = scrub(key) { return effects }
        if detail == nil, let step = tileStep(key) ?? ListCursor.Step(key) {
            move(step)
            return []
        }
        switch key {
        case .right where detail == nil: return perform(.open)
        case .left where detail == nil: return perform(.back)
        case .down, .character("j"): return stepDetail(1)
        case .up, .character("k"): return stepDetail(-1)
        default: break
        }
        guard let command = KeyMap.command(key, in: place) else {
            say("\(key.name) does nothing here\(meaningElsewhere(key).map { " (\($0))" } ?? ""); ? lists the keys.")
            return []
        }
        return perform(command)
    }

    /// What a key that means nothing here does in another place.
    private func meaningElsewhere(_ key: Key) -> String? {
        KeyMap.elsewhere(key, than: place).map { "\($0.place.where): \($0.command.short)" }
    }

    /// Where printers lie side by side, the arrows move as they point.
    private func tileStep(_ key: Key) -> ListCursor.Step? {
        let layout = FarmLayout(size)
        guard area == .farm, layout.kind != .compact, let grid = tileGrid(layout) else { return nil }
        return switch key {
        case .left: .by(-1)
        case .right: .by(1)
        case .up: .by(-grid.across)
        case .down: .by(grid.across)
        default: nil
        }
    }

    /// Nil while the farm is shown as lines.
    func tileGrid(_ layout: FarmLayout) -> CardGrid? {
        switch table.view {
        case .lines: nil
        case .cards: CardGrid(layout.cards)
        case .cameras: CardGrid.cameras(layout.cameras, count: table.rows.count)
        }
    }

    mutating func move(_ step: ListCursor.Step) {
        switch area {
        case .log:
            log.cursor.move(step, count: log.entries.count, visible: LogLayout(size).rows.rows)
        case .system: system.move(step, count: systemLines.count, visible: SystemLayout(size).rows.rows)
        case .farm: table.move(step, printers: farm.printers, visible: visibleRows)
        case .history:
            history.cursor.move(step, count: history.prints.count, visible: HistoryLayout(size).rows.rows)
        case .oauth:
            let layout = oauthLayout
            if oauth.isInTokens {
                oauth.tokenCursor.move(step, count: oauth.tokens.count, visible: layout.tokens.rows)
            } else {
                oauth.wanted = nil
                oauth.cursor.move(step, count: farm.clients.count, visible: layout.rows.rows)
            }
        }
    }

    /// The next printer of the table, without leaving the detail view.
    private mutating func stepDetail(_ step: Int) -> [DashboardEffect] {
        guard let detail else { return [] }
        switch detail.subject {
        case .printer:
            table.move(.by(step), printers: farm.printers, visible: visibleRows)
            guard let id = table.selected else { return [] }
            return open(.printer(id), like: detail)
        case .print:
            history.cursor.move(.by(step), count: history.prints.count, visible: HistoryLayout(size).rows.rows)
            guard let print = history.selected else { return [] }
            return open(.print(print), like: detail)
        }
    }

    mutating func open(_ subject: PrinterDetail.Subject, like old: PrinterDetail? = nil) -> [DashboardEffect] {
        var next = PrinterDetail(subject: subject)
        if let old {
            next.showsNumbers = old.showsNumbers
            next.minutes = old.minutes
        } else if case .print = subject {
            next.minutes = nil
        }
        detail = next
        let query: EventQuery
        switch subject {
        case .printer(let id): query = EventQuery(printer: id, limit: 100)
        case .print(let print): query = EventQuery(printer: print.printerID, print: print.id, limit: 100)
        }
        eventsAsked = query
        return [.loadEvents(query)]
    }

    /// Moves the time cursor: from frame to frame of the chart, home to the first, end back to the newest.
    /// - Returns: nil when the key is none of these.
    mutating func scrub(_ key: Key) -> [DashboardEffect]? {
        guard let detail else { return nil }
        let points = points(detail)
        switch key {
        case .left, .right, .home, .end, .pageUp, .pageDown: break
        default: return nil
        }
        guard !points.isEmpty else {
            say("No pictures to move through yet.")
            return []
        }
        let current = detail.moment.flatMap { frame in points.lastIndex { $0.frame <= frame } } ?? points.count - 1
        let next: Int =
            switch key {
            case .left: current - 1
            case .right: current + 1
            case .pageUp: current - max(1, points.count / 10)
            case .pageDown: current + max(1, points.count / 10)
            case .home: 0
            default: points.count
            }
        self.detail?.moment = next >= points.count - 1 ? nil : points[max(0, next)].frame
        return []
    }
}
