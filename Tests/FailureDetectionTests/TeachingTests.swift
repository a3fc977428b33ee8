import FailureDetection
import Farm
import Testing

@Suite("What a print teaches its camera", .timeLimit(.minutes(20)))
struct TeachingTests {
    private let model: FailureModel

    init() throws { model = try Fixtures.model() }

    private func hours(_ camera: CameraHistory) -> Double { camera.seconds.reduce(0) { $0 + Double($1) } / 3600 }

    @Test("a clean print teaches ten minutes late")
    func late() {
        var print = Watched(model)
        print.see(Fixtures.constant(0.1, 60))
        #expect(print.camera.seconds.isEmpty)
        print.see(Fixtures.constant(0.1, 60))
        #expect((0.1...0.2).contains(hours(print.camera)))
    }

    @Test("suspicious pictures teach nothing while the print runs, nor do those around them")
    func suspicious() {
        var print = Watched(model)
        print.see(Fixtures.constant(0.5, 400))
        #expect(hours(print.camera) == 0)
    }

    @Test("a print that ended well unalerted teaches all of it")
    func success() {
        var print = Watched(model)
        print.see(Fixtures.constant(0.02, 180) + Fixtures.constant(0.3, 12) + Fixtures.constant(0.02, 168))
        #expect(abs(print.end(.success) - 1) < 0.02)
    }

    @Test("one that was alerted, ended well and was never judged teaches the suspicious part at a quarter")
    func quarter() {
        func taught(_ verdict: AlertVerdict?) -> Double {
            var print = Watched(model)
            print.see(Fixtures.constant(0.6, 360))
            return print.end(.success, wasAlerted: true, verdict: verdict)
        }
        #expect(abs(taught(nil) - 0.25) < 0.02)
        #expect(abs(taught(.notFailed) - 1) < 0.02)
        #expect(taught(.failed) == 0)
    }

    @Test("cancelled and failed prints never teach their last 30 minutes", arguments: [PrintResult.cancelled, .failed])
    func cancelled(result: PrintResult) {
        var print = Watched(model)
        print.see(Fixtures.constant(0.02, 360))
        let taught = print.end(result)
        #expect(taught > 0.4 && taught <= 0.52)
        var short = Watched(model)
        short.see(Fixtures.constant(0.02, 170))
        #expect(short.end(result) < 0.01)
    }

    @Test("what nobody watched teaches only where the number stayed below 10 %")
    func unwatched() {
        var print = Watched(model)
        print.see(Fixtures.constant(0.6, 360), isWatched: false)
        #expect(print.end(.success) < 0.07)
        var quiet = Watched(model)
        quiet.see(Fixtures.constant(0.02, 360), isWatched: false)
        #expect(abs(quiet.end(.success) - 1) < 0.02)
    }

    @Test("old hours count half after forty")
    func forgetting() {
        var camera = CameraHistory()
        let print = (0..<720).map { (at: Timestamp(secondsSince1970: Double($0) * 30), p: 0.3) }
        for _ in 0..<60 { model.teach(print, to: &camera) }
        #expect(hours(camera) > 50 && hours(camera) < 64)
        #expect(camera.packed.count <= 4096)
    }

    @Test("learning never lowers the number by more than 5 points an hour", arguments: [0.2, 0.25, 0.3, 0.35, 0.45])
    func slow(p: Double) {
        // The same print on a camera that learns, and on one whose history is put back after every picture.
        var learning = Watched(model)
        var fixed = Watched(model)
        for frame in 0..<720 {
            learning.see([p])
            fixed.see([p])
            fixed.camera = CameraHistory()
            #expect(fixed.number - learning.number <= 0.05 * (1 + Double(frame) / 360))
        }
    }

