import FailureDetection
public import Farm
import Text

/// What came of a frame.
public struct FrameReport: Sendable, Equatable {
    /// Highest confidence first; boxes in pixels of the upright frame.
    public var detections: [Detection]
    /// Obico's numbers, this frame included.
    public var statistics: TemporalStatistics
    /// That the print is failing now, 0...1.
    public var failureProbability: Double
    /// This frame raised an alert.
    public var alert: Bool
    /// An alert stands that nobody has answered.
    public var alertStanding: Bool
    /// The app is asked to pause and has not done so yet.
    public var pauseRequested: Bool
    /// What was wrong with a picture that was usable all the same.
    public var damage: String?

    public init(
        detections: [Detection], statistics: TemporalStatistics, failureProbability: Double, alert: Bool,
        alertStanding: Bool, pauseRequested: Bool, damage: String?
    ) {
        self.detections = detections
        self.statistics = statistics
        self.failureProbability = failureProbability
        self.alert = alert
        self.alertStanding = alertStanding
        self.pauseRequested = pauseRequested
        self.damage = damage
    }
}

/// Takes an analysed frame into what is known of the print that was open when the frame came.
struct ApplyFrame: FarmCommand {
    var ticket: FrameTicket
    var jpeg: [UInt8]
    /// The hash of the picture's bytes; means something in this process only.
    var pictureHash: Int
    var analysis: FrameAnalysis
    /// The camera's own word on when the picture was taken.
    var lastModified: String?

    init(ticket: FrameTicket, jpeg: [UInt8], analysis: FrameAnalysis, lastModified: String? = nil) {
        self.lastModified = lastModified
        self.ticket = ticket
        self.jpeg = jpeg
        self.analysis = analysis
        var hasher = Hasher()
        jpeg.withUnsafeBytes { hasher.combine(bytes: $0) }
        pictureHash = hasher.finalize()
    }

    /// - Throws: `notPrinting` when that print is no longer open; nothing changes then.
    func apply(to draft: inout FarmDraft) throws(FarmError) -> FrameReport {
        let id = ticket.printerID
        guard let live = draft.state.printers[id], let print = live.currentPrint, print.id == ticket.printID else {
            throw .notPrinting
        }
        let statistics = live.printer.statistics.adding(
            p: analysis.detections.pSum, sensitivity: live.printer.settings.detectiveSensitivity)
        let count = draft.count(analysis, ticket)
        let probability = draft.judge(analysis, counting: count.p, statistics, ticket)
        let decision = alertDecision(
            number: probability, thresholds: live.thresholds, print: print, settings: live.printer.settings,
            isWatched: live.isWatched)
        record(statistics, probability, count, in: &draft)
        draft.keepPicture(jpeg, number: statistics.predictionNum, of: id, print: print.id)
        carryOut(decision, probability, frame: statistics.predictionNum, in: &draft)
        draft.noteUse(of: count, ticket)
        draft.noteWithheldAlert(of: id, frame: statistics.predictionNum)
        draft.writePrinter(id)
        draft.write(
            .prediction(
                Prediction(
                    printID: print.id, printerID: id, createdAt: draft.now, statistics: statistics,
                    failureProbability: probability, detections: analysis.detections,
                    counted: count.kept(of: statistics.p), region: ticket.region)))
        let after = try draft.live(id).currentPrint
        return FrameReport(
            detections: analysis.detections, statistics: statistics, failureProbability: probability,
            alert: decision.raisesAlert, alertStanding: after?.hasStandingAlert ?? false,
            pauseRequested: after?.awaitsPause ?? false, damage: analysis.damage)
    }

