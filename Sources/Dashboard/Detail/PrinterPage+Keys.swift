internal import Farm

/// Keys and clicks on a printer's or print's page.
extension PrinterPage {
    mutating func handle(_ key: Key, in context: Context) -> [DashboardRequest]? {
        switch key {
        case .left, .right, .home, .end, .pageUp, .pageDown: scrub(key, context)
        case .down, .character("j"): [.stepPage(1)]
        case .up, .character("k"): [.stepPage(-1)]
        default: nil
        }
    }

    /// Moves the time cursor: from frame to frame of the chart, home to the first, end back to the newest.
    private mutating func scrub(_ key: Key, _ context: Context) -> [DashboardRequest] {
        let points = context.points(detail)
        guard !points.isEmpty else { return [.say("No pictures to move through yet.")] }
        let current = detail.moment.flatMap { frame in points.lastIndex { $0.frame <= frame } } ?? points.count - 1
        let next =
            switch key {
            case .left: current - 1
            case .right: current + 1
            case .pageUp: current - max(1, points.count / 10)
            case .pageDown: current + max(1, points.count / 10)
            case .home: 0
            default: points.count
            }
        detail.moment = next >= points.count - 1 ? nil : points[max(0, next)].frame
        return []
    }

    // MARK: Commands

    mutating func perform(_ command: Command, in context: Context) -> [DashboardRequest] {
        switch command {
        case .numbers: detail.showsNumbers.toggle()
        case .zoomPicture: detail.isZoomed.toggle()
        case .wider: if !detail.changeSpan(by: 1) { return [.say("The whole print is shown already.")] }
        case .narrower: if !detail.changeSpan(by: -1) { return [.say("There is no shorter time.")] }
        case .open:
            if detail.isZoomed {
                return [.say("There is nothing more to open; \(context.keys.name(.back)) goes back.")]
            }
            detail.isZoomed = true
        case .back: return back()
        case .region: return drawRegion(context)
        case .nextView: return [.go(Areas.after(context.area))]
        default:
            if case .print(let print) = detail.subject { return PrintCommands(print, context).perform(command) }
            return PrinterCommands(targets(in: context), context).perform(command)
        }
        return []
    }

    /// Fills the screen with the picture, to be drawn on.
    private mutating func drawRegion(_ context: Context) -> [DashboardRequest] {
        guard let snapshot = printer(context), let frame = context.wantedFrame(detail) else { return [] }
        let wasZoomed = detail.isZoomed
        detail.isZoomed = true
        return [
            .overlay(RegionOverlay(snapshot, frame: frame, unzooms: !wasZoomed)), .effect(.proposeBed(frame)),
        ]
    }

    /// The printer that the page is about.
    private func printer(_ context: Context) -> PrinterSnapshot? {
        switch detail.subject {
        case .printer(let id): context.printer(id)
        case .print(let print): context.printer(print.printerID)
        }
    }

    /// Leaves the innermost thing that is open.
    private mutating func back() -> [DashboardRequest] {
        if detail.isZoomed {
            detail.isZoomed = false
        } else if detail.moment != nil {
            detail.moment = nil
        } else {
            return [.closePage]
        }
        return []
    }

    func refusal(_ command: Command, in context: Context) -> String? {
        if command == .region {
            if printer(context) == nil { return "The printer is no longer here." }
            return context.wantedFrame(detail) == nil ? "There is no picture to draw on yet." : nil
        }
        if case .print(let print) = detail.subject, let reason = PrintCommands(print, context).refusal(command) {
            return reason
        }
        return place == .print && PrintCommands.judging.contains(command)
            ? nil : PrinterCommands(targets(in: context), context).refusal(command)
    }

    func offer(in context: Context) -> BarOffer {
        let keys = context.keys
        var offer = BarOffer(tail: [.back])
        offer.primary =
            if case .print(let print) = detail.subject {
                PrintCommands.verdicts(print) + [.undo]
            } else {
                PrinterCommands.likely(focus(in: context), opens: false)
            }
        // One hint for two keys that belong together.
        offer.hints = [
            KeyBar.Hint("←→", "time"), KeyBar.Hint(keys.name(.wider) + keys.name(.narrower), "span"),
            KeyBar.Hint(keys.name(.numbers), detail.showsNumbers ? "why" : Command.numbers.short),
            KeyBar.Hint(.zoomPicture, keys),
        ]
        offer.secondary.insert(.region, at: 0)
        return offer
    }

    // MARK: Mouse

    /// The breadcrumb goes back; the chart goes to the moment that was clicked.
    mutating func click(_ position: Position, in context: Context) -> [DashboardRequest] {
        if position.row == 0 { return [.perform(.back)] }
        let layout = context.layout(of: detail)
        let room = layout.kind == .compact ? layout.chart : layout.chart.inset(rows: 1, columns: 1)
        guard let moment = context.chart(detail)?.moment(at: position, in: room) else { return [] }
        let points = context.points(detail)
        guard let point = points.last(where: { $0.at <= moment }) ?? points.first else { return [] }
        detail.moment = point.frame == points.last?.frame ? nil : point.frame
        return []
    }

    mutating func scroll(by lines: Int, in context: Context) -> [DashboardRequest] {
        scrub(lines > 0 ? .right : .left, context)
    }
}
