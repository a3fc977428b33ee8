import Farm
import Imaging
import TestSupport
import Testing

@Suite("Pictures change their size", .timeLimit(.minutes(20)))
struct ResizeTests {
    private func grey(_ width: Int, _ height: Int, _ values: [UInt8]) -> Pixels {
        Pixels(width: width, height: height, bytes: values.flatMap { [$0, $0, $0] })
    }
    private func values(_ pixels: Pixels) -> [UInt8] {
        stride(from: 0, to: pixels.bytes.count, by: 3).map { pixels.bytes[$0] }
    }

    @Test("shrinking averages over the area that a new pixel covers")
    func shrink() {
        #expect(values(grey(4, 2, [0, 10, 100, 200, 20, 30, 100, 200]).resized(width: 2, height: 1)) == [15, 150])
        // 3 → 2: each takes one pixel and half of the middle one, weights 2/3 and 1/3.
        #expect(values(grey(3, 1, [0, 90, 240]).resized(width: 2, height: 1)) == [30, 190])
    }

    @Test("growing interpolates between pixel centres and holds the edges")
    func grow() {
        #expect(values(grey(2, 1, [0, 100]).resized(width: 4, height: 1)) == [0, 25, 75, 100])
        #expect(values(grey(1, 2, [0, 100]).resized(width: 1, height: 4)) == [0, 25, 75, 100])
        #expect(values(grey(1, 1, [7]).resized(width: 3, height: 2)) == [7, 7, 7, 7, 7, 7])
    }

    @Test("the channels stay apart, and one colour stays that colour at any size")
    func colour() {
        let red = Pixels(width: 5, height: 3, bytes: Array(repeating: [255, 3, 128], count: 15).flatMap { $0 })
        for (width, height) in [(1, 1), (2, 7), (11, 2), (640, 1), (5, 3)] {
            let resized = red.resized(width: width, height: height)
            #expect(resized.bytes == Array(repeating: [255, 3, 128], count: width * height).flatMap { $0 })
        }
    }

    @Test("a fine chequerboard becomes even grey, not a pattern")
    func chequerboard() {
        let board = grey(64, 64, (0..<64 * 64).map { ($0 % 64 + $0 / 64) % 2 == 0 ? 0 : 255 })
        #expect(values(board.resized(width: 20, height: 20)).allSatisfy { (100...155).contains($0) })
        #expect(values(board.resized(width: 16, height: 16)).allSatisfy { (127...128).contains($0) })
    }

    @Test("a fitted picture is at most so many pixels long, keeps its shape and never grows")
    func fitted() {
        let wide = grey(1920, 1080, Array(repeating: 9, count: 1920 * 1080)).fitted(longestSide: 320)
        #expect(wide.width == 320 && wide.height == 180)
        let thread = grey(4000, 1, Array(repeating: 9, count: 4000)).fitted(longestSide: 320)
        #expect(thread.width == 320 && thread.height == 1)
        #expect(grey(3, 2, [1, 2, 3, 4, 5, 6]).fitted(longestSide: 320) == grey(3, 2, [1, 2, 3, 4, 5, 6]))
    }
}

@Suite("Pictures become JPEGs", .timeLimit(.minutes(20)))
struct EncodingTests {
    @Test("what is written reads back as nearly the same picture, better at higher quality")
    func roundTrip() throws {
        let original = try GoldenPicture(name: "quality-100").pixels
        func meanError(_ quality: Int) throws -> Double {
            let back = try JPEG.decode(JPEG.encode(original, quality: quality))
            #expect(back.damage == nil && back.pixels.width == 45 && back.pixels.height == 37)
            let sum = zip(back.pixels.bytes, original.bytes).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
            return Double(sum) / Double(original.bytes.count)
        }
        let poor = try meanError(10), usual = try meanError(85), best = try meanError(100)
        #expect(best < usual && usual < poor)
        #expect(usual < 8)
    }

    @Test("it is baseline, upright, and smaller at lower quality; odd qualities are taken for the nearest")
    func form() throws {
        let original = try GoldenPicture.baseline.pixels
        let header = try JPEG.size(of: JPEG.encode(original))
        #expect(header.process == .baseline && header.orientation == .up && header.components == 3)
        #expect(JPEG.encode(original, quality: 20).count < JPEG.encode(original, quality: 90).count)
        #expect(JPEG.encode(original, quality: 0) == JPEG.encode(original, quality: 1))
        #expect(JPEG.encode(original, quality: 1000) == JPEG.encode(original, quality: 100))
    }

