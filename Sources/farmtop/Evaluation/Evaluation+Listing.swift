import Evaluation
import FailureDetection
import Farm
import Text

extension Evaluation {
    var listing: Listing { Listing(text: text, json: json) }

    /// Thresholds of the curve; 0.38 and 0.78 are those of the rule over frames.
    static let thresholds = [0.1, 0.2, 0.3, 0.38, 0.5, 0.6, 0.78, 1, 1.365]

    private var text: String {
        var sections = ["\(printable(model.name))  \(clean.count) clean pictures", groupTable.text]
        if !clean.isEmpty { sections.append(cleanTable.text) }
        if let all = groups.last { sections.append(curveTable(all).text) }
        if !missed.isEmpty { sections.append("Failures with the lowest scores\n" + worstTable(missed).text) }
        if !falseAlarms.isEmpty {
            sections.append("Clean pictures with the highest scores\n" + worstTable(falseAlarms).text)
        }
        if !groups.isEmpty, !clean.isEmpty {
            sections.append(
                "Prints made of these pictures, one each \(decimals(secondsPerFrame, 0)) s; in brackets Obico's rule\n"
                    + simulationTable.text)
        }
        return (sections + (notes.isEmpty ? [] : [notes.joined(separator: "\n")])).joined(separator: "\n\n")
    }

    private var groupTable: Table {
        var table = Table("GROUP", "N#", "AUC#", "95 %", "FOUND AT 5 % FALSE#", "P>=.38#", "P>=.60#", "MEDIAN P#")
        for group in groups + others {
            let quality = group.quality
            let interval = quality.interval { $0.auc }
            table.add(
                group.name, "\(quality.failures.count)", figure(quality.auc, 3),
                interval.map { "\(decimals($0.lowerBound, 3))-\(decimals($0.upperBound, 3))" } ?? "",
                figure(quality.sensitivity(atFalsePositiveRate: 0.05), 2),
                figure(share(quality.failures, 0.38), 3), figure(share(quality.failures, 0.6), 3),
                figure(DetectionQuality.quantile(quality.failures.sorted(), 0.5), 2))
        }
        return table
    }

    private var cleanTable: Table {
        var table = Table("CLEAN", "N#", "MEAN P#", "P>=.38#", "HIGHEST#")
        let sources = cleanBySource.count > 1 ? cleanBySource : []
        for (source, scores) in sources + [(source: "all", scores: clean)] {
            table.add(
                source, "\(scores.count)", figure(DetectionQuality.mean(scores), 3), figure(share(scores, 0.38), 3),
                figure(scores.max(), 2))
        }
        return table
    }

    private func curveTable(_ group: Group) -> Table {
        var table = Table("THRESHOLD#", "FOUND#", "FALSE#")
        for point in group.quality.curve(Self.thresholds) {
            table.add(decimals(point.threshold, 3), figure(point.found, 3), figure(point.falseAlarms, 3))
        }
        return table
    }

    private func worstTable(_ pictures: [ScoredPicture]) -> Table {
        var table = Table("P#", "KIND", "FILE")
        for scored in pictures {
            table.add(decimals(scored.score, 2), scored.picture.group, scored.picture.file)
        }
        return table
    }

    private var simulationTable: Table {
        var table = Table(
            "PRINTER", "PRINT", "ALERTED#", "FRAMES TO ALERT#", "PAUSE ASKED#", "FALSE ALERTS AN HOUR#")
        for simulation in simulations {
            let (ours, theirs) = (simulation.product, simulation.reference)
            func pair(_ value: (SimulatedPrints.Outcome) -> Double?, _ digits: Int) -> String {
                guard let mine = value(ours) else { return "" }
                return "\(decimals(mine, digits)) (\(value(theirs).map { decimals($0, digits) } ?? "-"))"
            }
            let isClean = simulation.story == "clean"
            table.add(
                simulation.isNewPrinter ? "new" : "3 prints old", simulation.story,
                isClean ? "" : pair({ Double($0.alerted) / Double(max(1, $0.prints)) }, 2),
                isClean ? "" : pair({ median($0.framesToAlert) }, 0),
                isClean ? "" : pair({ Double($0.pauseAsked) / Double(max(1, $0.prints)) }, 2),
                pair({ $0.falseAlarmsPerHour(secondsPerFrame: secondsPerFrame) }, 2))
        }
        return table
    }

    private var json: JSONText {
        func number(_ value: Double?) -> JSONText { value.map(JSONText.number) ?? .null }
        func group(_ group: Group) -> JSONText {
            let quality = group.quality
            let interval = quality.interval { $0.auc }
            return .object([
                ("name", .string(group.name)), ("n", .integer(Int64(quality.failures.count))),
                ("auc", number(quality.auc)), ("auc_low", number(interval?.lowerBound)),
                ("auc_high", number(interval?.upperBound)),
                ("found_at_5_percent_false", number(quality.sensitivity(atFalsePositiveRate: 0.05))),
                ("over_0.38", number(share(quality.failures, 0.38))),
                ("over_0.60", number(share(quality.failures, 0.6))),
                (
                    "curve",
                    .list(
                        quality.curve(Self.thresholds).map { point in
                            .object([
                                ("threshold", .number(point.threshold)), ("found", number(point.found)),
                                ("false", number(point.falseAlarms)),
                            ])
                        })
                ),
            ])
        }
        func clean(_ name: String, _ scores: [Double]) -> JSONText {
            .object([
                ("source", .string(name)), ("n", .integer(Int64(scores.count))),
                ("mean", number(DetectionQuality.mean(scores))), ("over_0.38", number(share(scores, 0.38))),
                ("highest", number(scores.max())),
            ])
        }
        func outcome(_ outcome: SimulatedPrints.Outcome) -> JSONText {
            .object([
                ("prints", .integer(Int64(outcome.prints))), ("alerted", .integer(Int64(outcome.alerted))),
                ("pause_asked", .integer(Int64(outcome.pauseAsked))),
                ("median_frames_to_alert", number(median(outcome.framesToAlert))),
                ("median_frames_to_pause", number(median(outcome.framesToPause))),
                ("false_alerts_per_hour", number(outcome.falseAlarmsPerHour(secondsPerFrame: secondsPerFrame))),
            ])
        }
        func worst(_ pictures: [ScoredPicture]) -> JSONText {
            .list(pictures.map { .object([("file", .string($0.picture.file)), ("p", .number($0.score))]) })
        }
        return .object([
            ("network", .string(model.name)), ("groups", .list((groups + others).map(group))),
            ("clean", clean("all", self.clean)),
            ("clean_by_source", .list(cleanBySource.map { clean($0.source, $0.scores) })),
            ("missed", worst(missed)), ("false_alerts", worst(falseAlarms)),
            (
                "simulated_prints",
                .list(
                    simulations.map { simulation in
                        .object([
                            ("story", .string(simulation.story)), ("new_printer", .boolean(simulation.isNewPrinter)),
                            ("farmtop", outcome(simulation.product)), ("obico", outcome(simulation.reference)),
                        ])
                    })
            ),
            ("notes", .list(notes.map(JSONText.string))),
        ])
    }
}

private func figure(_ value: Double?, _ digits: Int) -> String { value.map { decimals($0, digits) } ?? "" }

private func share(_ scores: [Double], _ threshold: Double) -> Double? {
    DetectionQuality.share(scores) { $0 >= threshold }
}

private func median(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : DetectionQuality.quantile(values.sorted(), 0.5)
}
