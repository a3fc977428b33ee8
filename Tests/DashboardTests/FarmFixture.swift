import Dashboard
import Farm

/// A made-up farm of known content, so that screens are the same each time.
enum FarmFixture {
    /// 2026-11-23 12:53:07 UTC.
    static let now = Timestamp(secondsSince1970: 1_795_438_387)

    static func print(
        _ id: PrintID, on printer: PrinterID, _ filename: String, minutes: Int, frames: Int64 = 240
    ) -> Print {
        var print = Print(
            id: id, printerID: printer, accountID: 1, filename: filename, startedAt: now - .seconds(minutes * 60))
        print.frameCount = frames
        return print
    }

    /// A failure probability that rises to `level`, with scores of loose strands from half of it on.
    static func scores(level: Double, count: Int = 240) -> [ScorePoint] {
        (0..<count).map { index in
            let share = Double(index) / Double(max(1, count - 1))
            let tremble = Double((index * 7919) % 13) / 100
            let ewm = level * share * share + tremble / 3
            return ScorePoint(
                at: now - .seconds((count - 1 - index) * 5), frame: Int64(index + 1),
                p: index % 9 == 0 ? ewm + tremble * 3 : ewm * 0.8, failureProbability: min(1, level * share * share),
                ewmMean: ewm, rollingMeanShort: ewm / 4, rollingMeanLong: 0.02, normalizedP: min(1, ewm * 0.9))
        }
    }

    static let thresholds = AlertThresholds(alert: 0.6, pause: 0.8, clear: 0.45)

    /// - Parameters:
    ///   - camera: nil for `ok` while a print is open and `off` else.
    ///   - level: the failure probability.
    static func printer(
        _ id: PrinterID, _ name: String, print: Print? = nil, camera: CameraState? = nil, alert: AlertState = .none,
        level: Double = 0.04
    ) -> PrinterSnapshot {
        var printer = Printer(
            id: id, accountID: 1, settings: PrinterSettings(name: name), createdAt: now - .seconds(86_400),
            authToken: "83e56251d846ce1bdeaf")
        printer.currentPrintID = print?.id
        let isOpen = print?.isOpen == true
        let camera = camera ?? (isOpen ? .ok : .off)
        var print = print
        if isOpen { print?.alertState = alert }
        return PrinterSnapshot(
            printer: printer, accountName: "operator", print: print,
            states: PrinterStates(machine: .unlinked, camera: camera, alert: isOpen ? alert : .none),
            failureProbability: isOpen ? level : nil, thresholds: thresholds,
            habit: CameraHabit(usual: 0.03, seldomOver: 0.2, hours: 12),
            notWatchingReason: isOpen ? nil : "Printer is not actively printing",
            lastFrame: print.map { print in
                LastFrame(
                    number: print.frameCount, receivedAt: now - .seconds(camera == .stale ? 192 : 3), width: 640,
                    height: 480, detections: camera == .failing ? detections : [])
            },
            staleAt: isOpen ? now + .seconds(camera == .stale ? -60 : 60) : nil,
            recent: print == nil ? [] : scores(level: level))
    }

    static let detections = [
        Detection(confidence: 0.81, box: BoundingBox(x: 300, y: 250, width: 260, height: 220)),
        Detection(confidence: 0.44, box: BoundingBox(x: 120, y: 400, width: 120, height: 90)),
    ]

