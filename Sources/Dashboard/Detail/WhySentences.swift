internal import Farm

/// Why a print does or does not count as failing, and what happens next, in words and numbers.
struct WhySentences {
    private let snapshot: PrinterSnapshot
    private let now: Timestamp
    private let utcOffsetSeconds: Int

    init(_ snapshot: PrinterSnapshot, state: DashboardState) {
        self.snapshot = snapshot
        now = state.now
        utcOffsetSeconds = state.options.utcOffsetSeconds
    }

    private func time(_ moment: Timestamp) -> String {
        LocalTime(moment, utcOffsetSeconds: utcOffsetSeconds).hourMinute
    }

    static func number(_ value: Double) -> String {
        let text = Numerals.fixed(value, 2)
        if text.hasPrefix("0.") { return String(text.dropFirst()) }
        if text.hasPrefix("-0.") { return "-" + text.dropFirst(2) }
        return text
    }

    /// Which clause of the rule settled it, with its numbers.
    static func clause(_ decision: Decision) -> String {
        let score = number(decision.score)
        return switch decision.clause {
        case .warmingUp: "frame \(decision.frame) of \(decision.safeFrames): too early to say"
        case .belowLow: "score \(score) < \(number(decision.lowThreshold)): clean"
        case .explainedByHistory:
            "score \(score) ≥ \(number(decision.lowThreshold)), but ≤ \(number(decision.historyThreshold)) as this printer "
                + "often shows: clean"
        case .aboveHigh: "score \(score) > \(number(decision.highThreshold)): failing"
        case .aboveHistory:
            "score \(score) ≥ \(number(decision.lowThreshold)) and > \(number(decision.historyThreshold)), this printer's "
                + "own: failing"
        }
    }

    /// For the alert line: since when, why, and what was done.
    var alert: String {
        guard let print = snapshot.print else { return "" }
        if snapshot.condition == .stale, !print.hasStandingAlert {
            guard let frame = snapshot.lastFrame else { return "no frame has come; is the app running?" }
            return "no frame for \(Clock.age(now.seconds(since: frame.receivedAt))); camera or app gone?"
        }
        var parts: [String] = []
        if let decision = snapshot.decision, decision.isFailing { parts.append(Self.clause(decision)) }
        return (parts + [whatWasDone(print)].compactMap(\.self)).joined(separator: " ")
    }

    /// The alert where there is no room for its reason.
    var briefAlert: String {
        guard let print = snapshot.print else { return "" }
        if snapshot.condition == .stale, !print.hasStandingAlert {
            return snapshot.lastFrame.map { "no frame for \(Clock.age(now.seconds(since: $0.receivedAt)))" }
                ?? "no frame"
        }
        return whatWasDone(print) ?? ""
    }

    private func whatWasDone(_ print: Print) -> String? {
        if print.awaitsPause, let asked = print.pauseRequestedAt {
            return "→ pause asked \(Clock.age(now.seconds(since: asked))) ago"
        }
        if print.pausedAt != nil { return "→ paused" }
        return print.alertedAt.map { "for \(Clock.age(now.seconds(since: $0)))" }
    }

    /// One line under the table: what matters most of this printer.
    var short: String {
        guard snapshot.openPrint != nil else { return next }
        if let reason = snapshot.notWatchingReason { return "not watched: \(reason)" }
        if snapshot.condition == .stale { return alert }
        return snapshot.decision.map(Self.clause) ?? next
    }

    /// What happens next, and when.
    var next: String {
        guard let print = snapshot.print, print.isOpen else {
            guard let print = snapshot.print, let ended = print.endedAt else { return "nothing is printing" }
            return "\(print.result == .cancelled ? "cancelled" : "finished") at \(time(ended))"
        }
        if let muted = print.alertMutedAt {
            return
                "muted for \(Clock.age(now.seconds(since: muted))), until this print ends or m: scores are kept, nobody is alerted"
        }
        if !snapshot.printer.settings.watchingEnabled { return "not watched: scores are kept, nobody is alerted" }
        if print.awaitsPause {
            let until = snapshot.coolDownUntil.map {
                ", alerts again in \(Clock.age($0.seconds(since: now))) if it goes on"
            }
            return
                "waiting for the app to confirm the pause\(snapshot.coolDownUntil.map { $0 > now } == true ? until ?? "" : "")"
        }
        if print.pausedAt != nil { return "paused since \(time(print.pausedAt ?? now)); not watched until it resumes" }
        if print.hasStandingAlert {
            let pause = snapshot.printer.settings.actionOnFailure == .pause && print.pauseRequestedAt == nil
            return "alert stands since \(time(print.alertedAt ?? now))" + (pause ? "; pauses if it gets worse" : "")
        }
        if let until = snapshot.coolDownUntil, until > now {
            return "no further alert for \(Clock.age(until.seconds(since: now)))"
        }
        if let decision = snapshot.decision, decision.clause == .warmingUp {
            return "alerts from frame \(decision.safeFrames) on"
        }
        return snapshot.printer.settings.actionOnFailure == .pause
            ? "alerts when failing, asks for a pause when worse" : "alerts when failing"
    }
}
