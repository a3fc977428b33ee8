import FailureDetection
import Farm

/// What a frame leads to.
enum AlertOutcome: Equatable, Sendable {
    case nothing
    case alert
    /// Alert, and ask the app to pause.
    case requestPause
    /// Frames still fail a while after a pause was asked for: alert once more.
    case stillFailing
}

/// Decides what a frame leads to.
/// - A pause is asked at escalation 1.75, once a print, if the printer's action is to pause; an earlier alert does not
///   hold it back, a fresh acknowledgement does.
/// - An alert is given at escalation 1 unless one stands, or the last was given or answered within the cool-down.
/// - Frames that still fail a cool-down after the pause was asked for alert again.
/// - Parameters:
///   - statistics: after the frame.
///   - print: before the frame.
///   - coolDown: usually 90 s.
func alertOutcome(
    statistics: TemporalStatistics, settings: PrinterSettings, print: Print, isWatched: Bool, coolDown: Duration,
    now: Timestamp
) -> AlertOutcome {
    func isFailing(_ escalation: Double) -> Bool {
        statistics.decision(sensitivity: settings.detectiveSensitivity, escalation: escalation).isFailing
    }
    // A moment to come is from before the clock was set back: waiting for it would silence the alerts until then.
    func isCoolingDown(since moment: Timestamp?) -> Bool { moment.map { $0 <= now && now < $0 + coolDown } ?? false }

    guard settings.watchingEnabled, !print.isMuted, isFailing(1) else { return .nothing }
    if print.awaitsPause {
        let since = [print.pauseRequestedAt, print.alertedAt, print.alertAcknowledgedAt]
        return since.contains(where: isCoolingDown) ? .nothing : .stillFailing
    }
    guard isWatched, !isCoolingDown(since: print.alertAcknowledgedAt) else { return .nothing }
    if settings.actionOnFailure == .pause, print.pauseRequestedAt == nil, isFailing(TemporalParameters.escalation) {
        return .requestPause
    }
    return print.hasStandingAlert || isCoolingDown(since: print.alertedAt) ? .nothing : .alert
}
