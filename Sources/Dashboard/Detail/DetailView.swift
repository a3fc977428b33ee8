internal import Farm
import Text

/// One printer: its last picture with what was found in it, its failure probability over time, why, and what happened.
struct DetailView: ContextReader {
    let detail: PrinterDetail
    let context: Context

    func draw(in canvas: inout Canvas) {
        let layout = layout(of: detail)
        drawBreadcrumb(in: layout.header, canvas: &canvas)
        switch layout.kind {
        case .zoomed: drawPicture(in: layout, canvas: &canvas)
        case .compact: drawCompact(layout, canvas: &canvas)
        case .standard: drawStandard(layout, canvas: &canvas)
        case .wide: drawWide(layout, canvas: &canvas)
        }
        canvas.rest(row: 0, column: 0)
    }

    private func drawBreadcrumb(in rect: Rect, canvas: inout Canvas) {
        var parts = Segments()
        switch detail.subject {
        case .printer(let id):
            guard let snapshot = printer(id) else {
                let back = "\(keys.name(.back)) goes back"
                canvas.put(
                    CellText(untrusted: "‹ This printer is no longer here; \(back)."), row: rect.row, column: 1,
                    .warning)
                return
            }
            addStates(snapshot, to: &parts)
        case .print(let print):
            parts.add(CellText(untrusted: "‹ \(print.filename)"), .title, priority: 9)
            parts.add(CellText(untrusted: HistoryWords(print).result), HistoryWords(print).role, priority: 8)
            parts.add(CellText(untrusted: "on \(printerName(print.printerID))"), .text, priority: 7)
            parts.add(CellText(untrusted: local(print.startedAt).monthDayHourMinute), .dim, priority: 6)
        }
        var service = serviceSegments
        service.fit(rect.columns / 3)
        parts.fit(rect.columns - 2)
        let end = parts.draw(row: rect.row, column: rect.column + 1, end: rect.endColumn - 1, in: &canvas)
        if end + service.width + 3 < rect.endColumn {
            service.draw(row: rect.row, column: rect.endColumn - service.width - 1, in: &canvas)
        }
    }

    private func addStates(_ snapshot: PrinterSnapshot, to parts: inout Segments) {
        let words = PrinterWords(snapshot)
        parts.add(CellText(untrusted: "‹ \(snapshot.name)"), .title, priority: 9)
        parts.add(
            CellText(untrusted: "\(words.machine.sign.character) \(words.machine.rawValue)"), words.machine.role,
            priority: 8)
        if snapshot.openPrint != nil {
            parts.add(CellText(untrusted: words.cameraAndAlert), words.camera.role, priority: 8)
            let probability = snapshot.shownProbability
            parts.add(
                CellText(untrusted: percent(probability)), snapshot.thresholds.role(probability), priority: 8)
        }
        if let print = snapshot.print { parts.add(CellText(untrusted: print.filename), .text, priority: 7) }
        if let facts = MachineFacts(snapshot) {
            if let progress = facts.progress {
                parts.add(
                    CellText(untrusted: "\(facts.ageSign)\(percentWords(progress)) done"),
                    facts.isOld ? .stale : .text, priority: 7)
            }
            if let left = facts.left(at: now) {
                parts.add(
                    CellText(untrusted: "\(facts.ageSign)\(Clock.length(left)) left"), facts.isOld ? .stale : .text,
                    priority: 7)
            }
        }
        if let note = PrinterWords.note(snapshot, now: now) { parts.add(CellText(untrusted: note), .dim, priority: 5) }
        if let elapsed = snapshot.elapsed(at: now) {
            parts.add(CellText(untrusted: Clock.length(elapsed)), .dim, priority: 6)
        }
    }

    private func drawCompact(_ layout: DetailLayout, canvas: inout Canvas) {
        drawPicture(in: layout, canvas: &canvas)
        drawChart(detail, in: layout.chart, canvas: &canvas)
        drawWhy(in: layout.why, canvas: &canvas)
    }

    private func drawStandard(_ layout: DetailLayout, canvas: inout Canvas) {
        drawBoxes(layout, canvas: &canvas)
        drawWhy(in: layout.why, canvas: &canvas)
        canvas.rule(row: layout.why.endRow)
        if let panel = machinePanel(detail) {
            let title = CellText(untrusted: " \(panel.title) ")
            canvas.put(title, row: layout.why.endRow, column: 2, end: layout.machine.endColumn, .dim)
            panel.draw(in: layout.machine, canvas: &canvas)
            canvas.rule(row: layout.machine.endRow)
        }
        drawEvents(events(of: detail), in: layout.events, namesPrinter: false, canvas: &canvas)
    }

