import Dashboard
import Farm
import Testing

@Suite("What the screen says of a print", .timeLimit(.minutes(20)))
struct SituationTests {
    private static let now = FarmFixture.now

    /// The list, with the printer at hand selected.
    static let lists: [Situation] = [
        Situation(
            "list-failing", [FarmFixture.failing { $0.printer.settings.actionOnFailure = .none }],
            says: ["FAILING ! 91%", "1 FAILING", "ALERT Bambu X1C-3  91 %", "28 of 30 pictures", "▇▇▇"],
            hides: [".00", "0%"]),
        Situation(
            "list-paused",
            [
                FarmFixture.failing {
                    $0.print?.pausedAt = now - .seconds(600)
                    $0.notWatchingReason = "Printer is not actively printing"
                }
            ], says: ["PAUSED    FAILING ! 91%", "ALERT Bambu X1C-3  91 %, paused"], hides: ["watched", "[p]"]),
        Situation(
            "list-endings",
            [
                FarmFixture.ended(.success, id: 1), FarmFixture.ended(.cancelled, id: 2),
                FarmFixture.ended(.failed, id: 3, reason: "layer shift"), FarmFixture.ended(.replaced, id: 4),
                FarmFixture.ended(.unknown, id: 5),
            ], keys: [.down, .down],
            says: [
                "✓ Prusa MK4 #1   DONE", "■ Prusa MK4 #2   CANCELLED", "✗ Prusa MK4 #3   FAILED",
                "/ Prusa MK4 #4   REPLACED", "? Prusa MK4 #5   UNKNOWN", "Failed at 12:49: layer shift.",
                "Nothing is printing.",
            ], hides: ["ALERT", "PAUSE", "91%"]),
        Situation(
            "list-calm",
            (1...12).map { id in
                FarmFixture.printer(
                    PrinterID(rawValue: id), "Prusa MK4 #\(id)",
                    print: FarmFixture.print(PrintID(id), on: PrinterID(rawValue: id), "clip.gcode", minutes: 30))
            }, says: ["No alerts. Watching 12 of 12 prints.", "12 printing"]),
        Situation(
            "list-machines",
            [
                machine(1, .attention), machine(2, .error), machine(3, .offline), machine(4, .pausing),
                machine(5, .resuming), machine(6, .finishing), machine(7, .printing, camera: .frozen),
                machine(8, .printing, camera: .black), machine(9, .printing, camera: .stale),
            ],
            says: [
                "ATTENTION", "ERROR", "OFFLINE", "PAUSING", "RESUMING", "FINISHING", "frozen", "black", "stale",
                "the machine needs attention",
            ]),
    ]

    private static func machine(_ id: PrinterID, _ state: MachineState, camera: CameraState = .ok) -> PrinterSnapshot {
        var snapshot = FarmFixture.printer(
            id, "Voron 2.4 #\(id)", print: FarmFixture.print(1, on: id, "plate.gcode", minutes: 20), camera: camera)
        snapshot.states.machine = state
        return snapshot
    }

