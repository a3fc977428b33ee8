import Dashboard
import Farm
import Text

extension Listing {
    /// - Parameter isCalibrated: the model has a table of likelihoods; without one the number follows a rule, which is said.
    init(replays: [PrintReplay], isCalibrated: Bool) {
        // Where it is the same for all, a column says nothing.
        let hasMemory = replays.contains { $0.countedLess > 0 }
        let hasRegions = replays.contains { !$0.regions.allSatisfy(\.isWhole) }
        var columns = ["PRINT#", "PRINTER", "FILE", "STARTED", "KNOWN", "PICTURES#", "ALERT THEN", "ALERT NOW"]
        if hasMemory { columns.append("WITHOUT MEMORY") }
        columns.append("HIGHEST#")
        if hasRegions { columns.append("JUDGED") }
        var table = Table(columns)
        for replay in replays {
            let print = replay.print
            let pictures =
                replay.missing == 0 ? "\(replay.pictures)" : "\(replay.pictures) of \(replay.pictures + replay.missing)"
            var row = [
                "\(print.id)", print.printerName ?? "printer \(print.printerID)", print.filename,
                print.startedAt.minute, replay.truth.rawValue, pictures, print.span(to: print.alertedAt),
                replay.pictures == 0 ? "not judged" : print.span(to: replay.alertedAt),
            ]
            if hasMemory { row.append(print.span(to: replay.alertedWithoutMemoryAt)) }
            row.append(percent(replay.highest))
            if hasRegions { row.append(replay.judged) }
            table.add(row)
        }
        let summary = ReplaySummary(replays)
        guard !replays.isEmpty else {
            self.init(text: "No print matches, so nothing was judged.", json: .list([]))
            return
        }
        let uncalibrated = isCalibrated ? [] : ["The model is uncalibrated: the number follows a fixed rule."]
        self.init(
            text: ([table.text, ""] + summary.lines + uncalibrated).joined(separator: "\n"),
            json: .list(replays.map(JSONText.init(replay:)) + [.object([("summary", summary.json)])]))
    }
}

extension Print {
    /// `after 12m05s`, or a dash.
    fileprivate func span(to moment: Timestamp?) -> String {
        moment.map { "after \(shortSpan(seconds: $0.seconds(since: startedAt)))" } ?? "-"
    }
}

extension ReplaySummary {
    fileprivate var lines: [String] {
        [
            "\(prints) \(prints == 1 ? "print" : "prints"), \(shortSpan(seconds: hours * 3600)) of pictures: "
                + "\(failed) known to have failed, \(clean) known to be clean.",
            "Then: " + sentence(then), "Now:  " + sentence(now),
        ]
            + (countedLess == 0
                ? [] : ["Without the memory of verdicts, which mattered in \(countedLess): " + sentence(withoutMemory)])
    }

    private func sentence(_ side: Side) -> String {
        // Over a few minutes a rate would say nothing.
        let rate = cleanHours < 1 ? nil : falseAlertsPer100Hours(side)
        let words = rate.map { ", \(decimals($0, 1)) per 100 hours of clean prints" } ?? ""
        return "\(side.alerts) alerted, \(side.found) of \(failed) failures found, "
            + "\(side.falseAlerts) false \(side.falseAlerts == 1 ? "alert" : "alerts")\(words)."
    }

    fileprivate var json: JSONText {
        func side(_ side: Side) -> JSONText {
            .object([
                ("alerts", .integer(Int64(side.alerts))), ("failures_found", .integer(Int64(side.found))),
                ("false_alerts", .integer(Int64(side.falseAlerts))),
                ("false_alerts_per_100_h", JSONText(falseAlertsPer100Hours(side))),
            ])
        }
        return .object([
            ("prints", .integer(Int64(prints))), ("hours", .number(hours)), ("failed", .integer(Int64(failed))),
            ("clean", .integer(Int64(clean))), ("then", side(then)), ("now", side(now)),
            ("without_memory", side(withoutMemory)),
        ])
    }
}

extension JSONText {
    fileprivate init(replay: PrintReplay) {
        let print = replay.print
        self = .object([
            ("print_id", .integer(print.id.rawValue)), ("printer_id", .integer(print.printerID.rawValue)),
            ("filename", .string(print.filename)), ("started_at", JSONText(print.startedAt)),
            ("known", .string(replay.truth.rawValue)), ("pictures", .integer(Int64(replay.pictures))),
            ("pictures_missing", .integer(Int64(replay.missing))), ("alerted_at", JSONText(print.alertedAt)),
            ("would_alert_at", JSONText(replay.alertedAt)), ("would_pause_at", JSONText(replay.pauseAt)),
            ("would_alert_without_memory_at", JSONText(replay.alertedWithoutMemoryAt)),
            ("pictures_counted_less", .integer(Int64(replay.countedLess))),
            ("alert_withheld_at", JSONText(print.alertWithheldAt)),
            ("camera_regions", .list(replay.regions.map(JSONText.init(region:)))),
            ("max_failure_probability", JSONText(replay.highest)),
        ])
    }
}

extension PrintReplay {
    /// `bed 10,20,60,55 %`; a dash where it was not kept.
    fileprivate var judged: String {
        guard let first = regions.first else { return "-" }
        guard regions.count == 1 else { return "\(regions.count) regions in turn" }
        let without = first.ignored.isEmpty ? "" : " without \(first.ignored.count)"
        return (first.bed.map { "bed \($0.words)" } ?? "whole picture") + without
    }
}
