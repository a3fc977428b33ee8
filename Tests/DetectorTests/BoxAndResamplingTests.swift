import Farm
import TestSupport
import Testing

@testable import Detector

@Suite("Boxes and resampling", .timeLimit(.minutes(20)))
struct BoxAndResamplingTests {
    private func box(_ confidence: Double, x: Double) -> Candidate {
        Candidate(confidence: confidence, x: x, y: 0.5, width: 0.2, height: 0.2)
    }

    @Test("of two boxes that overlap by more than 0.45 the less confident goes; at less both stay")
    func suppression() {
        // Shifted by d, two squares of side s overlap by (s − d) / (s + d).
        let near = [box(0.5, x: 0.5), box(0.9, x: 0.55)]
        #expect(NonMaximumSuppression.apply(near) == [near[1]])
        let far = [box(0.5, x: 0.5), box(0.9, x: 0.6)]
        #expect(NonMaximumSuppression.apply(far) == [far[1], far[0]])
    }

    @Test("a dropped box drops no other")
    func chain() {
        let chain = [box(0.9, x: 0.5), box(0.8, x: 0.57), box(0.7, x: 0.64)]
        #expect(NonMaximumSuppression.apply(chain) == [chain[0], chain[2]])
    }

    @Test("yolo: centre by cell and scale_x_y, size by the anchor in pixels of the input, confidence σ(obj)·σ(class)")
    func yolo() throws {
        let head = DetectionHead(kind: .yolo, classes: 1, anchors: [(16, 8)], scale: 2, softmax: false)
        let shape = TensorShape(channels: 6, height: 1, width: 2)
        let memory = try #require(AlignedFloats(count: shape.floats))
        memory.start.update(repeating: -100, count: shape.floats)
        for (index, value) in [Float(100), 0, 0, 0, 0, 0].enumerated() { memory.start[16 + index] = value }
        let found = head.candidates(
            BlockedTensor(floats: memory, shape: shape), input: TensorShape(channels: 3, height: 32, width: 64),
            over: 0.08)
        // Column 1 of 2: (1 + 1 · 2 − 0.5) / 2; row 0 of 1: 0.5 · 2 − 0.5.
        #expect(found == [Candidate(confidence: 0.25, x: 1.25, y: 0.5, width: 0.25, height: 0.25)])
    }

    @Test(
        "a box without a place, or of a size that no picture has, is none",
        arguments: [(0, Float.nan), (1, .infinity), (2, 700), (3, 60), (2, .nan)])
    func brokenBox(index: Int, value: Float) throws {
        let head = DetectionHead(kind: .yolo, classes: 1, anchors: [(16, 8)], scale: 2, softmax: false)
        let shape = TensorShape(channels: 6, height: 1, width: 1)
        let memory = try #require(AlignedFloats(count: shape.floats))
        func found(_ numbers: [Float]) -> [Candidate] {
            for (channel, number) in numbers.enumerated() { memory.start[channel] = number }
            return head.candidates(
                BlockedTensor(floats: memory, shape: shape), input: TensorShape(channels: 3, height: 32, width: 64),
                over: 0.08)
        }
        var numbers: [Float] = [0, 0, 0, 0, 0, 0]
        #expect(found(numbers).count == 1)
        numbers[index] = value
        // A sigmoid makes a number of infinity: that centre is one.
        #expect(found(numbers).count == (value == .infinity ? 1 : 0))
    }

    @Test("every method's weights sum to one and stay inside, whatever the sizes", arguments: ResizeMethod.allCases)
    func weights(method: ResizeMethod) {
        for inputs in [1, 2, 3, 7, 64, 321, 4000] {
            for outputs in [1, 2, 5, 320] {
                let resampling = Resampling(from: inputs, to: outputs, method: method)
                #expect(resampling.firsts.count == outputs)
                #expect(resampling.weights.count == outputs * resampling.tapsEach)
                for output in 0..<outputs {
                    let (first, weights) = resampling.taps(of: output)
                    #expect(first >= 0 && first + weights.count <= inputs)
                    #expect(abs(weights.reduce(0, +) - 1) < 1e-4)
                }
            }
        }
    }