    /// Failing with an alert, watched closely, paused, stale, printing, muted, done and idle.
    static var farm: FarmSnapshot {
        var failing = print(101, on: 7, "bracket_x8.gcode", minutes: 124)
        failing.alertedAt = now - .seconds(40)
        failing.maxFailureProbability = 0.74
        var paused = print(103, on: 3, "gear_24t.gcode", minutes: 250)
        paused.pausedAt = now - .seconds(600)
        var muted = print(106, on: 5, "housing_base.gcode", minutes: 61)
        muted.alertMutedAt = now - .seconds(60)
        var done = print(107, on: 8, "fan_duct.gcode", minutes: 131)
        done.maxFailureProbability = 0.12
        done.close(Print.End(at: now - .seconds(240), result: .success))
        var farm = FarmSnapshot()
        farm.revision = 1
        farm.printers = [
            printer(1, "rack-a-01", print: print(104, on: 1, "clip_batch_40.gcode", minutes: 320)),
            printer(2, "rack-a-02", print: print(105, on: 2, "clip_batch_40.gcode", minutes: 12), level: 0.09),
            printer(3, "rack-a-03", print: paused, level: 0.12),
            printer(
                4, "rack-b-02", print: print(102, on: 4, "vase_spiral.gcode", minutes: 95), camera: .watch, level: 0.47),
            printer(5, "rack-b-01", print: muted, level: 0.15),
            printer(6, "rack-c-02", print: print(108, on: 6, "lid_v3.gcode", minutes: 33), camera: .stale),
            printer(7, "rack-a-07", print: failing, camera: .failing, alert: .standing, level: 0.74),
            printer(8, "rack-b-04", print: done), printer(9, "rack-c-01"),
        ]
        farm.printers[2].notWatchingReason = "Printer is not actively printing"
        farm.printers[4].notWatchingReason = "Alerts are muted for current print"
        farm.accounts = [Account(id: 1, name: "operator", createdAt: now - .seconds(86_400))]
        farm.events = [
            event(
                1, .started, .info, "Print started", "lid_v3.gcode", printer: 6, secondsAgo: 1980,
                by: .client("orca-lab")),
            event(2, .paused, .info, "Print paused", "gear_24t.gcode", printer: 3, secondsAgo: 600, by: .person),
            event(
                3, .ended, .success, "Print finished", "fan_duct.gcode", printer: 8, secondsAgo: 240,
                by: .client("orca-lab")),
            event(4, .notWatched, .warning, "Not watched", "no picture for 60 s", printer: 6, secondsAgo: 120),
            event(
                5, .failureAlerted, .error, "Failure detected", "bracket_x8.gcode", printer: 7, secondsAgo: 40,
                print: 101),
        ]
        farm.clients = [client(1, "orca-lab", tokens: 2), client(2, "phone-sam", tokens: 1, isConfidential: false)]
        farm.status.address = "http://127.0.0.1:3334"
        farm.status.requestsPerSecond = 4.2
        farm.status.load.lastMilliseconds = 33
        return farm
    }

    static func event(
        _ id: EventID, _ kind: FarmEvent.Kind, _ severity: FarmEvent.Severity, _ title: String, _ text: String,
        printer: PrinterID, secondsAgo: Int, by actor: EventActor = .farmtop, print: PrintID? = nil
    ) -> FarmEvent {
        FarmEvent(
            id: id, kind: kind, severity: severity, actor: actor, title: title, text: text,
            createdAt: now - .seconds(secondsAgo), accountID: 1, printerID: printer, printID: print)
    }

    static func client(_ id: ClientID, _ name: String, tokens: Int, isConfidential: Bool = true) -> ClientSummary {
        ClientSummary(
            OAuthClient(
                id: id, publicID: "\(name)-7f3a91", name: name, accountID: 1,
                secret: isConfidential ? SecretDigest(salt: [1], digest: [2]) : nil, scope: .all,
                grants: isConfidential ? [.clientCredentials] : [.authorizationCode, .refreshToken],
                redirectURIs: isConfidential ? [] : ["http://127.0.0.1/callback"], tokenLifetimeSeconds: nil,
                createdAt: now - .seconds(86_400 * 3)),
            accountName: "operator", lastUsedAt: now - .seconds(6), liveTokens: tokens)
    }

