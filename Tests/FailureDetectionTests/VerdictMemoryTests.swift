import FailureDetection
import Farm
import TestSupport
import Testing

@Suite("What was dismissed before counts less", .timeLimit(.minutes(20)))
struct VerdictMemoryTests {
    private let box = BoundingBox(x: 320, y: 240, width: 80, height: 60)

    /// Coarse noise, a different one for each seed, mixed with another.
    static func look(_ seed: UInt64, mixedWith other: UInt64 = 0, share: Double = 0) throws -> BoxLook {
        func noise(_ seed: UInt64) -> [Double] {
            var random = SplitMix(seed: seed)
            let coarse = (0..<64).map { _ in Double.random(in: 20...230, using: &random) }
            return (0..<256).map { coarse[($0 / 32) * 8 + ($0 % 16) / 2] }
        }
        let (own, others) = (noise(seed), noise(other))
        return try #require(BoxLook(luma: zip(own, others).map { $0 * (1 - share) + $1 * share }))
    }

    private func verdict(_ box: BoundingBox, _ confidence: Double = 0.6, id: VerdictID = 1) throws -> RememberedVerdict
    {
        RememberedVerdict(
            id: id, printerID: 1, printID: 1,
            seen: SeenBox(
                region: .whole, width: 640, height: 480, detection: Detection(confidence: confidence, box: box),
                look: try Self.look(1)),
            givenAt: Timestamp(secondsSince1970: 0))
    }

    private func count(_ box: BoundingBox, _ confidence: Double = 0.6, look: BoxLook? = nil) throws -> Double {
        let memory = VerdictMemory([try verdict(self.box)])
        let look = try look ?? Self.look(1)
        return memory.count([Detection(confidence: confidence, box: box)], looks: [look]).p
    }

    @Test("the same thing in the same place counts for 30 %, also a little beside it and in another light")
    func same() throws {
        #expect(abs(try count(box) - 0.18) < 1e-9)
        var near = box
        near.x += 8
        #expect(abs(try count(near) - 0.18) < 0.01)
        #expect(abs(try count(box, look: Self.look(1, mixedWith: 2, share: 0.2)) - 0.18) < 0.01)
    }

    @Test("what moved, what is much smaller, what grew past it and what looks different counts fully")
    func different() throws {
        for (x, width, height) in [(360.0, 80.0, 60.0), (320, 40, 30), (320, 110, 82), (320, 200, 150), (320, 80, 160)]
        {
            let other = BoundingBox(x: x, y: 240, width: width, height: height)
            #expect(try count(other) == 0.6, "\(x) \(width) \(height)")
        }
        #expect(try count(box, look: Self.look(2)) == 0.6)
        #expect(VerdictMemory([try verdict(box)]).count([Detection(confidence: 0.6, box: box)], looks: [nil]).p == 0.6)
    }

    @Test("of a higher confidence than was dismissed, what is above counts fully")
    func surer() throws { #expect(abs(try count(box, 0.9) - (0.9 - 0.42)) < 1e-9) }

    @Test("one verdict explains one box, the surest; others count beside it")
    func several() throws {
        let far = BoundingBox(x: 100, y: 100, width: 80, height: 60)
        let memory = VerdictMemory([try verdict(box), try verdict(far, id: 2)])
        let looks = [try Self.look(1), try Self.look(3)]
        let detections =
            [0.5, 0.4, 0.3].map { Detection(confidence: $0, box: box) } + [Detection(confidence: 0.2, box: far)]
        let count = memory.count(detections, looks: looks)
        #expect(abs(count.p - (1.4 - 0.35)) < 1e-9)
        #expect(count.verdicts == [1])
    }

    @Test("whatever is in the picture, 30 % of it counts at least, and never more than all")
    func bounds() throws {
        var random = SplitMix(seed: 7)
        func side(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &random) }
        for _ in 0..<500 {
            let verdicts = try (1...4).map { id in
                try verdict(
                    BoundingBox(x: side(200...400), y: side(200...300), width: side(0...120), height: side(0...120)),
                    side(0...1), id: VerdictID(id))
            }
            let detections = (0..<5).map { _ in
                Detection(
                    confidence: side(0...1),
                    box: BoundingBox(
                        x: side(200...400), y: side(200...300), width: side(0...120), height: side(0...120)))
            }
            let p = VerdictMemory(verdicts).count(detections, looks: try verdicts.map { _ in try Self.look(1) }).p
            #expect(p <= detections.pSum + 1e-9 && p >= 0.3 * detections.pSum - 1e-9)
        }
    }

    @Test("each place is remembered once, as it was surest; what was in one picture of several is not")
    func places() throws {
        func seen(_ box: BoundingBox, _ confidence: Double) throws -> SeenBox { try verdict(box, confidence).seen }
        var beside = box
        beside.x += 6
        let far = BoundingBox(x: 100, y: 100, width: 40, height: 40)
        let pictures = [[try seen(box, 0.5), try seen(far, 0.9)], [try seen(beside, 0.7)], [], [try seen(box, 0.1)]]
        #expect(VerdictMemory.places(in: pictures) == [try seen(beside, 0.7)])
        #expect(VerdictMemory.places(in: [pictures[0], []]).count == 2, "one picture is all there is")
        #expect(VerdictMemory.places(in: []).isEmpty)
    }

