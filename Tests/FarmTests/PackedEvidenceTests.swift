import Farm
import Testing

@Suite("Camera histories and evidence as bytes", .timeLimit(.minutes(20)))
struct PackedEvidenceTests {
    private var evidence: FailureEvidence {
        var evidence = FailureEvidence(probability: 0.4)
        evidence.lastAt = Timestamp(microseconds: 1_700_000_000_000_000)
        (evidence.lastGap, evidence.age, evidence.ownHours, evidence.sinceOwn) = (10, 3600, 12.5, 90)
        evidence.clean = Array(repeating: 1 / 30, count: 30)
        evidence.failing = Array(repeating: 1 / 90, count: 90)
        evidence.openBin.startedAt = evidence.lastAt
        (evidence.openBin.covered, evidence.openBin.pictures, evidence.openBin.sum) = (10, 3, 1.5)
        evidence.own = Array(repeating: 1 / 24, count: 24)
        evidence.ownKinds = Array(repeating: 1 / 13, count: 13)
        var span = FailureEvidence.Span()
        (span.seconds[3], span.kinds, span.highest, span.isTaught) = (120, Array(repeating: 9, count: 13), 0.3, true)
        evidence.spans = Array(repeating: span, count: 16)
        evidence.heldBack = history
        evidence.dismissal = .init(
            odds: 3, clean: evidence.clean, failing: evidence.failing, probability: 0.75, scores: evidence.own,
            taught: history, isHolding: true)
        return evidence
    }

    private var history: CameraHistory {
        var history = CameraHistory()
        history.seconds = (0..<24).map { Float($0) * 100 }
        history.kinds = (0..<13).map { Float($0) * 100 }
        return history
    }

    @Test("come back as they went")
    func roundTrip() {
        #expect(FailureEvidence(packed: evidence.packed) == evidence)
        #expect(
            FailureEvidence(packed: FailureEvidence(probability: 0.01).packed) == FailureEvidence(probability: 0.01))
        #expect(CameraHistory(packed: history.packed) == history)
        #expect(CameraHistory(packed: CameraHistory().packed) == CameraHistory())
    }

    @Test("are small: a camera under 4 KB")
    func size() {
        #expect(history.packed.count < 4096)
        #expect(evidence.packed.count < 4096)
    }

    @Test("cut or lengthened bytes are nothing")
    func cut() {
        let bytes = evidence.packed
        for count in bytes.indices { #expect(FailureEvidence(packed: Array(bytes.prefix(count))) == nil) }
        #expect(FailureEvidence(packed: bytes + [0]) == nil)
        for count in history.packed.indices {
            #expect(CameraHistory(packed: Array(history.packed.prefix(count))) == nil)
        }
        #expect(CameraHistory(packed: history.packed + [0]) == nil)
    }

    @Test("changed bytes are nothing, or numbers in their range")
    func changed() {
        var state: UInt64 = 22
        func next() -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33)
        }
        for _ in 0..<3000 {
            var bytes = evidence.packed
            for _ in 0...2 { bytes[next() % bytes.count] = UInt8(next() % 256) }
            guard let evidence = FailureEvidence(packed: bytes) else { continue }
            #expect((0...1).contains(evidence.probability) && evidence.odds.isFinite)
            let numbers = evidence.clean + evidence.failing + evidence.own + evidence.heldBack.seconds
            #expect(numbers.allSatisfy { $0.isFinite && $0 >= 0 })
        }
    }

    @Test("numbers that are none do not get in", arguments: [Float.nan, .infinity, -1])
    func notNumbers(number: Float) {
        var history = history
        history.seconds[5] = number
        #expect(CameraHistory(packed: history.packed) == nil)
        var evidence = evidence
        evidence.clean[0] = number
        #expect(FailureEvidence(packed: evidence.packed) == nil)
    }
}
