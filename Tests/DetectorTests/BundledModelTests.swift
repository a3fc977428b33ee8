import CKernels
import CModel
import Farm
import Foundation
import TestSupport
import Testing

@testable import Detector

/// The network of `CModel`.
func bundledNetwork(_ precision: Precision = .float32) throws -> Network {
    var cfgCount = 0
    var weightsCount = 0
    let cfg = try #require(farmtop_model_cfg(&cfgCount))
    let weights = try #require(farmtop_model_weights(&weightsCount))
    return try Network(
        cfg: String(decoding: UnsafeRawBufferPointer(start: cfg, count: cfgCount), as: UTF8.self),
        weights: .embedded(weights, count: weightsCount), name: String(cString: farmtop_model_name()),
        precision: precision)
}

@Suite("The bundled network", .timeLimit(.minutes(20)))
struct BundledModelTests {
    /// The size of its input, in pixels.
    private let side = 384

    @Test("it is the one that its card describes")
    func description() throws {
        let model = try bundledNetwork().model
        #expect(model.name == "farmtop-spaghetti" && model.inputWidth == side && model.inputHeight == side)
        #expect(model.parameters == 3_192_732)
        #expect(abs(model.gflop - 2.964) < 0.001)
    }

    @Test("weights inside the program leave memory once they are packed")
    func embeddedWeights() throws {
        var cfgCount = 0
        var weightsCount = 0
        let cfg = try #require(farmtop_model_cfg(&cfgCount))
        let weights = try #require(farmtop_model_weights(&weightsCount))
        // A mapped file of the test's own, as the program's is: other tests read that one meanwhile.
        let file = URL(filePath: NSTemporaryDirectory()).appending(path: "farmtop-weights-\(UUID().uuidString)")
        try Data(bytes: weights, count: weightsCount).write(to: file)
        defer { unlink(file.path) }
        let descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
        let mapped = mmap(nil, weightsCount, PROT_READ, MAP_PRIVATE, descriptor, 0)
        close(descriptor)
        let start = try #require(mapped != MAP_FAILED ? mapped : nil)
        defer { munmap(start, weightsCount) }
        let text = String(decoding: UnsafeRawBufferPointer(start: cfg, count: cfgCount), as: UTF8.self)
        let source = WeightsSource.embedded(start, count: weightsCount)

        let first: [Float] = try source.numbers(Float.self, count: 4096, at: 20)
        #expect(try pagesHeld(start, weightsCount) > 0)
        _ = try Network(cfg: text, weights: source, name: "embedded")
        // The last page may hold other things too, and stays.
        #expect(try pagesHeld(start, weightsCount) <= 1)
        #expect(try source.numbers(Float.self, count: 4096, at: 20) == first)
    }

    /// Pages of this process that memory holds, as the kernel lists them: 8 bytes a page, the highest bit for presence.
    private func pagesHeld(_ start: UnsafeMutableRawPointer, _ count: Int) throws -> Int {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let list = try FileHandle(forReadingFrom: URL(filePath: "/proc/self/pagemap"))
        try list.seek(toOffset: UInt64(UInt(bitPattern: start) / UInt(page) * 8))
        let pages = (count + page - 1) / page
        let entries = try #require(try list.read(upToCount: pages * 8))
        try #require(entries.count == pages * 8)
        return (0..<pages).count { entries[$0 * 8 + 7] & 0x80 != 0 }
    }