    /// The page of the printer.
    static let pages: [Situation] = [
        Situation(
            "page-failing", [FarmFixture.failing { $0.printer.settings.actionOnFailure = .none }], keys: [.enter],
            says: [
                "FAILING !  91%", "Loose strands in 28 of the last 30 pictures; this camera: usually 2 %.",
                "Alerts at 60 %; now 91 %.", "Alert since 12:20, not answered.",
            ], hides: ["norm", "ewm", "clean", "uncalibrated"]),
        Situation(
            "page-asked",
            [
                FarmFixture.failing {
                    $0.print?.pauseRequestedAt = now - .seconds(12)
                    $0.pauseDeadline = now + .seconds(18)
                    $0.print?.isPauseSpent = true
                }
            ], keys: [.enter],
            says: ["? ASKED", "Pause asked 12 s ago; counts as not confirmed in 18 s.", "P paused by hand"],
            hides: ["Asks for a pause", "p pause"]),
        Situation(
            "page-not-confirmed",
            [
                FarmFixture.failing {
                    $0.print?.pauseRequestedAt = now - .seconds(95)
                    $0.print?.pauseNotConfirmedAt = now - .seconds(65)
                    $0.print?.isPauseSpent = true
                }
            ], keys: [.enter],
            says: ["! NO PAUSE", "The pause was not confirmed: look at the printer.", "P paused by hand", "a ack"]),
        Situation(
            "page-paused", [FarmFixture.failing { $0.print?.pausedAt = now - .seconds(600) }], keys: [.enter],
            says: ["‖ PAUSED  FAILING !  91%", "Paused at 12:43"], hides: ["p pause"]),
        Situation(
            "page-acknowledged", [FarmFixture.failing(alert: .acknowledged)], keys: [.enter],
            says: ["FAILING a  91%", "Acknowledged: no alert or pause until pictures are clear."],
            hides: ["a ack", "clean"]),
        Situation(
            "page-dismissed",
            [FarmFixture.failing(0.03, camera: .ok, alert: .dismissed) { $0.print?.alertOverwrite = .notFailed }],
            keys: [.enter], says: ["ok n  3%", "Dismissed: not a failure. u takes it back."]),
        Situation(
            "page-judged",
            [FarmFixture.failing(alert: .acknowledged) { $0.print?.alertOverwrite = .failed }], keys: [.enter],
            says: ["FAILING a  91%", "Judged a failure."]),
        Situation(
            "page-muted",
            [
                FarmFixture.failing(0.1, p: 0.03, camera: .ok, alert: .none) {
                    $0.print?.alertMutedAt = now - .seconds(180)
                }
            ],
            keys: [.enter], says: ["muted 3m", "Muted for 3 min: no alerts until this print ends. m unmutes."],
            hides: ["Watched"]),
        Situation(
            "page-unwatched",
            [
                FarmFixture.failing(0.1, p: 0.03, camera: .off, alert: .none) {
                    $0.printer.settings.watchingEnabled = false
                    $0.notWatchingReason = "AI failure detection is disabled"
                }
            ], keys: [.enter], says: ["off  10%", "Watching is off: no alerts."], hides: ["Watched"]),
        Situation(
            "page-first-second",
            [
                FarmFixture.failing(0.01, p: 0.03, camera: .noPicture, alert: .none) {
                    $0.print = FarmFixture.print(1, on: 1, "long.gcode", minutes: 0, frames: 0)
                    $0.recent = []
                    $0.lastFrame = nil
                }
            ], keys: [.enter], says: ["no pic  –", "No picture yet.", "no picture yet"], hides: ["1%", "Watched"]),
        Situation(
            "page-stale",
            [
                FarmFixture.failing(0.31, p: 0.12, camera: .stale, alert: .none) {
                    $0.lastFrame?.receivedAt = now - .seconds(192)
                }
            ], keys: [.enter],
            says: [
                "stale  31%", "31 % at the last picture, 3 min ago.",
                "No picture for 3 min: is the camera or the app gone?",
            ], hides: ["now 31 %", "Watched"]),
        Situation(
            "page-uncalibrated", [FarmFixture.failing()], isCalibrated: false, keys: [.enter],
            says: ["This model is uncalibrated: the number follows the older rule."]),
        Situation(
            "page-moment", [FarmFixture.failing()], keys: [.enter, .home] + Array(repeating: .right, count: 7),
            says: ["loose strands in 8 of the last 8 pictures", "Alerts at 60 %; it was 37 % then."],
            hides: ["now 91 %", "Alert since"]),
        Situation(
            "page-numbers", [FarmFixture.failing()], keys: [.enter, .character("#")],
            says: [
                "p 1.67", "ewm 1.67", "short 1.67", "long 1.67", "norm .00", "Alerts follow the failure probability",
            ], hides: ["Loose strands"]),
        Situation(
            "page-failed", [FarmFixture.ended(.failed, reason: "nozzle clogged")], keys: [.enter],
            says: [
                "✗ FAILED", "Failed at 12:49: nozzle clogged.", "Its highest failure probability was 91 %.",
            ], hides: ["ALERT", "asked"]),
        Situation(
            "page-cancelled", [FarmFixture.ended(.cancelled)], keys: [.enter],
            says: ["■ CANCELLED", "Cancelled at 12:49.", "Was the alert right? F: a failure, n: dismiss it."],
            hides: ["✓", "DONE", "no picture yet"]),
        Situation(
            "why-failed", [FarmFixture.failing()], keys: [.character("f"), .character("f")],
            says: [
                "Why did it fail?", "1  detached from the bed", "2  loose strands", "3  layer shift",
                "4  nozzle clogged", "5  warping", "6  filament ran out", "o  other: type it", "u unknown",
            ]),
        Situation(
            "why-typed", [FarmFixture.failing()], keys: [.character("f"), .character("f"), .character("o")],
            text: "the cat", says: ["why it failed: the cat"]),
        Situation(
            "forget-camera", [FarmFixture.failing()], keys: [.character("C")],
            says: ["Forget the camera of Bambu X1C-3?", "usually 2 %, seldom over 9 %", "y yes", "N no"]),
    ]

    private func screen(_ situation: Situation, _ size: GridSize) -> DashboardState {
        var state = FarmFixture.dashboard(situation.farm, columns: size.columns, rows: size.rows)
        for key in situation.keys {
            for effect in state.press(key) {
                if case .loadPoints(let print) = effect {
                    let points = situation.farm.printers.first { $0.print?.id == print }?.recent ?? []
                    _ = state.handle(.points(print, points))
                } else if case .loadPicture(let key) = effect {
                    _ = state.handle(.picture(key, FarmFixture.picture, []))
                }
            }
        }
        _ = state.type(situation.text)
        return state
    }

    @Test("Each situation in words, at every size", arguments: lists + pages, ScreenTests.sizes)
    func golden(situation: Situation, size: GridSize) throws {
        try GoldenScreen.expect(screen(situation, size).draw(), "\(situation.name)-\(size.columns)x\(size.rows)")
    }

    @Test("What has to be said is said, and nothing that is not so", arguments: lists + pages)
    func says(situation: Situation) {
        let text = screen(situation, GridSize(rows: 24, columns: 80)).draw().text
        for words in situation.says { #expect(text.contains(words), "\(situation.name): \(words)") }
        for words in situation.hides { #expect(!text.contains(words), "\(situation.name): \(words)") }
    }
}
