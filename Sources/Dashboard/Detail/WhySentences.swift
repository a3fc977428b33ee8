internal import Farm
import Text

/// What the camera shows of a running print, what was done about it and what comes next, one sentence each.
struct WhySentences {
    struct Sentence: Equatable {
        var text: String
        var role = Role.text

        /// With a full stop, which what a machine says may lack.
        var stopped: Sentence { Sentence(text: text.withFullStop, role: role) }
    }
    private let snapshot: PrinterSnapshot
    private let now: Timestamp
    private let utcOffsetSeconds: Int
    private let isCalibrated: Bool
    private let keys: KeyMap
    /// Oldest first.
    private let lastPictures: [ScorePoint]
    private let noPicture: String

    init(_ snapshot: PrinterSnapshot, _ context: Context) {
        self.snapshot = snapshot
        now = context.now
        utcOffsetSeconds = context.options.utcOffsetSeconds
        isCalibrated = context.isCalibrated
        keys = context.keys
        lastPictures = snapshot.lastPictures(loaded: snapshot.print.flatMap { context.scores[$0.id] } ?? [])
        noPicture = snapshot.lacksCamera(context) ? "No camera: \(keys.name(.edit)) adds one." : "No picture yet."
    }

    private func time(_ moment: Timestamp) -> String {
        LocalTime(moment, utcOffsetSeconds: utcOffsetSeconds).hourMinute
    }

    private func ago(_ moment: Timestamp) -> String { Clock.words(now.seconds(since: moment)) }

    /// How much room there is.
    enum Room {
        /// Three lines: what is urgent comes first.
        case scant
        /// The camera's habit in fewer words.
        case short
        case full
    }

    /// All of them: what the pictures show, what was done, what comes next.
    func all(_ room: Room) -> [Sentence] {
        guard let print = snapshot.openPrint else { return [trouble].compactMap(\.self) + endSentences }
        if room == .scant {
            let count = StrandCount(lastPictures).short.map { Sentence(text: "\($0).") }
            let urgent = trouble ?? pause(print) ?? blindness(print)
            return [urgent, number, count ?? Sentence(text: noPicture), alert(print)].compactMap(\.self)
        }
        let isShort = room == .short
        var sentences = [evidence(isShort: isShort), number]
        sentences += status(print)
        if !isCalibrated { sentences.append(Self.uncalibrated) }
        return sentences
    }

    static let uncalibrated = Sentence(
        text: "This model is uncalibrated: the number follows the older rule.", role: .warning)

    // MARK: What the pictures show

    private func evidence(isShort: Bool) -> Sentence {
        let count = StrandCount(lastPictures)
        guard snapshot.lastFrame != nil, let words = count.words else { return Sentence(text: noPicture) }
        let text = words + (snapshot.habit.map { "; " + Self.habit($0, isShort: isShort) } ?? "") + "."
        return Sentence(text: text, role: snapshot.states.camera == .failing ? .failing : .text)
    }

    /// "this camera: usually 3 %, seldom over 20 %"
    static func habit(_ habit: CameraHabit, isShort: Bool) -> String {
        "this camera: usually \(percentWords(habit.usual))"
            + (isShort ? "" : ", seldom over \(percentWords(habit.seldomOver))")
    }

    private var number: Sentence {
        let alerts = "Alerts at \(percentWords(snapshot.thresholds.alert))"
        guard let probability = snapshot.shownProbability else { return Sentence(text: alerts + ".") }
        let percent = percentWords(probability)
        let role = snapshot.thresholds.role(probability)
        if snapshot.states.camera.isBlind, let frame = snapshot.lastFrame {
            return Sentence(
                text: "\(alerts); \(percent) at the last picture, \(ago(frame.receivedAt)) ago.", role: role)
        }
        return Sentence(text: "\(alerts); now \(percent).", role: role)
    }

    // MARK: What was done, what comes next

    private func status(_ print: Print) -> [Sentence] {
        [trouble, pause(print), alert(print), blindness(print), attention(print)].compactMap(\.self)
    }

    /// What the machine itself cannot get past.
    private var trouble: Sentence? {
        let words = snapshot.attentionWords.map { ": \($0)" } ?? ""
        if let trouble = snapshot.linkTrouble {
            return Sentence(text: "No link to the machine: \(trouble)", role: .stale).stopped
        }
        return switch snapshot.states.machine {
        case .attention where snapshot.unheardStop != nil:
            Sentence(text: (snapshot.unheardStop?.unheardWords ?? "").beginningLarge, role: .failing).stopped
        case .attention: Sentence(text: "The machine needs attention\(words)", role: .failing).stopped
        case .error: Sentence(text: "The machine has stopped with an error\(words)", role: .failing).stopped
        case .offline where snapshot.isNotHeardYet: Sentence(text: "The machine has not been heard yet.", role: .dim)
        case .offline:
            Sentence(text: snapshot.machine?.fault?.description ?? "The machine does not answer", role: .stale).stopped
        default: nil
        }
    }

