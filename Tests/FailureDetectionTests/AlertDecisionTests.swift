import FailureDetection
import Farm
import Testing

@Suite("What a frame's failure probability leads to", .timeLimit(.minutes(20)))
struct AlertDecisionTests {
    private var print = Print(
        id: PrintID(1), printerID: PrinterID(1), accountID: AccountID(1), filename: "cube.gcode",
        startedAt: Timestamp(microseconds: 0))
    private var settings = PrinterSettings(name: "mk4")
    private let thresholds = AlertThresholds(alert: 0.6, pause: 0.8, clear: 0.45)

    private func decide(_ number: Double, isWatched: Bool = true) -> AlertDecision {
        alertDecision(
            number: number, thresholds: thresholds, print: print, settings: settings, isWatched: isWatched)
    }

    /// Decisions other than `nothing`, with the frame they come at.
    private mutating func run(_ numbers: [Double]) -> [String] {
        var told: [String] = []
        for (index, number) in numbers.enumerated() {
            let decision = decide(number)
            print.take(decision)
            if decision != .nothing { told.append("\(index): \(decision)") }
        }
        return told
    }

    @Test("a slow rise alerts at 60 %, asks for the pause at 80 %, and both only once")
    func rise() {
        var copy = self
        #expect(copy.run([0.2, 0.59, 0.6, 0.7, 0.8, 0.95, 0.7, 0.95]) == ["2: alert", "4: pause"])
    }

    @Test("a jump over both thresholds alerts and asks for the pause at once")
    func jump() {
        #expect(decide(0.9) == .alertAndPause)
    }

    @Test("between clear and alert nothing is raised and nothing is over")
    func band() {
        var copy = self
        copy.print.alertState = .acknowledged
        #expect(copy.run([0.5, 0.46, 0.59]) == [])
        #expect(copy.print.alertState == .acknowledged)
    }

    @Test("an acknowledged alert blocks alerts and pauses until the pictures were clear")
    func acknowledged() {
        var copy = self
        #expect(copy.run([0.7]) == ["0: alert"])
        copy.print.alertState = .acknowledged
        #expect(copy.run([0.9, 0.95, 0.44, 0.5, 0.9]) == ["2: clear", "4: alertAndPause"])
    }

    @Test("a standing alert outlasts clear pictures, and the next rise may ask for another pause")
    func standing() {
        var copy = self
        #expect(copy.run([0.9, 0.1, 0.1, 0.9]) == ["0: alertAndPause", "1: clear", "3: pause"])
        #expect(copy.print.alertState == .standing)
    }

    @Test("a dismissed alert is raised anew by the next rise")
    func dismissed() {
        var copy = self
        copy.print.alertState = .dismissed
        #expect(copy.run([0.01, 0.3, 0.65]) == ["2: alert"])
    }

    @Test("watching switched on at 95 % alerts on the next frame")
    func watchingSwitchedOn() {
        #expect(decide(0.95, isWatched: false) == .nothing)
        #expect(decide(0.95, isWatched: true) == .alertAndPause)
    }

    @Test("a printer whose action is none is never asked to pause")
    func noAction() {
        var copy = self
        copy.settings.actionOnFailure = .none
        #expect(copy.run([0.7, 0.99]) == ["0: alert"])
    }

    @Test("a mute holds back the alert, not the end of an acknowledged one")
    func muted() {
        var copy = self
        copy.print.alertState = .acknowledged
        #expect(copy.decide(0.2, isWatched: false) == .clear)
    }
}
