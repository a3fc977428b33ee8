import Detector
import Farm
import Imaging
import Testing

@testable import farmtop

@Suite("The demo's pictures", .timeLimit(.minutes(20)))
struct DrawnSceneTests {
    @Test("the real detector tells drawn failures from drawn clean prints")
    func detectorAgrees() throws {
        let detector = try NetworkDetector(network: ModelSource(cfgPath: "", weightsPath: "").load())
        var (clean, failing): ([Double], [Double]) = ([], [])
        for seed in 0..<8 as Range<UInt64> {
            func score(_ progress: Double, _ tangle: Int) throws -> Double {
                let drawn = DrawnScene.draw(seed: seed, progress: progress, tangle: tangle, frame: Int(seed))
                return detector.detect(try JPEG.decode(JPEG.encode(drawn)).pixels).pSum
            }
            clean += [try score(0.2, 0), try score(0.8, 0)]
            failing.append(try score(0.25, DrawnScene.mostStrands))
        }
        let scores = Comment(rawValue: "clean \(clean) failing \(failing)")
        #expect(clean.count { $0 < 0.2 } >= clean.count - 1, scores)
        #expect(failing.count { $0 > 0.6 } >= 6, scores)
        #expect((failing.min() ?? 0) > max(0.38, clean.max() ?? 1), scores)
    }

    @Test("a seed and a frame give the same picture each time")
    func repeats() {
        let draw = { DrawnScene.draw(seed: 3, progress: 0.5, tangle: 4, frame: 2) }
        #expect(draw() == draw())
    }
}
