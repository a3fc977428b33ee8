import Evaluation
import FailureDetection

/// For `Tests/Bench/failure_probability.py`, which draws it.
extension RuleTrial {
    var json: JSONText {
        .object([
            ("prints", .integer(Int64(prints))),
            (
                "rules",
                .list(
                    Rule.allCases.flatMap { rule in
                        [Self.rule(rule, "all", total(rule))]
                            + SimulatedCamera.Kind.allCases.compactMap { kind in
                                tallies[kind]?[rule].map { Self.rule(rule, kind.rawValue, $0) }
                            }
                    })
            ),
            (
                "moments",
                .list(
                    moments.map { moment in
                        .object([
                            ("camera", .string(moment.kind.rawValue)), ("probability", .number(moment.probability)),
                            ("failing", .boolean(moment.isFailing)),
                        ])
                    })
            ),
        ])
    }

    private static func rule(_ rule: Rule, _ camera: String, _ tallies: [Tally]) -> JSONText {
        .object([
            ("rule", .string(rule.rawValue)), ("camera", .string(camera)),
            (
                "thresholds",
                .list(
                    zip(rule.thresholds, tallies).map { threshold, tally in
                        .object([
                            ("threshold", .number(threshold)), ("clean_hours", .number(tally.cleanHours)),
                            ("false_alerts", .integer(Int64(tally.falseAlerts))),
                            ("false_per_100_hours", .number(tally.falseAlertsPer100Hours)),
                            ("at_most_per_100_hours", .number(tally.highestFalseAlertsPer100Hours)),
                            ("failures", .integer(Int64(tally.failures))),
                            ("seconds_to_alert", .list(tally.found.map(JSONText.number))),
                        ])
                    })
            ),
        ])
    }
}
