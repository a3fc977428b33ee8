import Evaluation
import FailureDetection
import Farm
import Text

extension FarmEvaluation {
    /// - Parameter isCalibrated: the model has a table of likelihoods.
    func listing(isCalibrated: Bool) -> Listing {
        guard all.prints > 0 else { return Listing(text: "No print matches, so nothing was judged.", json: json) }
        var sections = [qualityTable.text]
        if !doubts.isEmpty { sections.append(doubts.joined(separator: "\n")) }
        if judged.contains(where: { !$0.scores.isEmpty }) {
            sections.append("Scores of the pictures around judged alerts\n" + scoreTable.text + separationWords)
        }
        if let then = trials.first?.summary, replayed > 0 { sections.append(trialText(then)) }
        if !isCalibrated { sections.append("The model is uncalibrated: the number follows a fixed rule.") }
        return Listing(text: sections.joined(separator: "\n\n"), json: json)
    }

    // MARK: Tables

    private var qualityTable: Table {
        var table = Table(
            "PRINTER", "PRINTS#", "HOURS#", "ALERTS#", "RIGHT#", "DISMISSED#", "TO JUDGE#", "FALSE/100H#", "FOUND#",
            "MISSED#", "WITHHELD#")
        let rows = printers.count == 1 ? printers : [(name: "all", quality: all)] + printers
        for (name, sum) in rows {
            table.add(
                name, "\(sum.prints)", decimals(sum.hours, sum.hours < 10 ? 1 : 0), "\(sum.alerts)",
                "\(sum.rightAlerts)", "\(sum.dismissedAlerts)", "\(sum.openAlerts)",
                sum.falseAlertsPer100Hours.map { decimals($0, 1) } ?? "-", "\(sum.foundFailures)",
                "\(sum.missedFailures)", "\(sum.withheldAlerts)")
        }
        return table
    }

    private static let verdicts: [(AlertVerdict, String)] = [(.failed, "right"), (.notFailed, "dismissed")]

    private var scoreTable: Table {
        var table = Table("VERDICT", "ALERTS#", "PICTURES#", "QUARTER UNDER#", "HALF UNDER#", "HIGHEST#")
        for (verdict, name) in Self.verdicts {
            let scores = scores(verdict)
            func under(_ share: Double) -> String {
                scores.isEmpty ? "-" : decimals(DetectionQuality.quantile(scores, share), 2)
            }
            table.add(
                name, "\(judged.count { $0.verdict == verdict })", "\(scores.count)", under(0.25), under(0.5), under(1))
        }
        return table
    }

    /// How well the scores tell right alerts from dismissed ones; nothing can be better than what raised the alerts, so it is of alerts alone.
    private var separationWords: String {
        let quality = separation
        guard let auc = quality.auc else { return "" }
        let (right, dismissed) = (quality.failures.count, quality.clean.count)
        let interval =
            min(right, dismissed) < 5
            ? nil
            : quality.interval { $0.auc }.map {
                ", 95 % \(percentWords($0.lowerBound)) to \(percentWords($0.upperBound))"
            }
        return "\nA right alert's pictures score higher than a dismissed one's in \(percentWords(auc)) of pairs "
            + "(\(right) and \(dismissed)\(interval ?? ", too few for more"))."
    }

    private func trialText(_ then: ReplaySummary) -> String {
        var table = Table("SENSITIVITY", "ALERTS#", "FOUND#", "FALSE#", "FALSE/100H#", "95 %", "NOT KNOWN#")
        func add(_ name: String, _ side: ReplaySummary.Side, _ summary: ReplaySummary) {
            let rate = EventRate(count: side.falseAlerts, hours: summary.cleanHours)
            table.add(
                name, "\(side.alerts)", "\(side.found) of \(summary.failed)", "\(side.falseAlerts)",
                rate.map { decimals($0.per100Hours, 1) } ?? "-",
                rate.map {
                    let interval = $0.intervalPer100Hours
                    return "\(decimals(interval.lowerBound, 1))-\(decimals(interval.upperBound, 1))"
                } ?? "",
                "\(side.alerts - side.found - side.falseAlerts)")
        }
        add("then", then.then, then)
        for trial in trials {
            add(trial.sensitivity.map { decimals($0, 1) } ?? "now, each its own", trial.summary.now, trial.summary)
        }
        let newest = replayed < all.prints ? "the newest \(replayed) of \(all.prints) prints" : "these prints"
        return "What other sensitivities would have raised on \(newest): \(then.failed) known to have failed, "
            + "\(then.clean) known to be clean with \(shortSpan(seconds: then.cleanHours * 3600)) of pictures\n"
            + table.text
    }

    // MARK: JSON

    private var json: JSONText {
        func quality(_ sum: AlertQuality, _ name: String? = nil) -> JSONText {
            .object(
                (name.map { [("name", .string($0))] } ?? [])
                    + [
                        ("prints", .integer(Int64(sum.prints))), ("hours", .number(sum.hours)),
                        ("alerts", .integer(Int64(sum.alerts))), ("right", .integer(Int64(sum.rightAlerts))),
                        ("dismissed", .integer(Int64(sum.dismissedAlerts))),
                        ("to_judge", .integer(Int64(sum.openAlerts))),
                        ("false_alerts_per_100_h", JSONText(sum.falseAlertsPer100Hours)),
                        ("failures_found", .integer(Int64(sum.foundFailures))),
                        ("failures_missed", .integer(Int64(sum.missedFailures))),
                        ("withheld", .integer(Int64(sum.withheldAlerts))),
                    ])
        }
        func scores(_ verdict: AlertVerdict) -> JSONText {
            let alerts = judged.filter { $0.verdict == verdict }
            return .object([
                ("alerts", .integer(Int64(alerts.count))),
                ("scores", .list(alerts.map { .list($0.scores.map(JSONText.number)) })),
            ])
        }
        func side(_ side: ReplaySummary.Side, _ summary: ReplaySummary) -> [(String, JSONText)] {
            let interval = EventRate(count: side.falseAlerts, hours: summary.cleanHours)?.intervalPer100Hours
            return [
                ("alerts", .integer(Int64(side.alerts))), ("failures_found", .integer(Int64(side.found))),
                ("false_alerts", .integer(Int64(side.falseAlerts))),
                ("false_alerts_per_100_h", JSONText(summary.falseAlertsPer100Hours(side))),
                ("false_alerts_per_100_h_low", JSONText(interval?.lowerBound)),
                ("false_alerts_per_100_h_high", JSONText(interval?.upperBound)),
            ]
        }
        let then = trials.first?.summary ?? ReplaySummary([])
        return .object([
            ("all", quality(all)), ("printers", .list(printers.map { quality($0.quality, $0.name) })),
            ("right_alerts", scores(.failed)), ("dismissed_alerts", scores(.notFailed)),
            ("auc_of_alerts", JSONText(separation.auc)),
            (
                "replayed",
                .object([
                    ("prints", .integer(Int64(replayed))), ("failed", .integer(Int64(then.failed))),
                    ("clean", .integer(Int64(then.clean))), ("clean_hours", .number(then.cleanHours)),
                    ("then", .object(side(then.then, then))),
                ])
            ),
            (
                "sensitivities",
                .list(
                    trials.map {
                        .object([("sensitivity", JSONText($0.sensitivity))] + side($0.summary.now, $0.summary))
                    })
            ),
            ("notes", .list(doubts.map(JSONText.string))),
        ])
    }
}