    /// One that runs, then one of each ending; the last is from before 0.2.
    static var prints: [Print] {
        var open = print(101, on: 7, "bracket_x8.gcode", minutes: 124)
        open.maxFailureProbability = 0.74
        var finished = print(90, on: 8, "fan_duct.gcode", minutes: 300)
        finished.maxFailureProbability = 0.11
        finished.close(Print.End(at: now - .seconds(9000), result: .success))
        var failed = print(89, on: 7, "lid_v3.gcode", minutes: 500)
        failed.alertedAt = now - .seconds(27_100)
        failed.alertOverwrite = .failed
        failed.maxFailureProbability = 0.93
        failed.close(Print.End(at: now - .seconds(27_000), result: .failed, failureReason: "warping"))
        var cancelled = print(87, on: 7, "gear_24t.gcode", minutes: 620)
        cancelled.maxFailureProbability = 0.2
        cancelled.close(Print.End(at: now - .seconds(34_000), result: .cancelled))
        var replaced = print(86, on: 3, "vase_spiral.gcode", minutes: 700)
        replaced.maxFailureProbability = 0.05
        replaced.close(Print.End(at: now - .seconds(40_000), result: .replaced))
        var unseen = print(85, on: 3, "clip_batch_40.gcode", minutes: 800)
        unseen.close(Print.End(at: now - .seconds(42_000), result: .unknown))
        var doubted = print(88, on: 77, "clip_batch_40.gcode", minutes: 900)
        doubted.alertedAt = now - .seconds(45_000)
        doubted.close(Print.End(at: now - .seconds(44_000), result: .success))
        return [open, finished, failed, cancelled, replaced, unseen, doubted]
    }

    /// What the program logged, oldest first.
    static let logLines = [
        LogLine(at: now - .seconds(3000), level: .info, source: "farmtop", text: "The model is loaded."),
        LogLine(at: now - .seconds(2990), level: .debug, source: "api", text: "request"),
        LogLine(
            at: now - .seconds(50), level: .error, source: "storage",
            text: "The disk is full: the frame of rack-a-07 was judged, but its picture is not kept."),
        LogLine(at: now - .seconds(20), level: .warning, source: "api", text: "A client sends faster than it may."),
    ]

    /// A dashboard that shows `farm`.
    static func dashboard(
        _ farm: FarmSnapshot = farm, columns: Int = 80, rows: Int = 24, options: DashboardOptions = DashboardOptions()
    ) -> DashboardState {
        var state = DashboardState(options: options, size: GridSize(rows: rows, columns: columns), now: now)
        _ = state.handle(.farm(.snapshot(farm)))
        return state
    }

    /// A picture with a bright disc on a dark slope: shapes that a cell picture must keep.
    static let picture: Pixels = {
        let width = 64
        let height = 48
        var bytes: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                let distance = (x - 30) * (x - 30) + (y - 25) * (y - 25)
                bytes += distance < 150 ? [230, 160, 60] : [UInt8(x), UInt8(x + y), UInt8(40 + y * 2)]
            }
        }
        return Pixels(width: width, height: height, bytes: bytes)
    }()
}

extension DashboardState {
    /// Types each character as a key.
    mutating func type(_ text: String) -> [DashboardEffect] {
        text.reduce(into: []) { $0 += handle(.terminal(.key(.character($1)))) }
    }

    mutating func press(_ key: Key) -> [DashboardEffect] { handle(.terminal(.key(key))) }

    /// Gives the pictures, scores and prints that were asked for.
    mutating func answerLoads(_ effects: [DashboardEffect]) {
        var open = effects
        while let effect = open.popLast() {
            switch effect {
            case .loadPicture(let key):
                open += handle(
                    .picture(
                        key, FarmFixture.picture,
                        [Detection(confidence: 0.81, box: BoundingBox(x: 30, y: 25, width: 30, height: 28))]))
            case .loadPoints(let print): open += handle(.points(print, FarmFixture.scores(level: 0.85)))
            case .loadPrints(let query): open += handle(.prints(query, FarmFixture.prints))
            case .loadEvents(let query): open += handle(.events(query, []))
            case .perform(.listTokens, let id):
                let token = AccessToken(
                    id: 12, digest: TokenDigest(bytes: []), clientID: 1, accountID: 1, scope: .all,
                    createdAt: FarmFixture.now - .seconds(60), expiresAt: FarmFixture.now + .seconds(3540))
                open += handle(
                    .reply(
                        id, .success(.tokens([TokenSummary(token, clientName: "orca-lab", accountName: "operator")]))))
            default: break
            }
        }
    }
}

extension [DashboardEffect] {
    /// The actions asked for.
    var actions: [FarmAction] {
        compactMap { if case .perform(let action, _) = $0 { action } else { nil } }
    }
}
