import Farm
import Imaging
import Testing

@Suite("Parts of pictures", .timeLimit(.minutes(20)))
struct RegionPictureTests {
    /// Each pixel tells its place.
    private let places = Pixels(
        width: 20, height: 10, bytes: (0..<10).flatMap { y in (0..<20).flatMap { [UInt8($0), UInt8(y), 7] } })

    @Test("a part is cut out pixel for pixel")
    func crop() throws {
        let part = places.cropped(to: try PictureArea(x: 250, y: 500, width: 500, height: 300))
        #expect(part.width == 10 && part.height == 3)
        #expect(Array(part.bytes.prefix(6)) == [5, 5, 7, 6, 5, 7])
        #expect(Array(part.bytes.suffix(3)) == [14, 7, 7])
        #expect(places.cropped(to: .whole) == places)
    }

    /// A grey scene in which a light block goes to and fro, with a clock in a corner that blinks.
    private func scene(_ step: Int, moves: Bool = true, lamp: UInt8 = 0) -> Pixels {
        let (width, height) = (320, 240)
        let block = moves ? 100 + (step * 37) % 80 : 100
        var bytes: [UInt8] = []
        bytes.reserveCapacity(width * height * 3)
        for y in 0..<height {
            for x in 0..<width {
                let isBlock = (block..<block + 40).contains(x) && (120..<180).contains(y)
                let isClock = x < 12 && y < 6 && step % 2 == 0
                let value: UInt8 = isBlock ? 200 : isClock ? 255 : UInt8((x * 7 + y * 13) % 40)
                bytes += Array(repeating: value &+ lamp, count: 3)
            }
        }
        return Pixels(width: width, height: height, bytes: bytes)
    }

    @Test("the bed is proposed where things move; a clock elsewhere and a lamp are none of it")
    func proposal() throws {
        let lamps: [UInt8] = [0, 0, 0, 20, 20, 20, 20, 20]
        let pictures = lamps.enumerated().map { scene($0.offset, lamp: $0.element) }
        let area = try PictureArea.changing(in: pictures)
        // The block moves in x 100...220, y 120...180 of 320 × 240; at the ends it is seldom.
        #expect((280...450).contains(area.x) && (560...720).contains(area.endX))
        #expect((460...510).contains(area.y) && (740...800).contains(area.endY))
    }

    @Test("without enough pictures, or where nothing moves, there is no proposal and the reason is said")
    func refusals() {
        #expect(throws: ProposalRefusal.tooFewPictures(3)) {
            try PictureArea.changing(in: (0..<3).map { scene($0) })
        }
        let still = Array(repeating: scene(1, moves: false), count: 6)
        #expect(throws: ProposalRefusal.nothingChanges) { try PictureArea.changing(in: still) }
        #expect(ProposalRefusal.tooFewPictures(1).description.hasPrefix("1 picture of this print is kept"))
    }

    @Test("a camera that moves shows change everywhere, and nothing is proposed")
    func movingCamera() {
        // Bars that wander over all of the picture.
        let pictures = (0..<6).map { step in
            Pixels(
                width: 320, height: 240,
                bytes: (0..<240).flatMap { y in
                    (0..<320).flatMap { x in
                        Array(repeating: UInt8((x + step * 43) % 160 < 20 ? 250 : 20), count: 3)
                    }
                })
        }
        #expect(throws: ProposalRefusal.self) { try PictureArea.changing(in: pictures) }
    }
}
