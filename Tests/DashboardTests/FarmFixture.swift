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

    /// A score that rises towards the end when `level` is high, and trembles a little.
    static func scores(level: Double, count: Int = 240) -> [ScorePoint] {
        (0..<count).map { index in
            let share = Double(index) / Double(max(1, count - 1))
            let tremble = Double((index * 7919) % 13) / 100
            let ewm = level * share * share + tremble / 3
            return ScorePoint(
                at: now - .seconds((count - 1 - index) * 5), frame: Int64(index + 1),
                p: index % 9 == 0 ? ewm + tremble * 3 : ewm * 0.8, ewmMean: ewm,
                normalizedP: min(1, ewm * 0.9))
        }
    }

    static func printer(
        _ id: PrinterID, _ name: String, _ condition: PrinterCondition, print: Print? = nil, level: Double = 0.04
    ) -> PrinterSnapshot {
        var printer = Printer(
            id: id, accountID: 1, settings: PrinterSettings(name: name), createdAt: now - .seconds(86_400),
            authToken: "83e56251d846ce1bdeaf")
        printer.currentPrintID = print?.id
        let isOpen = print?.isOpen == true
        printer.statistics.predictionNum = isOpen ? 240 : 0
        printer.statistics.predictionNumLifetime = 48_211
        printer.statistics.p = isOpen ? level : 0
        printer.statistics.ewmMean = isOpen ? level : 0
        printer.statistics.rollingMeanShort = level / 4
        printer.statistics.rollingMeanLong = 0.02
        printer.statistics.normalizedP = isOpen ? min(1, level * 0.9) : 0
        let score = level - 0.02
        let clause: Decision.Clause = score > 0.78 ? .aboveHigh : score >= 0.38 ? .aboveHistory : .belowLow
        func decision(_ escalation: Double) -> Decision {
            Decision(
                clause: score / escalation > 0.38 ? clause : .belowLow, frame: 240, safeFrames: 30,
                score: score / escalation, longMean: 0.02, historyThreshold: (level / 4 - 0.02) * 3.8,
                lowThreshold: 0.38, highThreshold: 0.78, escalation: escalation)
        }
        return PrinterSnapshot(
            printer: printer, accountName: "operator", print: print, condition: condition,
            risk: condition == .failing ? 1 : condition == .warning ? 0.5 : level,
            notWatchingReason: isOpen ? nil : "Printer is not actively printing",
            thresholds: FailureThresholds(warning: 0.38, failure: 0.665),
            decision: isOpen ? decision(1) : nil, pauseDecision: isOpen ? decision(1.75) : nil,
            lastFrame: print.map { _ in
                LastFrame(
                    number: 240, receivedAt: now - .seconds(condition == .stale ? 192 : 3), width: 640, height: 480,
                    detections: condition == .failing ? detections : [])
            },
            staleAt: isOpen ? now + .seconds(condition == .stale ? -60 : 60) : nil,
            recent: print == nil ? [] : scores(level: level))
    }

    static let detections = [
        Detection(confidence: 0.81, box: BoundingBox(x: 300, y: 250, width: 260, height: 220)),
        Detection(confidence: 0.44, box: BoundingBox(x: 120, y: 400, width: 120, height: 90)),
    ]

    /// Failing, warned, paused, stale, printing, muted, done and idle.
    static var farm: FarmSnapshot {
        var failing = print(101, on: 7, "bracket_x8.gcode", minutes: 124)
        failing.alertedAt = now - .seconds(40)
        failing.maxNormalizedP = 0.81
        var paused = print(103, on: 3, "gear_24t.gcode", minutes: 250)
        paused.pausedAt = now - .seconds(600)
        var muted = print(106, on: 5, "housing_base.gcode", minutes: 61)
        muted.alertMutedAt = now - .seconds(60)
        var done = print(107, on: 8, "fan_duct.gcode", minutes: 131)
        done.finishedAt = now - .seconds(240)
        done.maxNormalizedP = 0.12
        var farm = FarmSnapshot()
        farm.revision = 1
        farm.printers = [
            printer(1, "rack-a-01", .printing, print: print(104, on: 1, "clip_batch_40.gcode", minutes: 320)),
            printer(
                2, "rack-a-02", .printing, print: print(105, on: 2, "clip_batch_40.gcode", minutes: 12), level: 0.09),
            printer(3, "rack-a-03", .paused, print: paused, level: 0.12),
            printer(4, "rack-b-02", .warning, print: print(102, on: 4, "vase_spiral.gcode", minutes: 95), level: 0.47),
            printer(5, "rack-b-01", .printing, print: muted, level: 0.15),
            printer(6, "rack-c-02", .stale, print: print(108, on: 6, "lid_v3.gcode", minutes: 33)),
            printer(7, "rack-a-07", .failing, print: failing, level: 0.85),
            printer(8, "rack-b-04", .done, print: done), printer(9, "rack-c-01", .idle),
        ]
        farm.printers[4].notWatchingReason = "Alerts are muted for current print"
        farm.accounts = [Account(id: 1, name: "operator", createdAt: now - .seconds(86_400))]
        farm.events = [
            event(1, .started, .info, "Print started", "lid_v3.gcode", printer: 6, secondsAgo: 1980),
            event(2, .paused, .info, "Print paused", "gear_24t.gcode", printer: 3, secondsAgo: 600),
            event(3, .ended, .success, "Print finished", "fan_duct.gcode", printer: 8, secondsAgo: 240),
            event(4, .notWatched, .warning, "Not watched", "no frame for 60 s", printer: 6, secondsAgo: 120),
            event(5, .failureAlerted, .error, "Failure suspected", "bracket_x8.gcode", printer: 7, secondsAgo: 40),
        ]
        farm.clients = [client(1, "orca-lab", tokens: 2), client(2, "phone-sam", tokens: 1, isConfidential: false)]
        farm.status.address = "http://127.0.0.1:3334"
        farm.status.requestsPerSecond = 4.2
        farm.status.load.lastMilliseconds = 33
        return farm
    }

    static func event(
        _ id: EventID, _ kind: FarmEvent.Kind, _ severity: FarmEvent.Severity, _ title: String, _ text: String,
        printer: PrinterID, secondsAgo: Int
    ) -> FarmEvent {
        FarmEvent(
            id: id, kind: kind, severity: severity, title: title, text: text, createdAt: now - .seconds(secondsAgo),
            accountID: 1, printerID: printer, printID: nil)
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

    static var prints: [Print] {
        var finished = print(90, on: 8, "fan_duct.gcode", minutes: 300)
        finished.finishedAt = now - .seconds(9000)
        finished.maxNormalizedP = 0.11
        var failed = print(89, on: 7, "lid_v3.gcode", minutes: 500)
        failed.cancelledAt = now - .seconds(27_000)
        failed.alertedAt = now - .seconds(27_100)
        failed.alertOverwrite = .failed
        failed.maxNormalizedP = 0.93
        var doubted = print(88, on: 77, "clip_batch_40.gcode", minutes: 900)
        doubted.finishedAt = now - .seconds(34_000)
        doubted.alertedAt = now - .seconds(40_000)
        doubted.maxNormalizedP = 0.72
        return [print(101, on: 7, "bracket_x8.gcode", minutes: 124), finished, failed, doubted]
    }

    /// Of the program, oldest first.
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
