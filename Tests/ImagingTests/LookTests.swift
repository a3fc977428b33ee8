import Farm
import Imaging
import TestSupport
import Testing

@Suite("What a box of a picture looks like", .timeLimit(.minutes(20)))
struct LookTests {
    private let box = BoundingBox(x: 60, y: 50, width: 64, height: 48)

    /// A scene of coarse blocks, seen by a camera that is brighter and richer in contrast by so much, with noise.
    private func scene(_ seed: UInt64 = 1, brighter: Double = 0, contrast: Double = 1, noise: Double = 4) -> Pixels {
        var random = SplitMix(seed: seed)
        let blocks = (0..<(15 * 20)).map { _ in Double.random(in: 60...180, using: &random) }
        var bytes: [UInt8] = []
        for row in 0..<120 {
            for column in 0..<160 {
                let level = blocks[(row / 8) * 20 + column / 8] * contrast + brighter
                for _ in 0..<3 {
                    bytes.append(UInt8(clamping: Int(level + Double.random(in: -noise...noise, using: &random))))
                }
            }
        }
        return Pixels(width: 160, height: 120, bytes: bytes)
    }

    @Test("it is the same in another light and with noise, and another thing is not like it")
    func likeness() throws {
        let own = try #require(scene().look(at: box))
        #expect(own.likeness(to: own) > 0.999)
        for other in [scene(brighter: 40), scene(brighter: -20, contrast: 0.6), scene(noise: 12)] {
            #expect(own.likeness(to: try #require(other.look(at: box))) > 0.9)
        }
        #expect(own.likeness(to: try #require(scene(2).look(at: box))) < 0.5)
    }

    @Test("a nest that covers half of it is seen")
    func covered() throws {
        let own = try #require(scene().look(at: box))
        let (clean, nest) = (scene(), scene(9))
        var bytes = clean.bytes
        for row in 26..<74 {
            for column in 28..<60 {
                for channel in 0..<3 {
                    let index = (row * 160 + column) * 3 + channel
                    bytes[index] = nest.bytes[index]
                }
            }
        }
        let covered = try #require(Pixels(width: 160, height: 120, bytes: bytes).look(at: box))
        #expect(own.likeness(to: covered) < 0.8)
    }

    @Test("a plain spot, one outside and one without an extent have no look")
    func none() {
        let grey = Pixels(width: 160, height: 120, bytes: Array(repeating: 90, count: 160 * 120 * 3))
        #expect(grey.look(at: box) == nil)
        for (x, width) in [(-500.0, 64.0), (900, 64), (60, 0), (60, -4), (.nan, 64), (60, .infinity)] {
            #expect(scene().look(at: BoundingBox(x: x, y: 50, width: width, height: 48)) == nil)
        }
        #expect(
            scene().look(at: BoundingBox(x: 0, y: 0, width: 1e9, height: 1e9)) != nil, "as much as lies in the picture")
    }
}
