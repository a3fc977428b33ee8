import Testing

@testable import Evaluation

@Suite("Simulated cameras", .timeLimit(.minutes(20)))
struct SimulatedCameraTests {
    private func photos() throws -> [LeftOutPhoto] { try #require(LeftOutPhoto.list(csv: try Fixtures.leftOut())) }

    @Test("are those that the model card was measured on")
    func frozen() throws {
        let photos = try photos()
        let means = [0.0084, 0.0084, 0.1636, 0.1145, 0.2062, 0.0084, 0.0414, 0.0414, 0.0935, 0.0806]
        for (kind, expected) in zip(SimulatedCamera.Kind.allCases, means) {
            var camera = SimulatedCamera(kind, photos: photos, seed: 22)
            let scores = camera.print(.always).scores
            let mean = scores.reduce(0, +) / Double(scores.count)
            #expect(abs(mean - expected) < 0.0001, "\(kind): \(mean)")
        }
    }

    @Test("a quiet and a crowded one raise no false alert, and the trial counts their hours")
    func clean() throws {
        var trial = RuleTrial(photos: try photos(), model: try Fixtures.model())
        trial.run(cameras: 1, prints: 1, failing: .never, kinds: [.quiet, .cluttered], seed: 4)
        let tally = trial.total(.model)[5]
        #expect(tally.falseAlerts == 0)
        #expect(tally.cleanHours > 2 && trial.prints == 2 && trial.moments.count == 2)
    }

    @Test("a listing with a missing or a strange field is none")
    func listing() throws {
        #expect(LeftOutPhoto.list(csv: "") == nil)
        #expect(LeftOutPhoto.list(csv: "file,source\na.jpg,x,failing,fit,0.5,0,0,0,0,0,0\n") == nil)
        #expect(LeftOutPhoto.list(csv: "file\na.jpg,x,failing,fit,much,0,0,0,0,0,0,0\n") == nil)
        #expect(try photos().count { $0.isFailing } == 732)
    }

    @Test("a nest scores more the wider it is, in between linearly")
    func widths() {
        let nest = LeftOutPhoto(
            source: "", isFailing: true, isForFit: false, score: 1, shrunk: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7])
        #expect(nest.score(width: 0.02) == 0)
        #expect(abs(nest.score(width: 0.05) - 0.15) < 1e-9)
        #expect(nest.score(width: 0.5) == 0.7)
    }
}
