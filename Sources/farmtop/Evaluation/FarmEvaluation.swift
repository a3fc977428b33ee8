import Evaluation
import FailureDetection
import Farm

/// What a farm's own history says of its alerts: people's verdicts, the scores of the pictures that they judged, and what other
/// sensitivities would have raised.
struct FarmEvaluation {
    /// An alert that a person judged.
    struct JudgedAlert {
        var verdict: AlertVerdict
        /// Those of the pictures around it; empty where none is kept.
        var scores: [Double]
    }

    /// The kept prints, judged again by one sensitivity.
    struct Trial {
        /// Nil: each printer's own.
        var sensitivity: Double?
        var summary: ReplaySummary
    }

    var all = AlertQuality()
    /// By name, those with the most prints first.
    var printers: [(name: String, quality: AlertQuality)] = []
    var judged: [JudgedAlert] = []
    /// Prints that were judged again: the newest ones, where there are more.
    var replayed = 0
    var trials: [Trial] = []

    static let sensitivities: [Double?] = [nil, 0.8, 0.9, 1, 1.1, 1.2]
    /// Fewer judged alerts say little; it is said.
    static let enoughVerdicts = 20

    /// - Parameters:
    ///   - prints: all that count.
    ///   - limit: how many of them are judged again, the newest first.
    ///   - around: pictures before and after an alert that belong to it.
    init(
        _ prints: [Print], kept: KeptPrints, own: [PrinterID: Double], limit: Int, around: Int64, now: Timestamp
    ) async throws {
        var sums: [PrinterID: (name: String, quality: AlertQuality)] = [:]
        for print in prints {
            all.add(print, now: now)
            let name = print.printerName ?? "printer \(print.printerID)"
            sums[print.printerID, default: (name, AlertQuality())].quality.add(print, now: now)
        }
        printers = sums.values.sorted { ($1.quality.prints, $0.name) < ($0.quality.prints, $1.name) }
        var replays = Self.sensitivities.map { _ in [PrintReplay]() }
        for (index, print) in prints.enumerated() where index < limit || print.hasJudgedAlert {
            let material = try await kept.kept(print)
            if let verdict = print.alertOverwrite, print.alertedAt != nil {
                judged.append(JudgedAlert(verdict: verdict, scores: material.scoresOfAlert(around: around)))
            }
            guard index < limit else { continue }
            replayed += 1
            for (column, sensitivity) in Self.sensitivities.enumerated() {
                replays[column].append(
                    material.replay(by: kept.model, sensitivity: sensitivity ?? own[print.printerID] ?? 1))
            }
        }
        trials = zip(Self.sensitivities, replays).map { Trial(sensitivity: $0, summary: ReplaySummary($1)) }
    }
}

extension Print {
    fileprivate var hasJudgedAlert: Bool { alertedAt != nil && alertOverwrite != nil }
}

extension FarmEvaluation {
    /// The mean scores of judged alerts, one each: pictures of one alert are nearly the same picture.
    var separation: DetectionQuality {
        func means(_ verdict: AlertVerdict) -> [Double] {
            judged.filter { $0.verdict == verdict }.compactMap { DetectionQuality.mean($0.scores) }
        }
        return DetectionQuality(failures: means(.failed), clean: means(.notFailed))
    }

    func scores(_ verdict: AlertVerdict) -> [Double] {
        judged.filter { $0.verdict == verdict }.flatMap(\.scores).sorted()
    }

    /// Why less can be said than one would like; empty where there is enough.
    var doubts: [String] {
        guard all.prints > 0 else { return [] }
        var doubts: [String] = []
        if all.alerts == 0 {
            doubts.append("No alert was raised, so there is none to judge.")
        } else if all.judgedAlerts == 0 {
            doubts.append(
                "Nobody has judged an alert yet, so nothing can be said of how good they are. Dismiss those that are no failure "
                    + "(n in the dashboard and its history, or farmtop print dismiss), and say which are (F, or farmtop "
                    + "print ack --failed).")
        } else if all.judgedAlerts < Self.enoughVerdicts {
            doubts.append(
                "\(all.judgedAlerts) of \(all.alerts) alerts are judged: too few to choose a sensitivity by.")
        }
        if all.foundFailures + all.missedFailures == 0 {
            doubts.append("No print is known to have failed, so what was missed cannot be said.")
        }
        return doubts
    }
}
