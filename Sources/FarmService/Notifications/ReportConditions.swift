public import Farm

/// Tells of what concerns the whole farm: apps that wait for consent, a disk that is nearly full, a start.
public struct ReportConditions: FarmCommand {
    var topic: NotificationTopic
    var severity: NotificationSeverity
    /// A sentence for each thing that is so now. What was told before and is not among them is over.
    var texts: [String]

    public init(_ topic: NotificationTopic, _ severity: NotificationSeverity, texts: [String]) {
        self.topic = topic
        self.severity = severity
        self.texts = texts
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) {
        guard !draft.rules.isEmpty else { return }
        let known = draft.state.notifications.sorted.filter { $0.topic == topic && $0.printerID == nil }
        for var occasion in known where occasion.overSince == nil && !texts.contains(occasion.text) {
            occasion.end(at: draft.steady)
            draft.open(occasion)
        }
        for text in texts where !known.contains(where: { $0.text == text && $0.overSince == nil }) {
            draft.open(
                Occasion(
                    id: draft.newOccasionID(), topic: topic, severity: severity, text: text, openedAt: draft.now,
                    openedSteady: draft.steady))
        }
    }
}
