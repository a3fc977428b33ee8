import Dashboard
import Farm
import Text

extension Listing {
    /// - Parameter isCalibrated: the model has a table of likelihoods; without one the number follows a rule, which is said.
    init(replays: [PrintReplay], isCalibrated: Bool) {
        var table = Table(
            "PRINT#", "PRINTER", "FILE", "STARTED", "KNOWN", "PICTURES#", "ALERT THEN", "ALERT NOW", "HIGHEST#")
        for replay in replays {
            let print = replay.print
            let pictures =
                replay.missing == 0 ? "\(replay.pictures)" : "\(replay.pictures) of \(replay.pictures + replay.missing)"
            table.add(
                "\(print.id)", print.printerName ?? "printer \(print.printerID)", print.filename,
                print.startedAt.minute, replay.truth.rawValue, pictures, print.span(to: print.alertedAt),
                replay.pictures == 0 ? "not judged" : print.span(to: replay.alertedAt), percent(replay.highest))
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
            ("max_failure_probability", JSONText(replay.highest)),
        ])
    }
}
