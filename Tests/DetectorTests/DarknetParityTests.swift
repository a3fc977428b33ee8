import Farm
import Foundation
import Testing

@testable import Detector

@Suite("The same numbers as Darknet", .timeLimit(.minutes(20)))
struct DarknetParityTests {
    @Test("every layer of the golden network is within 1e-4 of Darknet's", arguments: InstructionSet.available)
    func layers(instructions: InstructionSet) throws {
        let network = try Golden.darknet()
        let inference = try Inference(network, threads: 1, instructions: instructions, keepAll: true)
        inference.input.fill(try Golden.floats("darknet/input_3x64x64.f32"))
        inference.run()
        for index in 0..<22 {
            let shape = network.graph.layers[index].output
            let number = index < 10 ? "0\(index)" : "\(index)"
            let golden = try Golden.floats(
                "darknet/darknet_layer\(number)_\(shape.channels)x\(shape.height)x\(shape.width).f32")
            let difference = largestDifference(inference.tensor(index).planar, golden)
            #expect(difference <= 1e-4, "layer \(index)")
        }
    }

    @Test("the region layer's objectness and raw boxes are Darknet's")
    func region() throws {
        let inference = try Inference(try Golden.darknet(), threads: 1, instructions: .best)
        inference.input.fill(try Golden.floats("darknet/input_3x64x64.f32"))
        inference.run()
        let tensor = inference.tensor(22)
        var ours: [Float] = []
        for pixel in 0..<16 {
            for channel in 0..<30 {
                let raw = tensor[channel, pixel]
                ours.append(channel % 6 == 4 ? Float(sigmoid(Double(raw))) : channel % 6 == 5 ? 1 : raw)
            }
        }
        #expect(largestDifference(ours, try Golden.floats("darknet/darknet_layer22_30x4x4.f32")) <= 1e-4)
    }

    private func image() throws -> Pixels {
        Pixels(width: 160, height: 120, bytes: try Golden.bytes("darknet/image_rgb_160x120.u8"))
    }

    @Test("a frame is stretched to the network's size as Darknet does it")
    func resize() throws {
        let shape = TensorShape(channels: 3, height: 64, width: 64)
        let input = try #require(PlanarInput(shape, margin: 1))
        var resizer = FrameResizer(method: .cornerAligned)
        resizer.resize(try image(), into: input)
        let ours = (0..<3).flatMap { c in (0..<64).flatMap { y in (0..<64).map { input[c, y, $0] } } }
        #expect(largestDifference(ours, try Golden.floats("darknet/darknet_resized_3x64x64.f32")) <= 1e-5)
        #expect(input[0, 0, -1] == 0 && input[2, 63, 64] == 0, "the margin stays zero")
    }

    @Test("all boxes over 0.08, before and after suppression, are Darknet's")
    func boxes() throws {
        let inference = try Inference(try Golden.darknet(), threads: 2, instructions: .best)
        var resizer = FrameResizer(method: .cornerAligned)
        resizer.resize(try image(), into: inference.input)
        inference.run()
        let (layer, head) = try #require(inference.network.graph.heads.first)
        let before = head.candidates(inference.tensor(layer), input: inference.network.graph.input, over: 0.08)
            .map { $0.detection(width: 160, height: 120) }
        compare(before, try Golden.rows("darknet/darknet_image_boxes_all.txt").filter { $0[0] > 0 })
        let after = NetworkDetector.detections(inference, width: 160, height: 120)
        compare(after, try Golden.rows("darknet/darknet_image_dets_t0.08_nms0.45.txt"))
    }

    private func compare(_ ours: [Detection], _ golden: [[Double]]) {
        #expect(ours.count == golden.count)
        for (detection, row) in zip(ours, golden) {
            let box = detection.box
            for (value, expected) in zip([detection.confidence, box.x, box.y, box.width, box.height], row) {
                #expect(abs(value - expected) <= 1e-4 * max(1, abs(expected)), "\(detection) is not \(row)")
            }
        }
    }

    @Test("threads, memory reuse and fusing change no bit", arguments: InstructionSet.available)
    func deterministic(instructions: InstructionSet) throws {
        var first: [Detection]?
        for threads in 1...3 {
            let detector = try NetworkDetector(
                network: try Golden.darknet(threads: threads), threads: threads, instructions: instructions)
            for _ in 0..<2 {
                let detections = detector.detect(try image())
                #expect(!detections.isEmpty && detections == first ?? detections)
                first = detections
            }
        }
    }
}