    // MARK: A real failure in the same place

    /// A nest that begins 20 minutes into a print, in the middle of what was dismissed, and is three times as wide after an hour.
    private struct Nest {
        /// What was dismissed still lies there.
        var hasObject = true
        /// The picture there changes as the nest covers it.
        var changesLook = true
        var grows = true

        /// Pictures, ten seconds apart, with their scores and what counts of them.
        func pictures(remembering: Bool) throws -> [PictureScore] {
            let object = BoundingBox(x: 320, y: 240, width: 80, height: 60)
            let suite = VerdictMemoryTests()
            let memory = VerdictMemory(remembering ? [try suite.verdict(object)] : [])
            var random = SplitMix(seed: 3)
            func jitter(_ by: Double) -> Double { Double.random(in: -by...by, using: &random) }
            var pictures: [PictureScore] = []
            for index in 0..<480 {
                let isFailing = index >= 120
                let grown: Double = isFailing ? Double(index - 120) / 360 : 0
                let width: Double = grows ? 24 + 216 * grown : 80
                let side: Double = hasObject ? max(80, width) : width
                var confidence: Double = hasObject ? 0.45 + jitter(0.1) : 0
                let ofNest: Double = min(0.95, 0.3 + 3 * grown) + jitter(0.05)
                if isFailing { confidence = max(confidence, ofNest) }
                let box = BoundingBox(x: 320 + jitter(2), y: 240 + jitter(2), width: side, height: side * 0.75)
                let detections = confidence > 0 ? [Detection(confidence: confidence, box: box)] : []
                let covered: Double = isFailing ? min(1, width * width / 6400) : 0
                // 8 is the bare bed, 9 the nest.
                let ground: UInt64 = hasObject || !changesLook ? 1 : 8
                let look = try VerdictMemoryTests.look(ground, mixedWith: 9, share: changesLook ? covered : 0)
                let count = memory.count(detections, looks: remembering ? [look] : [])
                pictures.append(
                    PictureScore(
                        at: Timestamp(secondsSince1970: 1_700_000_000 + Double(index) * 10), p: detections.pSum,
                        counted: remembering ? count.p : nil))
            }
            return pictures
        }

        /// The picture of the alert, from the beginning of the nest on.
        func alert(remembering: Bool) throws -> Int? {
            var clean: [[PictureScore]] = []
            for print in 0..<3 {
                let start = 1_690_000_000 + Double(print) * 10_000
                var pictures: [PictureScore] = []
                for p in Fixtures.noisy(0.03, 0.03, 360, seed: UInt64(print + 20)) {
                    let seconds = start + Double(pictures.count) * 10
                    pictures.append(PictureScore(at: Timestamp(secondsSince1970: seconds), p: p))
                }
                clean.append(pictures)
            }
            let replay = ScoreReplay(
                try pictures(remembering: remembering), before: clean, model: try Fixtures.model(), sensitivity: 1)
            return replay.alertAt.map { $0 - 120 }
        }
    }

    @Test("a real failure that grows in the place of what was dismissed still alerts; how much later is known")
    func failureAtTheSamePlace() throws {
        let alone = try #require(try Nest(hasObject: false).alert(remembering: false))
        let gone = try #require(try Nest(hasObject: false).alert(remembering: true))
        let covering = try #require(try Nest().alert(remembering: true))
        let alike = try #require(try Nest(changesLook: false).alert(remembering: true))
        let unchanged = try #require(try Nest(changesLook: false, grows: false).alert(remembering: true))
        // Pictures, ten seconds apart, from the beginning of the nest. In `Model.md` as minutes.
        #expect(alone == 12)
        #expect(gone == alone, "what was dismissed is gone: nothing is alike")
        #expect(covering == 59, "it grows over what was dismissed")
        #expect(alike == 67, "and looks like it all the while")
        #expect(unchanged == 67, "and never grows: what is surer than what was dismissed counts fully")
    }

    @Test("what was dismissed, unchanged, raises no alert any more, and would without the memory")
    func dismissedAgain() throws {
        let scores = Fixtures.noisy(0.6, 0.05, 360)
        let pictures = scores.enumerated().map { index, p in
            PictureScore(at: Timestamp(secondsSince1970: 1_700_000_000 + Double(index) * 10), p: p, counted: p * 0.3)
        }
        let model = try Fixtures.model()
        let with = ScoreReplay(pictures, before: [], model: model, sensitivity: 1)
        let without = ScoreReplay(
            pictures.map { PictureScore(at: $0.at, p: $0.p) }, before: [], model: model, sensitivity: 1)
        #expect(without.alertAt == 14)
        #expect(with.alertAt == nil)
    }
}
