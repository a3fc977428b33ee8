import ArgumentParser
import Detector
import FailureDetection
import Farm
import Foundation

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Judge kept prints again: what another sensitivity or model would have raised.",
        discussion: """
            Takes the kept scores of the prints through the alert decision and prints, for each, when the alert was raised \
            and when it would be raised now. Below stands what the alerts were worth, by what people said of them. Without \
            --sensitivity each printer's own counts. Nothing of the farm changes.

            Scores that counted less because the same was dismissed there before are judged both ways: WITHOUT MEMORY says when \
            an alert would be raised if nobody had dismissed anything. A region of the camera is a camera of its own, as it was then.

            With --model the pictures that are kept are scored anew; most pictures of a print are not kept, so the result \
            covers the last ones and those around alerts. They are judged in the region that the printer's camera has now, and \
            with the verdicts that were given before each picture and are still remembered.
            """)
    @Argument(help: "The print's number, as print list shows it.") var print: Int64?
    @Option(
        help: "All prints of this printer: its name or number.",
        completion: CompleteCommand.completion(.printers))
    var printer: NamedPrinter?
    @Option(help: "Prints that started since then: a day (UTC), 2026-11-01, or a span, 7d or 12h.") var since:
        ReplayStart?
    @Option(help: "Sensitivity to judge by, 0.8 to 1.2.") var sensitivity: Double?
    @Option(help: "How many prints at most, the newest first.") var limit = 100
    @OptionGroup var model: ModelOptions
    @OptionGroup var options: CommonOptions

    func validate() throws {
        guard print != nil || printer != nil || since != nil else {
            throw ValidationError("Give a print's number, --printer NAME or --since 7d.")
        }
        guard print == nil || (printer == nil && since == nil) else {
            throw ValidationError("A print's number stands alone, without --printer and --since.")
        }
        if let sensitivity, !(0.8...1.2).contains(sensitivity) {
            throw ValidationError("--sensitivity is 0.8 to 1.2.")
        }
        guard (1...1000).contains(limit) else { throw ValidationError("--limit takes 1 to 1000.") }
    }

    func run() async throws {
        let settings = try options.settings()
        let source = try model.source(settings)
        let calibration = try source.calibration()
        let detect = try model.detect(source)
        let listing = try await FarmAccess.with(settings) { farm in
            let snapshot = try await farm.snapshot()
            let regions = Dictionary(
                snapshot.printers.map { ($0.id, $0.printer.settings.cameraRegion) }, uniquingKeysWith: { $1 })
            let kept = KeptPrints(
                farm: farm, model: calibration.failureModel, sensitivity: sensitivity,
                detect: detect, regions: regions)
            let own = Dictionary(
                snapshot.printers.map { ($0.id, $0.printer.settings.detectiveSensitivity) }, uniquingKeysWith: { $1 })
            var replays: [PrintReplay] = []
            for print in try await prints(of: farm, snapshot) {
                replays.append(try await kept.replay(print, sensitivities: own))
            }
            return Listing(replays: replays, isCalibrated: calibration.table != nil)
        }
        try listing.show(asJSON: options.isJSON)
    }

    private func prints(of farm: any FarmBackend, _ snapshot: FarmSnapshot) async throws -> [Print] {
        var query = PrintQuery()
        query.limit = limit
        if let printer { query.printerIDs = [try printer.found(in: snapshot).id] }
        query.startedFrom = since?.moment(now: Timestamp.systemClock())
        guard let number = print else { return try await farm.prints(query) }
        query.limit = 1000
        while true {
            let page = try await farm.prints(query)
            if let found = page.first(where: { $0.id.rawValue == number }) { return [found] }
            guard page.count == query.limit else { break }
            query.start += page.count
        }
        throw CommandFailure.failed("There is no print \(number). List them: farmtop print list")
    }
}

extension ModelOptions {
    /// What judges kept pictures anew; nil where no other model was named, and the stored scores count.
    func detect(_ source: ModelSource) throws -> KeptPrints.Detect? {
        guard model != nil else { return nil }
        let detector = try NetworkDetector(network: source.load())
        return { detector.detect($0, in: $1) }
    }
}

/// The beginning of the prints to judge: a day in UTC, or a span before now.
struct ReplayStart: ExpressibleByArgument, Equatable {
    private enum Kind: Equatable {
        case day(Timestamp)
        case span(seconds: Double)
    }
    private var kind: Kind
    private static let day = Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day()

    init?(argument: String) {
        if let unit = argument.last, let count = Int(argument.dropLast()), (1...36_500).contains(count) {
            switch unit {
            case "d": kind = .span(seconds: Double(count) * 86_400)
            case "h": kind = .span(seconds: Double(count) * 3600)
            default: return nil
            }
        } else if argument.utf8.count == 10, let day = try? Date(argument, strategy: Self.day) {
            kind = .day(Timestamp(secondsSince1970: day.timeIntervalSince1970))
        } else {
            return nil
        }
    }

    func moment(now: Timestamp) -> Timestamp {
        switch kind {
        case .day(let day): day
        case .span(let seconds): now + .seconds(-seconds)
        }
    }
}