    @Test("corner-aligned keeps the corners; half-pixel and area keep the mean of a halving")
    func positions() {
        let corner = Resampling(from: 10, to: 4, method: .cornerAligned)
        #expect(corner.taps(of: 0) == (0, [1, 0]) && corner.taps(of: 3) == (8, [0, 1]))
        for method in [ResizeMethod.halfPixel, .area] {
            let half = Resampling(from: 8, to: 4, method: method)
            #expect(half.taps(of: 1) == (2, [0.5, 0.5]))
        }
    }

    @Test(
        "a resized frame is the weighted sum of the definition, whatever the sizes, instructions and threads",
        arguments: InstructionSet.available)
    func resized(instructions: InstructionSet) throws {
        var random = SplitMix(seed: 5)
        let shape = TensorShape(channels: 3, height: 19, width: 26)
        for (width, height) in [(1, 1), (1, 40), (2, 3), (26, 19), (33, 7), (64, 48), (101, 77), (400, 11)] {
            let bytes = (0..<width * height * 3).map { _ in UInt8.random(in: 0...255, using: &random) }
            for method in ResizeMethod.allCases {
                let columns = (0..<shape.width).map { shares($0, width, shape.width, method) }
                let rows = (0..<shape.height).map { shares($0, height, shape.height, method) }
                func expected(_ channel: Int, _ y: Int, _ x: Int) -> Double {
                    var sum = 0.0
                    for (row, rowShare) in rows[y] {
                        for (column, share) in columns[x] {
                            sum += rowShare * share * Double(bytes[(row * width + column) * 3 + channel]) / 255
                        }
                    }
                    return sum
                }
                for threads in 1...3 {
                    let input = try #require(PlanarInput(shape, margin: 2))
                    var resizer = FrameResizer(method: method, instructions: instructions)
                    let pixels = Pixels(width: width, height: height, bytes: bytes)
                    resizer.resize(pixels, into: input, on: WorkerPool(threads: threads))
                    var largest = 0.0
                    for channel in 0..<3 {
                        for y in 0..<shape.height {
                            for x in 0..<shape.width {
                                let difference = abs(Double(input[channel, y, x]) - expected(channel, y, x))
                                largest = max(largest, difference)
                            }
                        }
                    }
                    #expect(largest <= 1e-6, "\(width)x\(height), \(method), \(threads) threads")
                    let margin = [input[0, 0, -1], input[1, 18, 26], input[2, 18, 27]]
                    #expect(margin == [0, 0, 0], "the margin stays zero")
                }
            }
        }
    }
}

/// The definition: how much of each input an output is made of.
private func shares(
    _ output: Int, _ inputs: Int, _ outputs: Int, _ method: ResizeMethod
) -> [(input: Int, share: Double)] {
    let ratio = Double(inputs) / Double(outputs)
    if method == .area, inputs > outputs {
        let (start, end) = (Double(output) * ratio, Double(output + 1) * ratio)
        return (0..<inputs).compactMap { input in
            let covered = min(end, Double(input + 1)) - max(start, Double(input))
            return covered > 0 ? (input, covered / ratio) : nil
        }
    }
    let corner = outputs > 1 ? Double(output * (inputs - 1)) / Double(outputs - 1) : 0
    let place = method == .cornerAligned ? corner : (Double(output) + 0.5) * ratio - 0.5
    let inside = min(max(place, 0), Double(inputs - 1))
    return (0..<inputs).compactMap { input in
        let share = 1 - abs(inside - Double(input))
        return share > 0 ? (input, share) : nil
    }
}

extension Resampling {
    /// The inputs of one output: the first, and the weights from it on.
    fileprivate func taps(of output: Int) -> (first: Int, weights: [Float]) {
        (Int(firsts[output]), Array(weights[output * tapsEach..<(output + 1) * tapsEach]))
    }
}
