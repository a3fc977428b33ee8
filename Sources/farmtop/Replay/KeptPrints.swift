import Detector
import FailureDetection
import Farm
import Imaging

/// Reads kept prints of a farm and judges them again.
struct KeptPrints {
    var farm: any FarmBackend
    var model: FailureModel
    /// Nil: each printer's own.
    var sensitivity: Double?
    /// Scores the kept pictures anew; nil: the stored scores count.
    var detector: NetworkDetector?
    /// What is judged of each printer's pictures now; pictures that are scored anew are judged there.
    var regions: [PrinterID: CameraRegion] = [:]

    /// As many as a camera is known by when its stored prints teach it at the start of a farm.
    private static let printsBefore = 5
    private static let pointsBefore = 360
    private static let points = 20_000

    func replay(_ print: Print, sensitivities: [PrinterID: Double]) async throws -> PrintReplay {
        let (scores, missing) = try await scores(of: print, limit: Self.points)
        let events = try await farm.events(printer: nil, print: print.id, limit: 1000)
        return PrintReplay(
            print, points: scores, missing: missing, pauses: events.pauses(of: print),
            before: try await before(print), model: model,
            sensitivity: sensitivity ?? sensitivities[print.printerID] ?? 1)
    }

    /// Another network's scores say nothing of what this one would have learnt: then the camera is new.
    private func before(_ print: Print) async throws -> [[PictureScore]] {
        guard detector == nil else { return [] }
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

    private func scores(of print: Print, limit: Int) async throws -> (scores: [PictureScore], missing: Int) {
        let points = try await stored(print, limit: limit)
        guard let detector else { return (points.map(PictureScore.init), 0) }
        let region = regions[print.printerID] ?? .whole
        var scores: [PictureScore] = []
        for point in points {
            guard let jpeg = try await keptPicture(FrameKey(printID: print.id, number: point.frame)) else { continue }
            let pixels = try JPEG.decode(jpeg).pixels
            scores.append(
                PictureScore(at: point.at, p: detector.detect(pixels, in: region).pSum, region: region))
        }
        return (scores, points.count - scores.count)
    }

    /// Nil where it was not kept; most are not.
    private func keptPicture(_ key: FrameKey) async throws -> [UInt8]? {
        do { return try await farm.picture(key).jpeg } catch FarmError.noSuchPicture { return nil }
    }
}

extension PictureScore {
    fileprivate init(_ point: ScorePoint) {
        self.init(at: point.at, p: point.p, counted: point.counted, region: point.region)
    }
}