    private func pause(_ print: Print) -> Sentence? {
        if print.pauseNotConfirmedAt != nil {
            let isSeen = !print.hasStandingPause
            return Sentence(
                text: "The pause was not confirmed\(isSeen ? ", and somebody has seen it" : ""): look at the printer. "
                    + "\(keys.name(.confirmPause)): paused by hand"
                    + (isSeen ? "." : "; \(keys.name(.acknowledge)): seen."),
                role: isSeen ? .warning : .failing)
        }
        if let asked = print.pauseRequestedAt {
            let deadline = snapshot.pauseDeadline.map {
                "; counts as not confirmed in \(Clock.words($0.seconds(since: now)))"
            }
            return Sentence(text: "Pause asked \(ago(asked)) ago\(deadline ?? "").", role: .warning)
        }
        return print.pausedAt.map {
            Sentence(
                text: "Paused at \(time($0)); the failure probability does not change until it resumes.", role: .paused)
        }
    }

    private func alert(_ print: Print) -> Sentence? {
        let judged = print.alertOverwrite == .failed ? " Judged a failure." : ""
        switch snapshot.alert {
        case .standing:
            let since = print.alertedAt.map { " since \(time($0))" } ?? ""
            return Sentence(text: "Alert\(since), not answered.\(judged)\(pauseToCome(print))", role: .failing)
        case .acknowledged:
            return Sentence(text: "Acknowledged: no alert or pause until pictures are clear.\(judged)", role: .warning)
        case .dismissed: return Sentence(text: "Dismissed: not a failure. \(keys.name(.undo)) takes it back.")
        case .none: return judged.isEmpty ? nil : Sentence(text: String(judged.dropFirst()), role: .warning)
        }
    }

    private func pauseToCome(_ print: Print) -> String {
        guard snapshot.printer.settings.actionOnFailure == .pause, print.pausedAt == nil, !print.awaitsPause,
            print.pauseNotConfirmedAt == nil, !print.isPauseSpent,
            (snapshot.shownProbability ?? 0) < snapshot.thresholds.pause
        else { return "" }
        return " Asks for a pause at \(percentWords(snapshot.thresholds.pause))."
    }

    private func blindness(_ print: Print) -> Sentence? {
        switch snapshot.states.camera {
        case .stale:
            let age = snapshot.lastFrame.map { "No picture for \(ago($0.receivedAt))" } ?? "No picture has come"
            return Sentence(text: "\(age): is the camera or the app gone?", role: .stale)
        case .frozen: return Sentence(text: "The pictures no longer change: the camera is frozen.", role: .stale)
        case .black: return Sentence(text: "The pictures are black.", role: .stale)
        default: return nil
        }
    }

    /// Whether anybody would be told, where nothing else is to say.
    private func attention(_ print: Print) -> Sentence? {
        if let muted = print.alertMutedAt {
            return Sentence(
                text: "Muted for \(ago(muted)): no alerts until this print ends. \(keys.name(.mute)) unmutes.")
        }
        if !snapshot.printer.settings.watchingEnabled { return Sentence(text: "Watching is off: no alerts.") }
        guard snapshot.alert == .none, print.pausedAt == nil, snapshot.isWatched else { return nil }
        return Sentence(
            text: snapshot.printer.settings.actionOnFailure == .pause
                ? "Watched; asks for a pause at \(percentWords(snapshot.thresholds.pause))."
                : "Watched; alerts only, no pause.", role: .dim)
    }

    // MARK: After the end

    private var endSentences: [Sentence] {
        guard let print = snapshot.print, let end = print.end else { return [Sentence(text: "Nothing is printing.")] }
        return Self.end(print, end, at: time(end.at), keys)
    }

    /// How a print ended, and what was said of its alert.
    static func end(_ print: Print, _ end: Print.End, at time: String, _ keys: KeyMap) -> [Sentence] {
        let words = HistoryWords(print)
        let how =
            switch end.result {
            case .success: "Finished at \(time)."
            case .cancelled: "Cancelled at \(time)."
            case .failed: "Failed at \(time)\(end.failureReason.map { ": \($0)" } ?? "")."
            case .replaced: "Replaced at \(time): another print was started over it."
            case .unknown: "Ended by \(time); how it ended is not known."
            }
        var sentences = [Sentence(text: how, role: words.role)]
        if let highest = print.maxFailureProbability {
            sentences.append(Sentence(text: "Its highest failure probability was \(percentWords(highest))."))
        }
        switch print.alertOverwrite {
        case _ where print.alertedAt == nil: break
        case .failed?: sentences.append(Sentence(text: "Its alert was judged a failure."))
        case .notFailed?: sentences.append(Sentence(text: "Its alert was dismissed: not a failure."))
        case nil where print.needsVerdict:
            sentences.append(
                Sentence(
                    text:
                        "Was the alert right? \(keys.name(.wasAFailure)): a failure, \(keys.name(.notAFailure)): dismiss it.",
                    role: .warning))
        case nil: break
        }
        return sentences
    }

    // MARK: In one line

    /// What matters most of this printer.
    var short: String {
        guard let print = snapshot.openPrint else { return trouble?.text ?? endSentences.first?.text ?? "" }
        if let urgent = trouble ?? pause(print) ?? blindness(print) { return urgent.text }
        guard snapshot.states.camera != .failing, let status = status(print).first else {
            return StrandCount(lastPictures).short.map { $0 + "." } ?? noPicture
        }
        return status.text
    }
}