    @Test("the page says what is usual after ten minutes of learning")
    func habit() throws {
        var camera = CameraHistory()
        #expect(model.habit(of: camera) == nil)
        let scores = (0..<360).map { $0 % 10 == 0 ? 0.22 : 0.0 }
        model.teach(
            scores.enumerated().map { (at: Timestamp(secondsSince1970: Double($0.offset) * 10), p: $0.element) },
            to: &camera)
        let habit = try #require(model.habit(of: camera))
        #expect(habit.usual == 0)
        #expect((0.2...0.24).contains(habit.seldomOver))
        #expect(abs(habit.hours - 1) < 0.01)
    }

    @Test("a camera that is quiet by day and noisy at night alerts for neither once it is known")
    func dayAndNight() {
        var camera = CameraHistory()
        for seed in 1...4 as ClosedRange<UInt64> {
            let print = Fixtures.constant(0, 240) + Fixtures.noisy(0.2, 0.15, 240, seed: seed)
            model.teach(
                print.enumerated().map { (at: Timestamp(secondsSince1970: Double($0.offset) * 10), p: $0.element) },
                to: &camera)
        }
        var print = Watched(model, camera: camera)
        print.see(Fixtures.constant(0, 240) + Fixtures.noisy(0.2, 0.15, 240, seed: 9))
        #expect(print.numbers.max() ?? 1 < 0.6)
    }
}

@Suite("A dismissal", .timeLimit(.minutes(20)))
struct DismissalTests {
    private let model: FailureModel

    init() throws { model = try Fixtures.model() }

    @Test("puts the number back to its prior, and the same scene does not alert again")
    func sameScene() {
        var print = Watched(model)
        print.see(Fixtures.constant(0.02, 60) + Fixtures.constant(0.45, 40))
        #expect(print.number > 0.6)
        print.dismiss()
        #expect(print.number <= 0.011)
        print.see(Fixtures.constant(0.45, 180))
        #expect(print.number < 0.3)
    }

    @Test("a later rise alerts anew")
    func laterRise() {
        var print = Watched(model)
        print.see(Fixtures.constant(0.02, 60) + Fixtures.constant(0.35, 40))
        print.dismiss()
        print.see(Fixtures.constant(0.35, 30))
        #expect(print.number < 0.45)
        print.see(Fixtures.constant(0.95, 40))
        #expect(print.number >= 0.6)
    }

    @Test(
        "once its scene is gone it explains nothing more: the same scores later alert anew, as soon as on a new print")
    func sceneIsGone() {
        var print = Watched(model)
        print.see(Fixtures.constant(1.15, 12))
        print.dismiss()
        print.see(Fixtures.constant(0, 9))
        print.see(Fixtures.constant(1.15, 12))
        #expect(print.number >= 0.6)
    }

    @Test("taken back, the number is what it was and goes on from there")
    func undo() {
        var print = Watched(model)
        print.see(Fixtures.constant(0.8, 30))
        let before = print.number
        print.dismiss()
        print.see(Fixtures.constant(0.8, 5))
        print.undo()
        #expect(abs(print.number - before) < 0.001)
        print.see(Fixtures.constant(0.8, 5))
        #expect(print.number > 0.9)
    }

    @Test("teaches at most ten minutes' worth, and nothing once it is taken back")
    func teaches() {
        func taught(undone: Bool, _ result: PrintResult) -> Double {
            var print = Watched(model)
            print.see(Fixtures.constant(0.6, 360))
            print.dismiss()
            if undone { print.undo() }
            return print.end(result, wasAlerted: true, verdict: undone ? .failed : .notFailed)
        }
        #expect(abs(taught(undone: false, .unknown) - 1.0 / 6) < 0.01)
        #expect(taught(undone: true, .unknown) == 0)
    }

    @Test("survives a restart with all that undoing it needs")
    func restart() throws {
        var print = Watched(model)
        print.see(Fixtures.constant(0.8, 30))
        let before = print.number
        print.dismiss()
        print.evidence = try #require(FailureEvidence(packed: print.evidence.packed))
        print.undo()
        #expect(abs(print.number - before) < 0.001)
    }
}
