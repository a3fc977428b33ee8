import Dashboard
import Farm
import Testing

/// A moment of a print that a screen has to tell the truth about.
struct Situation: Sendable, CustomTestStringConvertible {
    /// Names its screens.
    var name: String
    var farm: FarmSnapshot
    var keys: [Key] = []
    var text = ""
    /// What must be on the screen at 80x24.
    var says: [String]
    /// And what must not.
    var hides: [String] = []

    var testDescription: String { name }

    init(
        _ name: String, _ printers: [PrinterSnapshot], isCalibrated: Bool = true, keys: [Key] = [], text: String = "",
        says: [String], hides: [String] = []
    ) {
        self.name = name
        farm = FarmSnapshot()
        farm.revision = 1
        farm.printers = printers
        farm.accounts = FarmFixture.farm.accounts
        farm.status.model = ModelDescription(
            name: "farmtop-spaghetti", inputWidth: 256, inputHeight: 256, gflop: 1.32, parameters: 3_192_732,
            isCalibrated: isCalibrated)
        self.keys = keys
        self.text = text
        self.says = says
        self.hides = hides
    }
}

extension FarmFixture {
    /// Pictures ten seconds apart, loose strands in all but two of the last thirty; the number has long been high.
    static func failingScores(_ level: Double, p: Double = 1.67, count: Int = 240, last: Int64 = 300) -> [ScorePoint] {
        (0..<count).map { index in
            let isClean = index == count - 4 || index == count - 17
            let probability = min(level, 0.02 + Double(index) / 20)
            // Obico's number falls while the failure lasts.
            return ScorePoint(
                at: now - .seconds((count - 1 - index) * 10), frame: last - Int64(count - 1 - index),
                p: isClean ? 0.05 : p, failureProbability: probability, ewmMean: 1.67, rollingMeanShort: 1.67,
                rollingMeanLong: 1.67, normalizedP: 0.04 * Double(count - index) / Double(count))
        }
    }

    /// A printer whose print fails, in the state that `change` gives it.
    static func failing(
        _ level: Double = 0.91, p: Double = 1.67, camera: CameraState = .failing, alert: AlertState = .standing,
        change: (inout PrinterSnapshot) -> Void = { _ in }
    ) -> PrinterSnapshot {
        var print = print(1, on: 1, "long.gcode", minutes: 50, frames: 300)
        print.alertedAt = alert == .none ? nil : now - .seconds(1980)
        print.maxFailureProbability = alert == .none ? level : 0.91
        var snapshot = printer(1, "Bambu X1C-3", print: print, camera: camera, alert: alert, level: level)
        snapshot.habit = CameraHabit(usual: 0.02, seldomOver: 0.09, hours: 31)
        snapshot.recent = failingScores(level, p: p)
        snapshot.printer.statistics.normalizedP = 0
        change(&snapshot)
        return snapshot
    }

    /// A printer whose print ended four minutes ago, its alert never answered.
    static func ended(_ result: PrintResult, id: PrinterID = 1, reason: String? = nil) -> PrinterSnapshot {
        var snapshot = failing()
        snapshot.printer.id = id
        snapshot.printer.settings.name = "Prusa MK4 #\(id)"
        snapshot.print?.close(Print.End(at: now - .seconds(240), result: result, failureReason: reason))
        snapshot.states = PrinterStates()
        snapshot.failureProbability = nil
        return snapshot
    }
}
