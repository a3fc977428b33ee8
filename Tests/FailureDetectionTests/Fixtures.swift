import FailureDetection
import Farm
import Foundation
import TestSupport

/// The table that ships with the program, and what a camera with it goes through.
enum Fixtures {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let tableText = [UInt8](
        FileManager.default.contents(
            atPath: root.path + "/Sources/CModel/Model/farmtop-spaghetti.likelihoods") ?? Data())

    static func model() throws -> FailureModel { FailureModel(likelihoods: try LikelihoodTable(text: tableText)) }

    static func constant(_ p: Double, _ count: Int) -> [Double] { Array(repeating: p, count: count) }

    /// Around a mean, never below 0.
    static func noisy(_ mean: Double, _ deviation: Double, _ count: Int, seed: UInt64 = 1) -> [Double] {
        var random = SplitMix(seed: seed)
        return (0..<count).map { _ in
            let normal = (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &random) }
            return max(0, mean + deviation * normal)
        }
    }

    static func rise(_ from: Double, _ to: Double, _ count: Int) -> [Double] {
        (1...count).map { from + (to - from) * Double($0) / Double(count) }
    }
}

/// One print on one camera, picture by picture.
struct Watched {
    let model: FailureModel
    var camera: CameraHistory
    var evidence: FailureEvidence
    var statistics = TemporalStatistics()
    var now = Timestamp(secondsSince1970: 1_700_000_000)
    var numbers: [Double] = []

    init(_ model: FailureModel, camera: CameraHistory = CameraHistory()) {
        self.model = model
        self.camera = camera
        evidence = model.start(camera: camera)
    }

    var number: Double { evidence.probability }

    mutating func see(_ scores: [Double], each seconds: Double = 10, isWatched: Bool = true) {
        for p in scores {
            now = now + .milliseconds(Int64(seconds * 1000))
            statistics = statistics.adding(p: p, sensitivity: 1)
            model.add(p: p, at: now, statistics: statistics, isWatched: isWatched, to: &evidence, camera: &camera)
            numbers.append(evidence.probability)
        }
    }

    mutating func dismiss() { model.dismiss(&evidence, camera: &camera, at: now) }
    mutating func undo() { model.undoDismissal(&evidence, camera: &camera, at: now) }

    /// Hours that the camera has learnt when the print has ended so.
    mutating func end(_ result: PrintResult, wasAlerted: Bool = false, verdict: AlertVerdict? = nil) -> Double {
        model.end(evidence, camera: &camera, as: result, wasAlerted: wasAlerted, verdict: verdict, at: now)
        return camera.seconds.reduce(0) { $0 + Double($1) } / 3600
    }
}
