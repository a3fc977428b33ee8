import FailureDetection
import Farm
import Logging

extension FarmService {
    /// Prints from before 0.2 teach the cameras of their printers, once: finished ones that were never alerted, and the
    /// open print goes on from what its pictures have shown. A printer whose prints cannot be read starts with a camera
    /// that nothing is known of.
    func learnFromStoredPrints() async {
        guard let scoring else { return }
        for live in state.printers.values.sorted(by: { $0.printer.id < $1.printer.id }) where live.printer.needsTeaching
        {
            if Task.isCancelled { return }
            let id = live.printer.id
            do {
                let lesson = try await read { [store] in
                    try StoredLesson(of: live, store: store, scoring: scoring)
                }
                try await perform(TakeLesson(printer: id, lesson: lesson))
            } catch {
                logger.error(
                    "The earlier prints of printer \(id) could not be used to learn about its camera: \(error)")
            }
        }
    }
}

/// What the stored predictions of one printer teach.
struct StoredLesson: Sendable {
    var camera: CameraKey
    var history: CameraHistory
    /// Of the print that is open, with the numbers of its last pictures, in their order.
    var open: (print: PrintID, evidence: FailureEvidence, isFailing: Bool, highest: Double)?

    /// Enough to know a camera by, and few enough that a farm of 200 printers is taught within seconds: frames are refused
    /// meanwhile.
    private static let prints = 5
    private static let pictures = 360

    init(of live: LivePrinter, store: any FarmStore, scoring: Scoring) throws {
        let id = live.printer.id
        camera = CameraKey(printerID: id, modelDigest: scoring.modelDigest, width: 0, height: 0)
        history = CameraHistory()
        var query = PrintQuery()
        query.printerIDs = [id]
        query.results = [.success]
        query.limit = Self.prints
        for print in try store.prints(query).reversed() where print.alertedAt == nil {
            let pictures = try store.predictions(of: print.id, after: 0, limit: Self.pictures)
            scoring.failureModel.teach(pictures.map { (at: $0.createdAt, p: $0.statistics.p) }, to: &history)
        }
        guard let print = live.currentPrint else { return }
        let pictures = try store.predictions(of: print.id, after: 0, limit: Self.pictures)
        guard !pictures.isEmpty else { return }
        var evidence = scoring.failureModel.start(camera: history)
        let thresholds = live.thresholds
        var (isFailing, highest) = (false, 0.0)
        for picture in pictures where print.pausedAt.map({ picture.createdAt < $0 }) ?? true {
            scoring.failureModel.add(
                p: picture.statistics.p, at: picture.createdAt, statistics: picture.statistics, isWatched: true,
                to: &evidence, camera: &history)
            isFailing = evidence.probability >= (isFailing ? thresholds.clear : thresholds.alert)
            highest = max(highest, evidence.probability)
        }
        open = (print.id, evidence, isFailing, highest)
    }
}

/// Installs what stored prints taught. What a camera has learnt meanwhile stays.
private struct TakeLesson: FarmCommand {
    var printer: PrinterID
    var lesson: StoredLesson

    func apply(to draft: inout FarmDraft) throws(FarmError) {
        let live = try draft.live(printer)
        guard live.printer.needsTeaching else { return }
        let lesson = lesson
        draft.change(printer) { live in
            live.printer.needsTeaching = false
            live.cameras[lesson.camera] = lesson.history
        }
        if let open = lesson.open, let print = live.currentPrint, print.id == open.print, live.evidence == nil {
            draft.change(printer) { live in
                live.isFailing = open.isFailing
                live.currentPrint?.maxFailureProbability = open.highest
            }
            draft.keep(open.evidence, lesson.history, of: lesson.camera)
        } else {
            draft.write(.cameraHistory(lesson.camera, lesson.history))
        }
        draft.writePrinter(printer)
    }
}
