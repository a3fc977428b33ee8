import Farm
import Testing

@testable import BedCheck

@Suite("Whether a bed is clear", .timeLimit(.minutes(20)))
struct BedComparisonTests {
    private let empty = DrawnBed()

    private func finding(_ bed: DrawnBed, kept: [DrawnBed]) -> BedFinding {
        BedComparison().finding(
            bed.picture, size: (bed.width * 4, bed.height * 4), kept: kept.map(\.picture))
    }

    struct Light: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var change: @Sendable (inout DrawnBed) -> Void
        init(_ name: String, _ change: @escaping @Sendable (inout DrawnBed) -> Void) {
            testDescription = name
            self.change = change
        }
    }

    static let harmless = [
        Light("the same picture") { _ in },
        Light("noise") { $0.noise = 6 },
        Light("half the light") { $0.gain = 0.5 },
        Light("more light, partly blown") { $0.gain = 1.5 },
        Light("haze") {
            $0.gain = 0.7
            $0.offset = 60
        },
        Light("a lamp from the right") { $0.slope = 60 },
        Light("three pixels aside") {
            $0.dx = 3
            $0.dy = -2
        },
        Light("all of it") {
            $0.dx = -2
            $0.dy = 1
            $0.gain = 0.8
            $0.slope = 30
            $0.noise = 5
        },
    ]

    @Test("another light, noise and a knock leave an empty bed clear", arguments: harmless)
    func clear(light: Light) {
        #expect(finding(empty.with(light.change), kept: [empty]) == .clear)
    }

    @Test("a part is found in every one of them, and the box lies on it", arguments: harmless)
    func occupied(light: Light) throws {
        let bed = empty.with(light.change).with { $0.part = (60, 70, 22, 16, 150) }
        let found = finding(bed, kept: [empty])
        #expect(found.state == .occupied)
        let box = try #require(found.differences.first).box
        // Pixels of the picture that was four times as wide.
        #expect(abs(box.x - 71 * 4) < 24 && abs(box.y - 78 * 4) < 24)
        #expect((40...180).contains(box.width) && (30...160).contains(box.height))
    }

    @Test("a part that goes leaves a kept picture with a part in it: a difference too")
    func wrongReference() {
        let kept = empty.with { $0.part = (60, 70, 22, 16, 150) }
        #expect(finding(empty, kept: [kept]).state == .occupied)
        #expect(finding(kept, kept: [kept]) == .clear, "what was kept with a part on it passes for empty")
    }

    @Test("in doubt it cannot tell, and says why")
    func doubt() {
        #expect(finding(empty, kept: []) == .cannotTell(.noReference))
        #expect(finding(empty.with { $0.gain = 0.1 }, kept: [empty]) == .cannotTell(.dark))
        #expect(finding(empty.with { $0.offset = 240 }, kept: [empty]) == .cannotTell(.overexposed))
        #expect(
            finding(
                empty.with {
                    $0.seed = 8; $0.dx = 77; $0.dy = 31
                }, kept: [empty]
            ).doubt == .moved)
        #expect(finding(empty.with { $0.dx = 14 }, kept: [empty]).doubt == .moved)
        #expect(
            finding(empty.with { $0.isPlain = true }, kept: [empty.with { $0.isPlain = true }]).state == .cannotTell)
        #expect(finding(empty.with { $0.height = 90 }, kept: [empty]).state == .cannotTell, "another shape")
    }

    @Test("by day and by night: as any of the kept pictures is clear, and a part is in none of them")
    func several() {
        // The lamp is another one, and the head is parked elsewhere.
        let night = empty.with {
            $0.gain = 0.5
            $0.part = (100, 15, 26, 24, 205)
        }
        #expect(finding(night, kept: [empty]).state == .occupied)
        #expect(finding(night, kept: [empty, night]) == .clear)
        #expect(finding(empty, kept: [empty, night]) == .clear)
        let part = empty.with { $0.part = (60, 70, 22, 16, 150) }
        #expect(finding(part, kept: [empty, night]).state == .occupied)
    }

    @Test("a large picture becomes a small one of the same shape; one that is too small or too long is none")
    func sizes() throws {
        let bytes = (0..<640 * 480 * 3).map { UInt8(truncatingIfNeeded: $0 / 3 % 640 / 4) }
        let picture = try #require(BedPicture(Pixels(width: 640, height: 480, bytes: bytes)))
        #expect(picture.width == 160 && picture.height == 120)
        #expect(Array(picture.luma.prefix(4)) == [0, 1, 2, 3])
        #expect(BedPicture(Pixels(width: 159, height: 120, bytes: Array(repeating: 9, count: 159 * 120 * 3))) == nil)
        #expect(BedPicture(Pixels(width: 640, height: 80, bytes: Array(repeating: 9, count: 640 * 80 * 3))) == nil)
        #expect(BedPicture(width: 160, height: 120, luma: []) == nil)
    }
}
