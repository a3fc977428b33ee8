internal import Farm

/// One printer: its last picture with what was found in it, its scores over time, why, and what happened.
extension DashboardState {
    func drawDetail(_ detail: PrinterDetail, in canvas: inout Canvas) {
        let layout = DetailLayout(size, isZoomed: detail.isZoomed)
        drawBreadcrumb(detail, in: layout.header, canvas: &canvas)
        switch layout.kind {
        case .zoomed: drawPicture(wantedFrame(detail), in: layout.camera, canvas: &canvas)
        case .compact: drawCompactDetail(detail, layout, canvas: &canvas)
        case .standard: drawStandardDetail(detail, layout, canvas: &canvas)
        case .wide: drawWideDetail(detail, layout, canvas: &canvas)
        }
        if layout.kind == .standard || layout.kind == .wide { drawStatus(in: layout.status, canvas: &canvas) }
        keyBar.draw(in: layout.keys, canvas: &canvas)
        canvas.rest(row: 0, column: 0)
    }

    private func drawBreadcrumb(_ detail: PrinterDetail, in rect: Rect, canvas: inout Canvas) {
        var parts = Segments()
        switch detail.subject {
        case .printer(let id):
            guard let snapshot = printer(id) else {
                canvas.put("‹ This printer is no longer here. Esc goes back.", row: rect.row, column: 1, .warning)
                return
            }
            let words = PrinterWords(snapshot)
            parts.add(CellText(untrusted: "‹ \(snapshot.name)"), .title, priority: 9)
            parts.add(CellText(untrusted: "\(words.sign.character) \(words.state)"), words.role, priority: 8)
            if let print = snapshot.print { parts.add(CellText(untrusted: print.filename), .text, priority: 7) }
            if let note = PrinterWords.note(snapshot, now: now) {
                parts.add(CellText(untrusted: note), .dim, priority: 5)
            }
            if let elapsed = snapshot.elapsed(at: now) {
                parts.add(CellText(untrusted: Clock.length(elapsed)), .dim, priority: 6)
            }
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

    private func drawCompactDetail(_ detail: PrinterDetail, _ layout: DetailLayout, canvas: inout Canvas) {
        drawPicture(wantedFrame(detail), in: layout.camera, canvas: &canvas)
        drawStatistics(detail, in: layout.statistics, isNarrow: true, canvas: &canvas)
        chart(detail)?.draw(in: layout.chart, canvas: &canvas)
        guard case .printer(let id) = detail.subject, let snapshot = printer(id) else { return }
        canvas.put(
            CellText(untrusted: WhySentences(snapshot, state: self).short), row: layout.why.row, column: 0,
            end: layout.why.endColumn, .dim)
    }

    private func drawStandardDetail(_ detail: PrinterDetail, _ layout: DetailLayout, canvas: inout Canvas) {
        drawBoxes(detail, layout, canvas: &canvas)
        drawStatistics(detail, in: layout.statistics, isNarrow: false, canvas: &canvas)
        if case .printer(let id) = detail.subject, let snapshot = printer(id) {
            drawWhyLines(snapshot, in: layout.why, canvas: &canvas)
        }
        canvas.rule(row: layout.why.endRow)
        drawEvents(events(of: detail), in: layout.events, namesPrinter: false, canvas: &canvas)
    }

    private func drawWideDetail(_ detail: PrinterDetail, _ layout: DetailLayout, canvas: inout Canvas) {
        drawBoxes(detail, layout, canvas: &canvas)
        let facts = canvas.box(layout.statistics, title: "statistics")
        drawStatistics(detail, in: facts, isNarrow: true, canvas: &canvas)
        let why = canvas.box(layout.why, title: "why")
        if case .printer(let id) = detail.subject, let snapshot = printer(id) {
            WhyPanel(snapshot, state: self).draw(in: why, canvas: &canvas)
        }
        let events = canvas.box(layout.events, title: "events")
        drawEvents(self.events(of: detail), in: events, namesPrinter: false, canvas: &canvas)
    }

    private func drawBoxes(_ detail: PrinterDetail, _ layout: DetailLayout, canvas: inout Canvas) {
        canvas.box(
            layout.camera, title: CellText(untrusted: cameraTitle(detail)),
            note: CellText(untrusted: cameraNote(detail)))
        drawPicture(wantedFrame(detail), in: Self.pictureRoom(layout), canvas: &canvas)
        let inner = canvas.box(
            layout.chart, title: detail.isNormalized ? "normalized p" : "score",
            note: CellText(untrusted: detail.minutes.map { Clock.length(Double($0) * 60) } ?? "whole print"))
        if let chart = chart(detail) {
            chart.draw(in: inner, canvas: &canvas)
        } else {
            canvas.put(
                "no scores yet", row: inner.row + inner.rows / 2, column: inner.column + 2, end: inner.endColumn, .dim)
        }
    }

    func cameraTitle(_ detail: PrinterDetail) -> String {
        guard let wanted = wantedFrame(detail) else { return "camera" }
        guard detail.moment != nil, let shown, shown.key.printID == wanted.printID, shown.key != wanted,
            pictures.failures[wanted] == nil
        else { return "frame \(wanted.number)" }
        return "frame \(shown.key.number), not yet \(wanted.number)"
    }

    private func cameraNote(_ detail: PrinterDetail) -> String {
        if let moment = detail.moment, let point = points(detail).last(where: { $0.frame <= moment }) {
            return "at \(local(point.at).hourMinuteSecond)"
        }
        guard case .printer(let id) = detail.subject, let frame = printer(id)?.lastFrame else { return "" }
        guard printer(id)?.openPrint != nil else { return frame.width > 0 ? "\(frame.width)×\(frame.height)" : "" }
        return "\(Clock.age(now.seconds(since: frame.receivedAt))) ago"
    }

    /// The two lines that a small screen has for the rule.
    private func drawWhyLines(_ snapshot: PrinterSnapshot, in rect: Rect, canvas: inout Canvas) {
        let sentences = WhySentences(snapshot, state: self)
        let role: Role = snapshot.decision?.isFailing == true && snapshot.openPrint != nil ? .failing : .text
        var why = snapshot.openPrint == nil ? nil : snapshot.decision.map(WhySentences.clause)
        if let pause = snapshot.pauseDecision, snapshot.openPrint != nil, snapshot.decision?.clause != .warmingUp,
            snapshot.printer.settings.actionOnFailure == .pause
        {
            why? += "   pause at 1.75: \(WhySentences.number(pause.score))\(pause.isFailing ? " yes" : " not yet")"
        }
        canvas.put("why", row: rect.row, column: rect.column + 1, .dim)
        canvas.put(
            CellText(untrusted: why ?? "no frame was judged yet"), row: rect.row, column: rect.column + 6,
            end: rect.endColumn, role)
        canvas.put("next", row: rect.row + 1, column: rect.column + 1, .dim)
        canvas.put(CellText(untrusted: sentences.next), row: rect.row + 1, column: rect.column + 6, end: rect.endColumn)
    }

    /// The running numbers, in one line or one a line.
    func drawStatistics(_ detail: PrinterDetail, in rect: Rect, isNarrow: Bool, canvas: inout Canvas) {
        var facts = statistics(detail)
        if isNarrow {
            // Of the frames in two columns only this print's.
            // Of a past print the line at the top has the result.
            if rect.columns < 30, facts.first?.label == "result" {
                facts.removeAll { ["result", "frames"].contains($0.label) }
            }
            if rect.columns < 30, let index = facts.firstIndex(where: { $0.label == "frames" }) {
                facts[index].value = String(facts[index].value.prefix { $0 != "/" })
            }
            let columns = rect.rows < facts.count && rect.columns >= 18 ? 2 : 1
            let width = rect.columns / columns
            for (index, fact) in facts.prefix(rect.rows * columns).enumerated() {
                let row = rect.row + index / columns
                let column = rect.column + index % columns * width + (rect.columns > 24 ? 1 : 0)
                let end = canvas.put(
                    CellText(untrusted: fact.label), row: row, column: column, end: column + width, .dim)
                canvas.put(
                    CellText(untrusted: fact.value), row: row,
                    column: rect.columns / columns > 24 ? column + 14 : end + 1,
                    end: column + width, fact.role)
            }
            return
        }
        var column = rect.column + 1
        for fact in facts {
            let label = CellText(untrusted: fact.label)
            let value = CellText(untrusted: fact.value)
            guard column + label.width + 1 + value.width <= rect.endColumn else { return }
            column = canvas.put(label, row: rect.row, column: column, .dim) + 1
            column = canvas.put(value, row: rect.row, column: column, fact.role) + 3
        }
    }

    struct Fact {
        var label: String
        var value: String
        var role = Role.text
    }

    /// The numbers of the moment that is shown, or of the whole print where it is over.
    private func statistics(_ detail: PrinterDetail) -> [Fact] {
        let number = WhySentences.number
        if let moment = detail.moment, let point = points(detail).last(where: { $0.frame <= moment }) {
            return [
                Fact(label: "p", value: number(point.p)), Fact(label: "ewm", value: number(point.ewmMean)),
                Fact(label: "norm", value: number(point.normalizedP), role: Self.role(point.normalizedP)),
                Fact(label: "frame", value: "\(point.frame)"),
                Fact(label: "at", value: local(point.at).hourMinuteSecond),
            ]
        }
        switch detail.subject {
        case .printer(let id):
            guard let statistics = printer(id)?.printer.statistics else { return [] }
            return [
                Fact(label: "p", value: number(statistics.p)), Fact(label: "ewm", value: number(statistics.ewmMean)),
                Fact(label: "short", value: number(statistics.rollingMeanShort)),
                Fact(label: "long", value: number(statistics.rollingMeanLong)),
                Fact(
                    label: "norm", value: number(statistics.normalizedP), role: Self.role(statistics.normalizedP)),
                Fact(label: "frames", value: "\(statistics.predictionNum)/\(statistics.predictionNumLifetime)"),
            ]
        case .print(let print):
            let words = HistoryWords(print)
            return [
                Fact(label: "result", value: words.result, role: words.role),
                Fact(label: "time", value: words.duration(now: now)),
                Fact(label: "max p", value: number(print.maxNormalizedP), role: Self.role(print.maxNormalizedP)),
                Fact(label: "frames", value: "\(print.frameCount)"),
                Fact(label: "alarm", value: words.verdict.isEmpty ? "none" : words.verdict),
            ]
        }
    }

    private static func role(_ level: Double) -> Role {
        level >= 2.0 / 3 ? .failing : level >= 1.0 / 3 ? .warning : .text
    }
}
