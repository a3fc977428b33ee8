import FailureDetection
import Farm

extension LivePrinter {
    /// What speaks for a failure before the first picture of a print: one print in a hundred is failing as it begins.
    static let probabilityBeforePictures = 0.01

    /// That the open print is failing now, 0...1; nil while no print is open.
    public var failureProbability: Double? {
        currentPrint == nil ? nil : evidence?.probability ?? Self.probabilityBeforePictures
    }

    var thresholds: AlertThresholds { AlertThresholds(sensitivity: printer.settings.detectiveSensitivity) }

    /// Seconds between pictures; nil before there were two.
    var medianInterval: Double? {
        let sorted = intervals.sorted()
        return sorted.isEmpty ? nil : sorted[sorted.count / 2]
    }

    /// When the frames count as missing; nil while none are expected. Three median intervals, not under `atLeast`, after
    /// the last frame, or after frames came to be expected if that is later.
    func staleAt(atLeast: Duration) -> SteadyTime? {
        awaitsFrames ? lastFrameMissed(atLeast: atLeast) : nil
    }

    private func lastFrameMissed(atLeast: Duration) -> SteadyTime? {
        framesAwaitedSince.map { $0 + max(intervals(3), atLeast) }
    }

    /// When a pause that is asked counts as not confirmed: an app learns of the request by its next picture, so it has
    /// two of them, and a machine what its kind needs. Nil once a person has seen that it passed.
    func pauseDeadline(atLeast: Duration) -> SteadyTime? {
        guard let pauseAskedSince else { return nil }
        let within = machine?.commands.confirmedWithin ?? max(intervals(2), atLeast)
        if let print = currentPrint, let seenAt = print.alertAcknowledgedAt, let askedAt = print.pauseRequestedAt,
            seenAt >= askedAt + within
        {
            return nil
        }
        return pauseAskedSince + within
    }

    /// So many median intervals; a day at the most, so that stored times that are far apart do not overflow.
    private func intervals(_ count: Double) -> Duration {
        .milliseconds(Int64(min((medianInterval ?? 0) * count, 86_400) * 1000))
    }

    func states(at now: SteadyTime, limits: FarmLimits) -> PrinterStates {
        PrinterStates(
            machine: machine?.shownState ?? .unlinked, camera: cameraState(at: now, limits: limits),
            alert: currentPrint?.alertState ?? .none)
    }

    /// By evidence alone. A pause freezes it, a mute leaves it as it is.
    private func cameraState(at now: SteadyTime, limits: FarmLimits) -> CameraState {
        guard currentPrint != nil, printer.settings.watchingEnabled else { return .off }
        let moment = pausedSince ?? now
        let isMissed = lastFrameMissed(atLeast: limits.staleAfterAtLeast).map { moment >= $0 } ?? false
        guard lastFrame != nil else { return isMissed && expectsPictures ? .stale : .noPicture }
        if isMissed { return .stale }
        if pictureRun.isFrozen { return .frozen }
        if pictureRun.isBlack { return .black }
        let (number, thresholds) = (failureProbability ?? 0, thresholds)
        if number >= (isFailing ? thresholds.clear : thresholds.alert) { return .failing }
        return number >= thresholds.alert / 2 ? .watch : .ok
    }

    /// Something takes pictures of this printer: a camera that judges its prints, or whatever has sent some before.
    var expectsPictures: Bool {
        if ownCameras.contains(where: { $0.camera.settings.isPrimary }) || (currentPrint?.frameCount ?? 0) > 0 {
            return true
        }
        // The pictures of before may be of a camera that was taken away, and a machine sends none.
        guard machine == nil else { return hasAppPictures }
        return snapshotKey != nil || !cameras.isEmpty || (currentPrint ?? lastPrint).map { $0.frameCount > 0 } ?? false
    }

    /// After a restart: the last print had pictures, and no camera of the printer's own is there that took them. Where one was
    /// removed since, that is so until a print without pictures has ended.
    var sentPicturesLately: Bool {
        ownCameras.isEmpty && ((currentPrint?.frameCount ?? 0) > 0 || (lastPrint?.frameCount ?? 0) > 0)
    }

    /// Nothing takes pictures of the open print. Whoever is about to send the first one is given a moment.
    func hasNoCamera(at now: SteadyTime) -> Bool {
        guard machine != nil, currentPrint != nil, ownCameras.isEmpty, !expectsPictures else { return false }
        return framesAwaitedSince.map { now >= $0 + .seconds(10) } ?? true
    }

    /// What belongs to the pictures of a print goes with it; what was learnt of the camera stays.
    mutating func forgetPictures() {
        lastFrame = nil
        lastFrameAt = nil
        recent = []
        intervals = []
        evidence = nil
        evidenceWithoutMemory = nil
        isFailing = false
        pictureRun = PictureRun()
    }

    /// The history of a camera; one that was learnt without knowing the size of the pictures is taken over by the first
    /// camera that sends one.
    /// - Returns: also the key under which it was found, where that is another one.
    func history(of key: CameraKey) -> (history: CameraHistory, takenFrom: CameraKey?) {
        if let known = cameras[key] { return (known, nil) }
        var unsized = key
        (unsized.width, unsized.height) = (0, 0)
        guard let learnt = cameras[unsized] else { return (CameraHistory(), nil) }
        return (learnt, unsized)
    }
}
