public import Farm

/// What one picture does to the alert of the open print.
public struct AlertDecision: Equatable, Sendable {
    /// After the picture.
    public var alertState: AlertState
    /// A pause was asked for this rise of the number.
    public var isPauseSpent: Bool
    /// An alert is raised by this picture.
    public var raisesAlert = false
    /// The pause is asked for by this picture.
    public var requestsPause = false
}

/// Whether a number raises an alert or asks for a pause.
///
/// - An alert is raised at the alert threshold, unless one stands or is acknowledged. An acknowledged one is over once the
///   number is under the clear threshold; a standing one stands until it is answered.
/// - A pause is asked at the pause threshold, where the printer's action is to pause: once for each rise of the number,
///   which ends under the clear threshold or with a dismissal.
/// - Of a print that is not watched (muted, paused, watching off) nothing is raised.
/// - Parameters:
///   - number: failure probability after the picture, 0...1.
///   - print: before the picture.
public func alertDecision(
    number: Double, thresholds: AlertThresholds, print: Print, settings: PrinterSettings, isWatched: Bool
) -> AlertDecision {
    var decision = AlertDecision(alertState: print.alertState, isPauseSpent: print.isPauseSpent)
    if number < thresholds.clear {
        if decision.alertState == .acknowledged { decision.alertState = .none }
        decision.isPauseSpent = false
    }
    guard isWatched, number >= thresholds.alert else { return decision }
    switch decision.alertState {
    case .none, .dismissed:
        decision.alertState = .standing
        decision.raisesAlert = true
    case .standing, .acknowledged: break
    }
    let mayPause = settings.actionOnFailure == .pause && !decision.isPauseSpent && print.pauseRequestedAt == nil
    if mayPause, number >= thresholds.pause, decision.alertState == .standing {
        decision.requestsPause = true
        decision.isPauseSpent = true
    }
    return decision
}