    private func drawWide(_ layout: DetailLayout, canvas: inout Canvas) {
        drawBoxes(layout, canvas: &canvas)
        let why = canvas.box(
            layout.why, title: detail.showsNumbers ? "numbers" : "why",
            note: CellText(untrusted: "\(keys.name(.numbers)) \(detail.showsNumbers ? "why" : "numbers")"))
        drawWhy(in: why, canvas: &canvas)
        if let panel = machinePanel(detail) {
            let room = canvas.box(layout.machine, title: "machine", note: CellText(untrusted: panel.title))
            panel.draw(in: room, canvas: &canvas)
        }
        let events = canvas.box(layout.events, title: "events")
        drawEvents(self.events(of: detail), in: events, namesPrinter: false, canvas: &canvas)
    }

    /// The sentences, or in their place the numbers of the picture that is shown.
    private func drawWhy(in rect: Rect, canvas: inout Canvas) {
        guard detail.showsNumbers else {
            return why(detail, columns: rect.columns, rows: rect.rows).draw(in: rect, canvas: &canvas)
        }
        guard let point = moment(detail) ?? points(detail).last else {
            canvas.put("No pictures yet.", row: rect.row, column: rect.column + 1, end: rect.endColumn, .dim)
            return
        }
        NumbersPanel(point).draw(in: rect, canvas: &canvas)
    }

    private func drawBoxes(_ layout: DetailLayout, canvas: inout Canvas) {
        let (title, note) = (CellText(untrusted: cameraTitle), CellText(untrusted: cameraNote))
        // How old a picture is matters more than which one it is.
        let hasRoom = layout.camera.columns > title.width + note.width + 8
        canvas.box(layout.camera, title: isLive && !hasRoom ? "" : title, note: note)
        drawPicture(in: layout, canvas: &canvas)
        let inner = canvas.box(
            layout.chart, title: detail.showsNumbers ? "scores: p dots, ewm area" : "failure probability",
            note: CellText(untrusted: detail.minutes.map { Clock.length(Double($0) * 60) } ?? "whole print"))
        drawChart(detail, in: inner, canvas: &canvas)
    }

    private func drawPicture(in layout: DetailLayout, canvas: inout Canvas) {
        drawPicture(
            wantedFrame(detail), isPast: detail.moment != nil, missing: withoutPicture(detail), region: region,
            in: layout.pictureRoom, canvas: &canvas)
    }

    /// The region of the printer as it is now: what was judged of an older print's pictures is not kept.
    private var region: CameraRegion {
        guard case .printer(let id) = detail.subject, let snapshot = printer(id) else { return .whole }
        return snapshot.printer.settings.cameraRegion
    }

    private var cameraTitle: String {
        guard let wanted = wantedFrame(detail) else { return "camera" }
        guard detail.moment != nil, let shown = context.pictures.shown, shown.key.printID == wanted.printID,
            shown.key != wanted,
            context.pictures.cache.failures[wanted] == nil
        else { return "frame \(wanted.number)" }
        return "frame \(shown.key.number), not yet \(wanted.number)"
    }

    /// The newest picture of a print that runs is shown; then the note is its age.
    private var isLive: Bool {
        guard detail.moment == nil, case .printer(let id) = detail.subject, let snapshot = printer(id) else {
            return false
        }
        return snapshot.openPrint != nil && snapshot.lastFrame != nil
    }

    private var cameraNote: String {
        if let point = moment(detail) {
            return "at \(local(point.at).hourMinuteSecond)"
        }
        guard case .printer(let id) = detail.subject, let frame = printer(id)?.lastFrame else { return "" }
        guard printer(id)?.openPrint != nil else { return frame.width > 0 ? "\(frame.width)×\(frame.height)" : "" }
        return "\(Clock.age(now.seconds(since: frame.receivedAt))) ago"
    }
}

extension ContextReader {
    func layout(of detail: PrinterDetail) -> DetailLayout {
        DetailLayout(size, isZoomed: detail.isZoomed, hasMachine: machinePanel(detail) != nil)
    }

    /// The machine of the printer that is open; nil for a print of the history, and where none is linked.
    func machinePanel(_ detail: PrinterDetail) -> MachinePanel? {
        guard case .printer(let id) = detail.subject, let snapshot = printer(id) else { return nil }
        return MachinePanel(snapshot, now: now, utcOffsetSeconds: options.utcOffsetSeconds)
    }
}
