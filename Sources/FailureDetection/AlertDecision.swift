public import Farm

/// What one frame's failure probability leads to.
public enum AlertDecision: Equatable, Sendable {
    case nothing
    /// An alert is raised.
    case alert
    /// An alert is raised, and the app is asked to pause.
    case alertAndPause
    /// The alert already stands; now the app is asked to pause as well.
    case pause
    /// The pictures are clear again: an acknowledged alert is over, and another rise may ask for a pause again.
    case clear

    /// A new alert; `pause` alone comes while one stands already.
    public var raisesAlert: Bool { self == .alert || self == .alertAndPause }
    /// At most once for each rise: not again until the pictures are clear.
    public var requestsPause: Bool { self == .pause || self == .alertAndPause }
}

/// Decides what a frame leads to, with hysteresis between the alert and the clear threshold.
/// - A standing alert is raised once and stands until it is answered, even if the pictures clear.
/// - An acknowledged one blocks everything until the number has been below the clear threshold.
/// - A dismissed one blocks nothing: the dismissal has put the number back to its prior.
/// - A pause is asked once a rise, only where the printer's action is to pause, and not beside a request that is open.
/// - Parameters:
///   - number: the failure probability after the frame, 0...1.
///   - print: before the frame.
///   - isWatched: nothing stands against alerts now: not muted, not paused, watching enabled.
public func alertDecision(
    number: Double, thresholds: AlertThresholds, print: Print, settings: PrinterSettings, isWatched: Bool
) -> AlertDecision {
    if number < thresholds.clear {
        return print.alertState == .acknowledged || print.isPauseSpent ? .clear : .nothing
    }
    guard isWatched, number >= thresholds.alert, print.alertState != .acknowledged else { return .nothing }
    let mayAskPause = settings.actionOnFailure == .pause && !print.isPauseSpent && print.pauseRequestedAt == nil
    let asksPause = mayAskPause && number >= thresholds.pause
    if print.alertState == .standing { return asksPause ? .pause : .nothing }
    return asksPause ? .alertAndPause : .alert
}

extension Print {
    /// The alert's state after a decision. Moments, requests and events are the caller's.
    public mutating func take(_ decision: AlertDecision) {
        if decision.raisesAlert { alertState = .standing }
        if decision.requestsPause { isPauseSpent = true }
        if decision == .clear {
            if alertState == .acknowledged { alertState = .none }
            isPauseSpent = false
        }
    }
}