    @Test("noise at quality 100, one pixel, and a picture longer than JPEG can hold are written too")
    func extremes() throws {
        var random = SplitMix(seed: 3)
        let noise = Pixels(
            width: 200, height: 150, bytes: (0..<90_000).map { _ in UInt8.random(in: 0...255, using: &random) })
        #expect(try JPEG.decode(JPEG.encode(noise, quality: 100)).pixels.width == 200)
        let dot = Pixels(width: 1, height: 1, bytes: [200, 100, 50])
        #expect(try JPEG.decode(JPEG.encode(dot)).pixels.height == 1)
        let thread = Pixels(width: 70_000, height: 1, bytes: Array(repeating: 77, count: 210_000))
        #expect(try JPEG.decode(JPEG.encode(thread)).pixels.width == JPEG.maxSide)
    }
}

@Suite("Detections are drawn on the picture", .timeLimit(.minutes(20)))
struct DrawingTests {
    private let black = Pixels(width: 320, height: 240, bytes: Array(repeating: 0, count: 320 * 240 * 3))
    private let white = Pixels(width: 320, height: 240, bytes: Array(repeating: 255, count: 320 * 240 * 3))

    private func pixel(_ pixels: Pixels, _ x: Int, _ y: Int) -> [UInt8] {
        Array(pixels.bytes[(y * pixels.width + x) * 3..<(y * pixels.width + x) * 3 + 3])
    }
    private func detection(
        _ confidence: Double, _ x: Double, _ y: Double, _ width: Double, _ height: Double
    ) -> Detection {
        Detection(confidence: confidence, box: BoundingBox(x: x, y: y, width: width, height: height))
    }

    @Test("the box's four sides are drawn, its inside stays")
    func sides() {
        for picture in [black, white] {
            let drawn = picture.drawing([detection(0.5, 160, 120, 100, 80)])
            for (x, y) in [(160, 80), (160, 159), (110, 120), (209, 120)] {
                #expect(pixel(drawn, x, y) != pixel(picture, x, y))
            }
            #expect(pixel(drawn, 160, 130) == pixel(picture, 160, 130))
            #expect(pixel(drawn, 10, 200) == pixel(picture, 10, 200))
        }
    }

    @Test("different confidences have different labels, equal ones the same")
    func labels() {
        let a = black.drawing([detection(0.87, 160, 120, 100, 80)])
        #expect(a != black.drawing([detection(0.42, 160, 120, 100, 80)]))
        #expect(a == black.drawing([detection(0.871, 160, 120, 100, 80)]))
    }

    @Test("detections under the minimum are left out; without any the picture is unchanged")
    func minimum() {
        let weak = detection(0.19, 160, 120, 100, 80)
        #expect(black.drawing([weak], minimumConfidence: 0.2) == black)
        #expect(black.drawing([weak], minimumConfidence: 0.19) != black)
        #expect(black.drawing([]) == black)
    }

    @Test("lines are thicker on a larger picture")
    func scale() {
        func changedInMiddleRow(_ width: Int, _ height: Int) -> Int {
            let blank = Pixels(width: width, height: height, bytes: Array(repeating: 0, count: width * height * 3))
            let box = detection(0.5, Double(width) / 2, Double(height) * 0.6, Double(width) / 2, Double(height) * 0.6)
            let drawn = blank.drawing([box])
            return (0..<width).count { pixel(drawn, $0, height * 6 / 10) != [0, 0, 0] }
        }
        #expect(changedInMiddleRow(1280, 960) >= 2 * changedInMiddleRow(320, 240))
    }

    @Test("boxes beyond the picture, without extent or without number do no harm")
    func hostile() {
        let boxes = [
            detection(0.9, -500, -500, 10, 10), detection(0.9, 0, 0, 1e300, 1e300), detection(0.9, 5, 5, 0, 0),
            detection(0.9, 5, 5, -20, -20), detection(0.9, .nan, 5, 1, 1), detection(0.9, 5, .infinity, 1, 1),
            detection(.infinity, 300, 230, 40, 40), detection(-3, 300, 230, 40, 40), detection(.nan, 9, 9, 9, 9),
        ]
        #expect(black.drawing(boxes).bytes.count == black.bytes.count)
        let tiny = Pixels(width: 2, height: 1, bytes: [1, 2, 3, 4, 5, 6])
        #expect(tiny.drawing([detection(0.5, 1, 0, 1, 1)]).width == 2)
    }
}
