internal import Farm

extension ContextReader {
    /// The print that a detail view is about; nil when none runs and none has just ended.
    func print(of detail: PrinterDetail) -> Print? {
        switch detail.subject {
        case .printer(let id): printer(id)?.print
        case .print(let print): print
        }
    }

    /// Its scores, oldest first: those that were loaded and those that came since.
    func points(_ detail: PrinterDetail) -> [ScorePoint] {
        guard let print = print(of: detail) else { return [] }
        let loaded = context.scores[print.id] ?? []
        guard case .printer(let id) = detail.subject, let recent = printer(id)?.recent else { return loaded }
        return loaded.isEmpty ? recent : loaded
    }

    /// The chart of what is open; nil without scores.
    func chart(_ detail: PrinterDetail) -> ScoreChart? {
        let points = points(detail)
        guard let first = points.first, let last = points.last else { return nil }
        let moment = moment(detail)?.at
        var to = last.at
        var from = first.at
        if let minutes = detail.minutes {
            let span = Duration.seconds(minutes * 60)
            // A moment from before the last minutes is looked at with what came next.
            if let moment, moment < to - span { to = moment + span }
            // A print younger than the span fills the chart all the same.
            from = max(first.at, to - span)
        }
        // "now" under an old score would say that it is so still: of a paused printer, or one whose camera is gone.
        let isLive =
            print(of: detail)?.isOpen == true && to == last.at && now.seconds(since: last.at) <= Self.newestScoreIsNow
        return chart(points, detail: detail, from: from, to: to, moment: moment, isLive: isLive)
    }

    /// Seconds; three times the usual distance of pictures and more.
    private static var newestScoreIsNow: Double { 90 }

    private func chart(
        _ points: [ScorePoint], detail: PrinterDetail, from: Timestamp, to: Timestamp, moment: Timestamp?, isLive: Bool
    ) -> ScoreChart {
        let span = to.seconds(since: from)
        let middle = Timestamp(secondsSince1970: (from.secondsSince1970 + to.secondsSince1970) / 2)
        let labels =
            isLive && detail.minutes != nil
            // A print that has just begun has no "-0s" beside "now".
            ? [span, span / 2].filter { $0 >= 1 }.map { "-\(Clock.length($0))" } + ["now"]
            : timesOfDay([from, middle, to])
        return ScoreChart(
            points: points, scale: scale(detail), from: from, to: to, moment: moment, timeLabels: labels)
    }

    /// Labels of moments in order: to the minute, or to the second where minutes would all read alike.
    func timesOfDay(_ times: [Timestamp]) -> [String] {
        guard let first = times.first, let last = times.last else { return [] }
        let isBrief = last.seconds(since: first) < 120
        return times.map { isBrief ? local($0).hourMinuteSecond : local($0).hourMinute }
    }

    func scale(_ detail: PrinterDetail) -> ScoreChart.Scale {
        guard !detail.showsNumbers else { return .scores }
        return .probability(print(of: detail).flatMap { printer($0.printerID)?.thresholds })
    }

    /// The picture under the time cursor; nil when the newest is shown.
    func moment(_ detail: PrinterDetail) -> ScorePoint? {
        detail.moment.flatMap { frame in points(detail).last { $0.frame <= frame } }
    }

    /// Oldest first.
    func events(of detail: PrinterDetail) -> [FarmEvent] {
        let live = farm.events.filter { event in
            switch detail.subject {
            case .printer(let id): event.printerID == id
            case .print(let print): event.printID == print.id
            }
        }
        let oldest = live.first?.id
        return detail.events.reversed().filter { event in oldest.map { event.id < $0 } ?? true } + live
    }
}