    private func record(
        _ statistics: TemporalStatistics, _ probability: Double, _ count: VerdictMemory.Count, in draft: inout FarmDraft
    ) {
        let (counted, region) = (count.kept(of: statistics.p), ticket.region)
        let (now, steady, keep) = (draft.now, draft.steady, draft.limits.recentPoints)
        let (analysis, hash, lastModified) = (analysis, pictureHash, lastModified)
        let isOfApp = !ticket.isOfOwnCamera
        draft.change(ticket.printerID) { live in
            // Where the wait began anew in between, nobody knows how many frames are missing.
            if let last = live.lastFrameAt, last == live.framesAwaitedSince {
                live.intervals.append(max(0, steady.seconds(since: last)))
                if live.intervals.count > 16 { live.intervals.removeFirst() }
            }
            if live.awaitsFrames {
                live.pictureRun.add(
                    hash: hash, lastModified: lastModified, isBlack: analysis.isBlack, at: steady)
            }
            if isOfApp { live.hasAppPictures = true }
            live.printer.statistics = statistics
            live.lastFrame = LastFrame(
                number: statistics.predictionNum, receivedAt: now, width: analysis.width, height: analysis.height,
                detections: analysis.detections)
            live.lastFrameAt = steady
            live.framesAwaitedSince = steady
            live.recent.append(
                ScorePoint(
                    at: now, statistics, failureProbability: probability, counted: counted, region: region))
            if live.recent.count > keep { live.recent.removeFirst(live.recent.count - keep) }
            guard var print = live.currentPrint else { return }
            print.frameCount = statistics.predictionNum
            print.maxNormalizedP = max(print.maxNormalizedP, statistics.normalizedP)
            print.maxFailureProbability = max(print.maxFailureProbability ?? 0, probability)
            print.notWatchedAt = nil
            live.currentPrint = print
        }
    }

    private func carryOut(
        _ decision: AlertDecision, _ probability: Double, frame: Int64, in draft: inout FarmDraft
    ) {
        guard decision != .nothing else { return }
        let now = draft.now
        draft.change(ticket.printerID) { live in
            live.currentPrint?.take(decision)
            if decision.raisesAlert {
                live.currentPrint?.alertedAt = now
                // The verdict was on an earlier one; nobody has judged this.
                live.currentPrint?.alertOverwrite = nil
                live.currentPrint?.alertAcknowledgedAt = nil
            }
            if decision.raisesAlert || decision.requestsPause { live.alertFrames.append(frame) }
            if decision.requestsPause {
                live.currentPrint?.pauseRequestedAt = now
                live.currentPrint?.pauseNotConfirmedAt = nil
            }
        }
        guard let live = draft.state.printers[ticket.printerID], let print = live.currentPrint else { return }
        let number = percentWords(probability)
        if decision.raisesAlert {
            draft.record(
                .failureAlerted, decision.requestsPause ? .error : .warning, by: .farmtop,
                title: decision.requestsPause ? "Failure Detected" : "Possible Failure Detected",
                text: "\(print.filename) is failing with a probability of \(number); "
                    + (decision.requestsPause
                        ? "\(live.mover) is asked to pause it."
                        : "alerts start at \(percentWords(live.thresholds.alert))."),
                print: print, frame: frame)
        } else if decision.requestsPause {
            draft.record(
                .pauseRequested, .error, by: .farmtop, title: "Pause Requested",
                text:
                    "\(print.filename) is failing with a probability of \(number); \(live.mover) is asked to pause it.",
                print: print, frame: frame)
        }
        if decision.requestsPause { draft.askForPause(of: ticket.printerID) }
    }
}

