internal import Farm

/// What is said of a printer: signs, words and roles, never a colour alone.
struct PrinterWords {
    let machine: MachineWord
    let camera: CameraState
    let cameraWord: StaticString
    let alert: AlertState
    let sign: Grapheme
    let role: Role

    init(_ snapshot: PrinterSnapshot) {
        machine = snapshot.machineWord
        camera = snapshot.states.camera
        cameraWord = snapshot.cameraWord
        alert = snapshot.alert
        let headline = Headline(snapshot)
        sign = headline.sign
        role = headline.role
    }

    /// The camera's word with the alert's sign behind it: `FAILING !`.
    var cameraAndAlert: String { PrinterStates(camera: camera, alert: alert).cameraAndAlert(cameraWord) }

    /// What keeps the alerts of a running print from being told.
    /// - Parameter now: tells for how long it is muted; nil where that must not change by itself.
    static func note(_ snapshot: PrinterSnapshot, now: Timestamp? = nil) -> String? {
        guard let muted = snapshot.openPrint?.alertMutedAt else { return nil }
        return now.map { "muted \(Clock.age($0.seconds(since: muted)))" } ?? "muted"
    }
}

extension PrinterSnapshot {
    /// The print that is running now; nil when the last one is only shown because it has just ended.
    var openPrint: Print? { print.flatMap { $0.isOpen ? $0 : nil } }
    var name: String { printer.settings.name }
    /// A pause is asked of the open print, and whether it stands still is not known yet.
    var awaitsPause: Bool { openPrint?.awaitsPause == true || openPrint?.pauseNotConfirmedAt != nil }

    /// Tells of the open print only: what has ended alerts nobody.
    var alert: AlertState { openPrint == nil ? .none : states.alert }

    /// The failure probability of the open print; nil before its first picture.
    var shownProbability: Double? {
        guard let print = openPrint, print.frameCount > 0 else { return nil }
        return failureProbability
    }

    /// Nothing takes pictures of it, as far as this farm knows: a machine is linked, and no camera and no app has given one for a while.
    func lacksCamera(_ context: Context) -> Bool {
        // A farm elsewhere does not tell of its cameras; the demo's pictures come as an app's do.
        guard machine != nil, cameras.isEmpty, lastFrameKey == nil, !context.options.isRemote,
            !context.options.isSimulated
        else { return false }
        return openPrint == nil || hasNoCamera
    }

    /// Why there is no picture where one belongs.
    func withoutPicture(_ context: Context) -> String {
        lacksCamera(context) ? "no camera: \(context.keys.name(.edit)) adds one" : "no picture yet"
    }

    /// Names the last frame's picture.
    var lastFrameKey: FrameKey? {
        guard let print else { return nil }
        if let lastFrame { return FrameKey(printID: print.id, number: lastFrame.number) }
        return print.frameCount > 0 ? FrameKey(printID: print.id, number: print.frameCount) : nil
    }

    /// Seconds that the print has run, or took.
    func elapsed(at now: Timestamp) -> Double? {
        guard let print else { return nil }
        return print.printTime ?? max(0, (print.endedAt ?? now).seconds(since: runningSince ?? print.startedAt))
    }
}

extension AlertThresholds {
    /// The colour of a failure probability.
    func role(_ probability: Double?) -> Role {
        guard let probability, probability.isFinite else { return .dim }
        return probability >= alert ? .failing : probability >= alert / 2 ? .warning : .text
    }
}
