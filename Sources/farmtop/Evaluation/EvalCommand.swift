import ArgumentParser
import Detector
import Evaluation
import FailureDetection
import Farm
import FarmConfiguration
import Foundation
import Imaging
import Text

struct EvalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Judge a model by labelled pictures, or by what people said of the farm's alerts.",
        discussion: """
            PICTURES is a folder with the folders failure/ and clean/, or a JSON list of {"file", "label"} with, if you \
            like, "subtype", "source", "split" and "cluster" (pictures of one number count once). Prints how well the \
            scores separate, what thresholds would do, the worst errors, and what prints made of these pictures would \
            raise. Exit code 1 if any picture could not be judged.

            With --scores alone it judges lists of scores instead: a line each, {"name", "interval_s", "p": […], "before": [[…], …]}. \
            "before" are earlier prints of that camera, finished and never alerted. Prints a line for each with the \
            frames that raise the alert and ask for the pause, and the failure probability after each frame. Frames count \
            from 1. Exit code 1 if any line could not be read.

            With --farm it reads the farm's own history: alerts by verdict and printer, failures found and missed, the scores \
            of the pictures around judged alerts, and what other sensitivities would have raised. With --model the kept \
            pictures are scored anew. Nothing of the farm changes.
            """)
    @Argument(help: "A folder or a manifest.") var pictures: String?
    @Flag(help: "Judge by the farm's own prints and people's verdicts, without pictures.") var farm = false
    @Option(
        help: "With --farm: only this printer, by name or number.", completion: CompleteCommand.completion(.printers))
    var printer: NamedPrinter?
    @Option(help: "With --farm: prints that started since then: a day (UTC), 2026-11-01, or a span, 7d or 12h.")
    var since: ReplayStart?
    @Option(help: "With --farm: how many prints are judged again by other sensitivities, the newest first.")
    var limit = 200
    @Option(help: "Only this split of a manifest.") var split: String?
    @Option(
        help:
            "With PICTURES: where to write {file: score} as JSON. Alone: lists of scores to judge, JSON lines; - reads the standard input."
    )
    var scores: String?
    @Option(help: "Sensitivity of the printer for --scores, 0.8 to 1.2.") var sensitivity = 1.0
    @Option(
        help: ArgumentHelp("Simulated cameras, made of a listing as Training/left_out.csv; JSON.", visibility: .hidden))
    var simulate: String?
    @Option(help: ArgumentHelp("Simulated cameras of each kind.", visibility: .hidden)) var cameras = 30
    @Option(help: ArgumentHelp("The seed of the simulated cameras.", visibility: .hidden)) var seed: UInt64 = 2022
    @Option(help: "How many of the worst errors to show.") var worst = 5
    @Option(help: "Seconds between a camera's pictures, for the simulated prints.") var interval = 10.0
    @OptionGroup var replacing: ForceOption
    @OptionGroup var model: ModelOptions
    @OptionGroup var options: CommonOptions

    func validate() throws {
        guard worst >= 0 else { throw ValidationError("--worst is 0 or more.") }
        guard farm || pictures != nil || scores != nil || simulate != nil else {
            throw ValidationError("Give pictures, lists of scores with --scores FILE, or --farm.")
        }
        guard !farm || (pictures == nil && scores == nil && simulate == nil) else {
            throw ValidationError("--farm stands alone, without pictures and --scores.")
        }
        guard farm || (printer == nil && since == nil) else {
            throw ValidationError("--printer and --since choose among the farm's prints: give --farm too.")
        }
        guard (1...10_000).contains(limit) else { throw ValidationError("--limit takes 1 to 10000.") }
        guard (0.8...1.2).contains(sensitivity) else { throw ValidationError("--sensitivity is 0.8 to 1.2.") }
        guard interval > 0, interval <= 3600 else { throw ValidationError("--interval is more than 0, at most 3600.") }
    }

    func run() async throws {
        if farm { try await judgeFarm() }
        if let pictures { try judge(pictures) } else if let scores { try replay(scores) }
        if let simulate { try trial(simulate) }
    }

    private func judgeFarm() async throws {
        let settings = try options.settings()
        let source = try model.source(settings)
        let calibration = try source.calibration()
        let detect = try model.detect(source)
        let (since, printer, limit) = (since, printer, limit)
        let now = Timestamp.systemClock()
        let evaluation = try await FarmAccess.with(settings) { farm in
            let snapshot = try await farm.snapshot()
            let own = snapshot.printers.map { ($0.id, $0.printer.settings) }
            let kept = KeptPrints(
                farm: farm, model: calibration.failureModel, detect: detect,
                regions: Dictionary(own.map { ($0.0, $0.1.cameraRegion) }, uniquingKeysWith: { $1 }))
            var query = PrintQuery()
            if let printer { query.printerIDs = [try printer.found(in: snapshot).id] }
            query.startedFrom = since?.moment(now: now)
            return try await FarmEvaluation(
                farm.all(query), kept: kept,
                own: Dictionary(own.map { ($0.0, $0.1.detectiveSensitivity) }, uniquingKeysWith: { $1 }), limit: limit,
                around: settings.configuration.storage.picturesAroundAlert, now: now)
        }
        try evaluation.listing(isCalibrated: calibration.table != nil).show(asJSON: options.isJSON)
    }

    private static let answered = "sometimes, false alerts dismissed"

    /// The number beside other rules: prints that fail now and then, and prints that all fail, on new and on known cameras.
    private func trial(_ path: String) throws {
        guard let bytes = FileManager.default.contents(atPath: path),
            let photos = LeftOutPhoto.list(csv: String(decoding: bytes, as: UTF8.self))
        else { throw CommandFailure.usage("\(printable(path)) is not a listing of left-out photos.") }
        let failureModel = try model.source(options.settings()).calibration().failureModel
        let trials: [(String, SimulatedCamera.Failing, Int)] = [
            ("sometimes", .sometimes, 6), (Self.answered, .sometimes, 6), ("later, new camera", .always, 1),
            ("later, known camera", .always, 4),
            ("from the start, new camera", .fromTheStart, 1), ("from the start, known camera", .fromTheStart, 4),
        ]
        let answers = trials.map { name, failing, prints in
            var trial = RuleTrial(photos: photos, model: failureModel)
            trial.isAnswered = name == Self.answered
            trial.run(cameras: cameras, prints: prints, failing: failing, seed: seed)
            return (name, trial.json)
        }
        try Console.out(JSONText.object(answers).description)
    }

    private func replay(_ path: String) throws {
        let calibration = try self.model.source(options.settings()).calibration()
        let model = calibration.failureModel
        if calibration.table == nil { Console.error("The model is \(calibration.sentence).") }
        let bytes =
            path == "-"
            ? try FileHandle.standardInput.readToEnd() ?? Data() : FileManager.default.contents(atPath: path)
        guard let bytes else { throw CommandFailure.usage("\(printable(path)) cannot be read.") }
        var failed = false
        for line in ScoreLine.lines(bytes) {
            let sequence: ScoreSequence
            do throws(ScoreLine.Fault) {
                sequence = try ScoreLine.sequence(line.bytes)
            } catch {
                failed = true
                Console.error("\(printable(path)), line \(line.number): \(printable(error.reason))")
                continue
            }
            let replay = ScoreReplay(sequence, model: model, sensitivity: sensitivity)
            guard try Console.out(ScoreLine.answer(sequence, replay).description) else { return }
        }
        if failed { throw ExitCode(1) }
    }

    private func judge(_ pictures: String) throws {
        let file = scores.map { OutputFile($0, replaces: replacing.force) }
        try file?.refuseExisting()
        let labelled = try LabelledPictures.read(pictures, split: split)
        let network = try model.source(options.settings()).load()
        let detector = try NetworkDetector(network: network)
        var scored: [ScoredPicture] = []
        var failed = false
        for picture in labelled.pictures {
            do {
                let bytes = Array(try NamedFile(picture.path).contents())
                scored.append(
                    ScoredPicture(picture: picture, score: detector.detect(try JPEG.decode(bytes).pixels).pSum))
            } catch {
                failed = true
                let reason = CommandFailure(error)?.message ?? fileReason(error)
                Console.error("\(printable(picture.file)): \(reason)")
            }
        }
        try Evaluation(
            model: network.model, scored: scored, notes: labelled.notes, worst: worst, secondsPerFrame: interval
        ).listing.show(asJSON: options.isJSON)
        if let file {
            let json = JSONText.object(scored.map { ($0.picture.file, .number($0.score)) })
            try file.write(Array((json.description + "\n").utf8))
        }
        if failed { throw ExitCode(1) }
    }
}

extension FarmBackend {
    /// Every print that matches, page by page.
    fileprivate func all(_ query: PrintQuery) async throws -> [Print] {
        var (query, prints, seen) = (query, [Print](), Set<PrintID>())
        query.limit = 1000
        while true {
            let page = try await self.prints(query)
            // What began meanwhile has moved the page.
            prints += page.filter { seen.insert($0.id).inserted }
            guard page.count == query.limit else { return prints }
            query.start += page.count
        }
    }
}
