internal import Farm

/// Keys and clicks in the list of printers.
extension FarmArea {
    /// Where printers lie side by side, the arrows move as they point.
    mutating func handle(_ key: Key, in context: Context) -> [DashboardRequest]? {
        guard let grid = grid(FarmLayout(context.size)) else { return nil }
        let step: Int
        switch key {
        case .left: step = -1
        case .right: step = 1
        case .up: step = -grid.across
        case .down: step = grid.across
        default: return nil
        }
        move(.by(step), in: context)
        return []
    }

    /// Nil while the farm is shown as lines.
    private func grid(_ layout: FarmLayout) -> CardGrid? {
        guard layout.kind != .compact else { return nil }
        return switch table.view {
        case .lines: nil
        case .cards: CardGrid(layout.cards)
        case .cameras: CardGrid.cameras(layout.cameras, count: table.rows.count)
        }
    }

    mutating func move(_ step: ListCursor.Step, in context: Context) {
        table.move(step, printers: context.farm.printers, visible: Self.rows(context))
    }

    mutating func step(_ lines: Int, in context: Context) -> PrinterDetail.Subject? {
        move(.by(lines), in: context)
        return table.selected.map { .printer($0) }
    }

    // MARK: Commands

    mutating func perform(_ command: Command, in context: Context) -> [DashboardRequest] {
        switch command {
        case .open: return table.selected.map { [.page(.printer($0))] } ?? []
        case .back:
            if !table.marked.isEmpty {
                table.clearMarks()
            } else if !table.filter.isEmpty {
                filter("", context)
            }
        case .nextView:
            guard FarmLayout(context.size).kind != .compact else {
                return [.say("This screen is too small for cards and cameras.")]
            }
            table.view = table.view.next
        case .sort: return [.overlay(SortPanel())]
        case .sortByRisk:
            table.set(sort: .risk, isReversed: false)
            arrange(context)
        case .mark:
            guard let id = table.selected else { break }
            table.toggleMark(id)
            move(.by(1), in: context)
        case .markRange: table.markRange(context.farm.printers)
        case .markAll: table.toggleAllMarks(context.farm.printers)
        default: return PrinterCommands(targets(in: context), context).perform(command)
        }
        return []
    }

    func refusal(_ command: Command, in context: Context) -> String? {
        switch command {
        case .open where table.selected == nil: return context.noPrinter
        case .mark, .markRange, .markAll: return table.rows.isEmpty ? "There is no printer to mark." : nil
        default: return PrinterCommands(targets(in: context), context).refusal(command)
        }
    }

    func offer(in context: Context) -> BarOffer {
        guard !context.farm.printers.isEmpty else {
            return BarOffer(primary: [.newPrinter, .archived], secondary: [.commandLine])
        }
        return BarOffer(
            primary: PrinterCommands.likely(focus(in: context), opens: true), secondary: [.nextView, .filter, .mark],
            tail: [.newPrinter, .sort, .pickTheme])
    }

    // MARK: Mouse

    mutating func click(_ position: Position, in context: Context) -> [DashboardRequest] {
        let layout = FarmLayout(context.size)
        if layout.alert.contains(position) {
            if !context.tally.alerting.isEmpty { return [.perform(.nextAlert)] }
            return context.farm.consents.isEmpty ? [] : [.go(.oauth)]
        }
        let printers = context.farm.printers
        if let grid = grid(layout) {
            let page = grid.page(of: table.cursor.index, count: table.rows.count)
            guard let index = page.first(where: { grid.card($0).contains(position) }) else { return [] }
            table.select(row: index, printers: printers, visible: layout.rows.rows)
        } else if layout.rows.contains(position) {
            let row = table.cursor.top + position.row - layout.rows.row
            table.select(row: row, printers: printers, visible: layout.rows.rows)
        } else if layout.heads.contains(position),
            let column = layout.columns(machines: context.tally.hasMachines).column(at: position.column)
        {
            sort(by: column, context)
        }
        return []
    }

    func opens(_ position: Position, in context: Context) -> Bool {
        let layout = FarmLayout(context.size)
        return grid(layout) != nil || layout.rows.contains(position)
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

extension Context {
    /// Where a printer is needed and the farm has none.
    var noPrinter: String { "There is no printer yet; \(keys.name(.newPrinter)) adds one." }
}