    @Test("heads and boxes of the golden photo hold on every instruction set", arguments: InstructionSet.available)
    func golden(instructions: InstructionSet) throws {
        let network = try bundledNetwork()
        let pixels = Pixels(width: side, height: side, bytes: try Golden.bytes("model/p3rc1va1_02864.u8"))
        let inference = try Inference(network, threads: 2, instructions: instructions)
        var resizer = FrameResizer(method: network.resize)
        resizer.resize(pixels, into: inference.input)
        inference.run()
        for (number, head) in network.graph.heads.enumerated() {
            let golden = try Golden.floats("model/p3rc1va1_02864.head\(number).f32")
            let range = (golden.max() ?? 0) - (golden.min() ?? 0)
            #expect(largestDifference(inference.tensor(head.layer).planar, golden) <= 1e-4 * range)
        }
        let detections = NetworkDetector.detections(inference, width: side, height: side)
        let expected = try Golden.rows("model/p3rc1va1_02864.boxes.txt")
        #expect(detections.count == expected.count)
        for (detection, row) in zip(detections, expected) {
            #expect(abs(detection.confidence - row[0]) <= 1e-4)
            #expect(
                abs(detection.box.x / Double(side) - row[1]) <= 1e-4
                    && abs(detection.box.y / Double(side) - row[2]) <= 1e-4)
            #expect(
                abs(detection.box.width / Double(side) - row[3]) <= 1e-4
                    && abs(detection.box.height / Double(side) - row[4]) <= 1e-4)
        }
    }

    @Test(
        "in fewer bits the golden photo has the same boxes, confidences within 0.03",
        .enabled(if: Precision.available.count > 1, "this processor has float32 alone"),
        arguments: Precision.available.filter { $0 != .float32 })
    func narrow(precision: Precision) throws {
        let pixels = Pixels(width: side, height: side, bytes: try Golden.bytes("model/p3rc1va1_02864.u8"))
        let detector = try NetworkDetector(network: try bundledNetwork(precision), threads: 1)
        #expect(detector.network.layers.count { $0.method == "matrix product, \(precision.rawValue)" } > 30)
        let detections = detector.detect(pixels)
        let expected = try Golden.rows("model/p3rc1va1_02864.boxes.txt")
        #expect(detections.count == expected.count)
        for (detection, row) in zip(detections, expected) {
            #expect(abs(detection.confidence - row[0]) <= 0.03)
            #expect(
                abs(detection.box.x / Double(side) - row[1]) <= 0.02
                    && abs(detection.box.y / Double(side) - row[2]) <= 0.02)
        }
    }

    @Test("fusing and sharing memory change no bit of the heads")
    func plain() throws {
        let network = try bundledNetwork()
        let bytes = try Golden.bytes("model/p3rc1va1_02864.u8")
        var heads: [[Float]] = []
        for keepAll in [false, true] {
            let inference = try Inference(network, threads: 1, instructions: .best, keepAll: keepAll)
            var resizer = FrameResizer(method: network.resize)
            resizer.resize(Pixels(width: side, height: side, bytes: bytes), into: inference.input)
            inference.run()
            heads.append(network.graph.heads.flatMap { inference.tensor($0.layer).planar })
        }
        #expect(heads[0] == heads[1])
    }

    @Test(
        "neither the number of threads nor how layers are divided changes a bit of the heads",
        arguments: Precision.available.flatMap { precision in precision.instructions.map { (precision, $0) } })
    func threads(precision: Precision, instructions: InstructionSet) throws {
        let network = try bundledNetwork(precision)
        let pixels = Pixels(width: side, height: side, bytes: try Golden.bytes("model/p3rc1va1_02864.u8"))
        var first: [Float]?
        for (threads, least) in [(1, ck_program_least), (1, 0), (2, ck_program_least), (2, 0), (3, 1e5), (8, 0)] {
            let inference = try Inference(
                network, threads: threads, instructions: instructions, leastOperations: least)
            var resizer = FrameResizer(method: network.resize)
            resizer.resize(pixels, into: inference.input)
            inference.run()
            let heads = network.graph.heads.flatMap { inference.tensor($0.layer).planar }
            let isSame = heads == first ?? heads
            #expect(isSame, "\(threads) threads, tasks of \(least)")
            first = heads
        }
    }

    @Test(
        "Winograd of a large map is the same for any number of threads, and within 1e-4 of the range of the definition")
    func largeWinograd() throws {
        // 64 → 64 channels at 60 × 60: 265 million operations, many tiles, edges that no tile fits.
        let cfg =
            "[net]\nwidth=60\nheight=60\n[convolutional]\nfilters=64\nsize=1\nactivation=leaky\n"
            + "[convolutional]\nfilters=64\nsize=3\npad=1\nactivation=linear\n"
            + "[convolutional]\nfilters=6\nsize=1\nactivation=linear\n[yolo]\nanchors=8,8\nclasses=1\n"
        var random = SplitMix(seed: 3)
        let numbers = random.floats(64 + 64 * 3 + 64 + 64 * 64 * 9 + 6 + 6 * 64)
        let header: [UInt8] = [0, 0, 0, 0, 2, 0, 0, 0] + [UInt8](repeating: 0, count: 12)
        let bytes = header + numbers.flatMap { n in withUnsafeBytes(of: n.bitPattern.littleEndian) { [UInt8]($0) } }
        let frame = random.floats(3 * 3600)
        let graph = try NetworkGraph(DarknetConfig(cfg, model: "w"))
        var outputs: [[Float]] = []
        for (threads, isPlain) in [(1, false), (2, false), (5, false), (1, true)] {
            let network = try Network(graph: graph, weights: .bytes(bytes), threads: 1) {
                isPlain && $0.line == 8 ? CK_GENERAL : $1
            }
            #expect(network.layers[1].method == (isPlain ? "rows and matrix product" : "Winograd 4×4"))
            let inference = try Inference(network, threads: threads, instructions: .best)
            inference.input.fill(frame)
            inference.run()
            outputs.append(inference.tensor(2).planar)
        }
        #expect(outputs[0] == outputs[1] && outputs[0] == outputs[2])
        let range = (outputs[3].max() ?? 0) - (outputs[3].min() ?? 0)
        #expect(range > 1 && largestDifference(outputs[0], outputs[3]) <= 1e-4 * range)
    }

    @Test("the times of the layers are parts of the network's time, none without any")
    func times() throws {
        let detector = try NetworkDetector(network: try bundledNetwork(), threads: 1)
        let grey = Pixels(width: 64, height: 48, bytes: [UInt8](repeating: 90, count: 64 * 48 * 3))
        let timing = detector.measure(grey).timing
        #expect(timing.layers.count > 55 && Set(timing.layers.map(\.layer)).count == timing.layers.count)
        #expect(timing.layers.allSatisfy { $0.milliseconds > 0 })
        #expect(timing.layers.reduce(0) { $0 + $1.milliseconds } <= timing.network)
    }

    @Test("a grey frame of any size is analysed without a finding", arguments: [(1, 1), (1, 900), (33, 7), (640, 480)])
    func anySize(width: Int, height: Int) throws {
        let detector = try NetworkDetector(network: try bundledNetwork(), threads: 1)
        let bytes = [UInt8](repeating: 90, count: width * height * 3)
        #expect(detector.detect(Pixels(width: width, height: height, bytes: bytes)).isEmpty)
    }
}