extension FarmDraft {
    /// Takes a picture's score into the evidence of the open print and into what is known of its camera, and writes both.
    /// A pause freezes the number.
    /// - Parameter p: what of the score counts.
    /// - Returns: that the print is failing now, 0...1.
    mutating func judge(
        _ analysis: FrameAnalysis, counting p: Double, _ statistics: TemporalStatistics, _ ticket: FrameTicket
    ) -> Double {
        let id = ticket.printerID
        guard let live = state.printers[id], let print = live.currentPrint, let scoring else {
            return LivePrinter.probabilityBeforePictures
        }
        let key = CameraKey(
            printerID: id, modelDigest: scoring.modelDigest, region: ticket.region.description, width: analysis.width,
            height: analysis.height)
        var (history, takenFrom) = live.history(of: key)
        var evidence = live.evidence ?? scoring.failureModel.start(camera: history)
        if let before = live.camera, live.evidence != nil, before != key, takenFrom != before {
            scoring.failureModel.change(&evidence, to: history)
            change(id) { $0.evidenceWithoutMemory = nil }
        }
        if print.pausedAt == nil {
            followWithoutMemory(analysis, counting: p, statistics, from: evidence, history, of: id)
            scoring.failureModel.add(
                p: p, at: steady.pictureTime, statistics: statistics, isWatched: live.isWatched, to: &evidence,
                camera: &history)
        }
        keep(evidence, history, of: key, takenFrom: takenFrom)
        return evidence.probability
    }

    /// Installs evidence and history in memory and writes both.
    mutating func keep(
        _ evidence: FailureEvidence, _ history: CameraHistory, of key: CameraKey, takenFrom: CameraKey? = nil
    ) {
        change(key.printerID) { live in
            live.evidence = evidence
            live.camera = key
            live.cameras[key] = history
            if let takenFrom { live.cameras[takenFrom] = nil }
            let thresholds = live.thresholds
            live.isFailing = evidence.probability >= (live.isFailing ? thresholds.clear : thresholds.alert)
        }
        if let takenFrom { write(.removeCameraHistory(takenFrom)) }
        forgetSurplusCameras(of: key.printerID, sparing: key)
        write(.cameraHistory(key, history))
        guard let live = state.printers[key.printerID], let print = live.currentPrint else { return }
        write(
            .failureEvidence(
                key.printerID,
                StoredEvidence(
                    printID: print.id, camera: key, evidence: evidence, isFailing: live.isFailing,
                    withoutMemory: live.evidenceWithoutMemory)))
    }

    /// A printer has few cameras. Where pictures of ever new sizes come, the camera of which least is known goes.
    private mutating func forgetSurplusCameras(of id: PrinterID, sparing key: CameraKey) {
        guard let live = state.printers[id], live.cameras.count > limits.camerasPerPrinter, let scoring else { return }
        func hours(_ history: CameraHistory) -> Double { scoring.failureModel.habit(of: history)?.hours ?? 0 }
        let surplus = live.cameras.filter { $0.key != key }.min { hours($0.value) < hours($1.value) }
        guard let surplus = surplus?.key else { return }
        change(id) { $0.cameras[surplus] = nil }
        write(.removeCameraHistory(surplus))
    }

    /// The end of a print teaches its camera what was held back while it ran.
    mutating func teachCamera(of id: PrinterID, ended print: Print) {
        guard let live = state.printers[id], let key = live.camera, let evidence = live.evidence,
            var history = live.cameras[key], let result = print.result, let scoring
        else { return }
        scoring.failureModel.end(
            evidence, camera: &history, as: result, wasAlerted: print.alertedAt != nil, verdict: print.alertOverwrite,
            at: steady.pictureTime)
        let learnt = history
        change(id) { $0.cameras[key] = learnt }
        write(.cameraHistory(key, learnt))
    }
}

extension ScorePoint {
    init(
        at moment: Timestamp, _ statistics: TemporalStatistics, failureProbability: Double?, counted: Double? = nil,
        region: CameraRegion? = nil
    ) {
        self.init(
            at: moment, frame: statistics.predictionNum, p: statistics.p, failureProbability: failureProbability,
            ewmMean: statistics.ewmMean, rollingMeanShort: statistics.rollingMeanShort,
            rollingMeanLong: statistics.rollingMeanLong, normalizedP: statistics.normalizedP, counted: counted,
            region: region)
    }

    init(_ prediction: Prediction) {
        self.init(
            at: prediction.createdAt, prediction.statistics, failureProbability: prediction.failureProbability,
            counted: prediction.counted, region: prediction.region)
    }
}
