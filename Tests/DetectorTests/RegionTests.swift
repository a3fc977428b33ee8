import Farm
import Imaging
import Synchronization
import Testing

@testable import Detector

/// Finds one thing in the middle of whatever it is shown, and notes the size.
private final class SizingAnalyser: FrameAnalyser {
    let sizes = Mutex<[[Int]]>([])

    func decode(_ jpeg: [UInt8]) throws(FrameError) -> DecodedImage {
        // Black but for a light bed in the lower half.
        DecodedImage(
            pixels: Pixels(
                width: 200, height: 100,
                bytes: (0..<100).flatMap { y in Array(repeating: UInt8(y < 50 ? 0 : 200), count: 600) }))
    }

    func detect(_ pixels: Pixels, thread: Int) -> [Detection] {
        sizes.withLock { $0.append([pixels.width, pixels.height]) }
        let box = BoundingBox(x: Double(pixels.width) / 2, y: Double(pixels.height) / 2, width: 10, height: 10)
        return [Detection(confidence: 0.9, box: box)]
    }
}

@Suite("Frames are judged in their camera's region", .timeLimit(.minutes(20)))
struct RegionTests {
    private func analyse(_ region: CameraRegion, _ analyser: SizingAnalyser) async throws -> FrameAnalysis {
        let queue = DetectorQueue(
            model: ModelDescription(name: "t", inputWidth: 1, inputHeight: 1, gflop: 0, parameters: 0),
            analyser: analyser)
        return try await queue.analysis(
            of: SubmittedFrame(number: 1, printerID: 1, printID: 1, jpeg: [1], region: region))
    }

    @Test("the network sees the bed alone, at full resolution; boxes come back in the whole picture")
    func crop() async throws {
        let analyser = SizingAnalyser()
        let bed = try PictureArea(x: 500, y: 500, width: 400, height: 500)
        let analysis = try await analyse(CameraRegion(bed: bed), analyser)
        #expect(analyser.sizes.withLock { $0 } == [[80, 50]])
        #expect(analysis.width == 200 && analysis.height == 100)
        #expect(analysis.detections.map(\.box) == [BoundingBox(x: 140, y: 75, width: 10, height: 10)])
    }

    @Test("what is found in an area to ignore is dropped before it counts")
    func ignored() async throws {
        let analyser = SizingAnalyser()
        let middle = try PictureArea(x: 400, y: 400, width: 200, height: 200)
        let analysis = try await analyse(CameraRegion(bed: nil, ignored: [middle]), analyser)
        #expect(analyser.sizes.withLock { $0 } == [[200, 100]])
        #expect(analysis.detections == [] && analysis.detections.pSum == 0)
    }

    @Test("a picture is black where its bed is")
    func black() async throws {
        let dark = try PictureArea(x: 0, y: 0, width: 1000, height: 480)
        #expect(try await analyse(CameraRegion(bed: dark), SizingAnalyser()).isBlack)
        #expect(try await !analyse(.whole, SizingAnalyser()).isBlack)
    }
}
