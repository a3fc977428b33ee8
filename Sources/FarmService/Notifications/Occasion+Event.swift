import Farm

extension NotificationTopic {
    /// What an event is to people, and how much it matters; nil for what nobody is told of.
    /// - Parameter print: as the event left it.
    static func of(_ event: FarmEvent, _ print: Print) -> (topic: Self, severity: NotificationSeverity)? {
        let isByPerson = event.actor != .farmtop && event.actor != .machine
        switch event.kind {
        case .failureAlerted: return (.alert, event.severity == .error ? .critical : .warning)
        case .pauseRequested: return (.pauseAsked, isByPerson ? .info : .critical)
        case .pauseNotConfirmed: return (.notConfirmed, .critical)
        case .paused: return (.paused, isByPerson ? .info : .warning)
        case .attention: return (.attention, .critical)
        case .offline: return (.printerLost, .warning)
        case .notWatched: return (.cameraLost, .warning)
        case .ended: return ended(print.result, isByPerson: isByPerson)
        case .started, .resumed, .alertMuted, .alertUnmuted, .acknowledged, .verdict, .settings, .online, .command:
            return nil
        }
    }

    /// The same of an event that is about no print.
    static func withoutPrint(_ event: FarmEvent) -> (topic: Self, severity: NotificationSeverity)? {
        event.kind == .attention ? (.attention, .critical) : nil
    }

    private static func ended(
        _ result: PrintResult?, isByPerson: Bool
    ) -> (topic: Self, severity: NotificationSeverity)? {
        switch result {
        case .success, .unknown: (.finished, .info)
        case .cancelled: (.cancelled, isByPerson ? .info : .warning)
        case .failed: (.failed, isByPerson ? .info : .warning)
        case .replaced, nil: nil
        }
    }
}

extension OccasionAnswer {
    /// The verb of an event that may answer what stands of its print; nil for the others.
    static func verb(of event: FarmEvent, _ print: Print) -> String? {
        switch event.kind {
        case .acknowledged: "acknowledged"
        case .verdict: print.alertState == .dismissed ? "dismissed" : "judged"
        case .alertMuted: "muted"
        default: nil
        }
    }
}

extension FarmEvent {
    /// After it an alert may stand again that was dismissed or muted.
    var takesBackAnAnswer: Bool { kind == .alertUnmuted || kind == .verdict }
}
