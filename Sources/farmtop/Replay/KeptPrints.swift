import FailureDetection
import Farm
import Imaging

/// Reads kept prints of a farm and judges them again.
struct KeptPrints {
    /// What is seen in a part of a picture, in pixels of the whole picture.
    typealias Detect = (Pixels, CameraRegion) -> [Detection]

    var farm: any FarmBackend
    var model: FailureModel
    /// Nil: each printer's own.
    var sensitivity: Double?
    /// Scores the kept pictures anew; nil: the stored scores count.
    var detect: Detect?
    /// What is judged of each printer's pictures now; pictures that are scored anew are judged there.
    var regions: [PrinterID: CameraRegion] = [:]

    /// As many as a camera is known by when its stored prints teach it at the start of a farm.
    private static let printsBefore = 5
    private static let pointsBefore = 360
    private static let points = 20_000

    func replay(_ print: Print, sensitivities: [PrinterID: Double]) async throws -> PrintReplay {
        try await kept(print).replay(
            by: model, sensitivity: sensitivity ?? sensitivities[print.printerID] ?? 1)
    }

    /// All that is needed to judge a print, as often as one likes.
    func kept(_ print: Print) async throws -> KeptPrint {
        let (scores, frames, missing) = try await scores(of: print, limit: Self.points)
        return KeptPrint(
            print: print, pictures: scores, frames: frames, missing: missing,
            events: try await farm.events(printer: nil, print: print.id, limit: 1000), before: try await before(print))
    }

    /// Another network's scores say nothing of what this one would have learnt: then the camera is new.
    private func before(_ print: Print) async throws -> [[PictureScore]] {
        guard detect == nil else { return [] }
        var query = PrintQuery()
        query.printerIDs = [print.printerID]
        query.results = [.success]
        query.startedBefore = print.startedAt
        query.limit = Self.printsBefore
        var before: [[PictureScore]] = []
        for earlier in try await farm.prints(query).reversed() where earlier.alertedAt == nil {
            before.append(try await stored(earlier, limit: Self.pointsBefore).map(PictureScore.init))
        }
        return before
    }

    private func stored(_ print: Print, limit: Int) async throws -> [ScorePoint] {
        try await farm.predictions(of: print.id, after: 0, limit: limit)
    }

    private func scores(
        of print: Print, limit: Int
    ) async throws -> (scores: [PictureScore], frames: [Int64], missing: Int) {
        let points = try await stored(print, limit: limit)
        guard let detect else { return (points.map(PictureScore.init), points.map(\.frame), 0) }
        let region = regions[print.printerID] ?? .whole
        let verdicts = try await verdicts(on: print, in: region)
        var (scores, frames): ([PictureScore], [Int64]) = ([], [])
        for point in points {
            guard let jpeg = try await keptPicture(FrameKey(printID: print.id, number: point.frame)) else { continue }
            let pixels = try JPEG.decode(jpeg).pixels
            let detections = detect(pixels, region)
            let inForce = verdicts.filter { $0.givenAt <= point.at && !$0.isForgotten(at: point.at) }
            let count = VerdictMemory.count(
                detections, among: inForce, width: pixels.width, height: pixels.height,
                looks: inForce.map { pixels.look(at: $0.seen.detection.box) })
            scores.append(
                PictureScore(
                    at: point.at, p: detections.pSum, counted: count.kept(of: detections.pSum), region: region))
            frames.append(point.frame)
        }
        return (scores, frames, points.count - scores.count)
    }

    /// What pictures of this print are compared with. As for the farm: without a table there is no memory.
    private func verdicts(on print: Print, in region: CameraRegion) async throws -> [RememberedVerdict] {
        guard model.isCalibrated else { return [] }
        do {
            guard case .verdicts(let verdicts) = try await farm.perform(.listVerdicts(print.printerID)) else {
                return []
            }
            return verdicts.filter { $0.isInForce(for: print.id, in: region, at: $0.givenAt) }
        } catch FarmError.noSuchPrinter {
            // With a printer its verdicts went too.
            return []
        }
    }

    /// Nil where it was not kept; most are not.
    private func keptPicture(_ key: FrameKey) async throws -> [UInt8]? {
        do { return try await farm.picture(key).jpeg } catch FarmError.noSuchPicture { return nil }
    }
}

/// A print with its scores and what its camera had seen before.
struct KeptPrint {
    var print: Print
    /// Oldest first.
    var pictures: [PictureScore]
    /// Their numbers.
    var frames: [Int64]
    /// Pictures without a score here.
    var missing: Int
    var events: [FarmEvent]
    var before: [[PictureScore]]

    func replay(by model: FailureModel, sensitivity: Double) -> PrintReplay {
        PrintReplay(
            print, points: pictures, missing: missing, pauses: events.pauses(of: print), before: before, model: model,
            sensitivity: sensitivity)
    }

    /// The scores around the last alert, which is the one that a person judged; empty where none is known.
    /// - Parameter around: frames before it and after it.
    func scoresOfAlert(around: Int64) -> [Double] {
        guard let alert = events.filter({ $0.kind == .failureAlerted }).compactMap(\.frame).max() else { return [] }
        return zip(frames, pictures).filter { abs($0.0 - alert) <= around }.map(\.1.p)
    }
}

extension PictureScore {
    fileprivate init(_ point: ScorePoint) {
        self.init(at: point.at, p: point.p, counted: point.counted, region: point.region)
    }
}
