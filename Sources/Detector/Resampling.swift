internal import Farm

/// How one axis of a picture is brought to another length: each output is a weighted sum of neighbouring inputs.
struct Resampling: Equatable, Sendable {
    struct Taps: Equatable, Sendable {
        /// First input.
        var first: Int
        /// They sum to 1.
        var weights: [Float]
    }
    let taps: [Taps]
    /// The same as plain arrays, every output with as many taps as the longest: firsts, (outputs, tapsEach) weights. The
    /// padding weights are 0 and their inputs inside.
    let flat: (firsts: [Int], weights: [Float], tapsEach: Int)

    static func == (a: Self, b: Self) -> Bool { a.taps == b.taps }

    init(from inputs: Int, to outputs: Int, method: ResizeMethod) {
        taps = (0..<outputs).map { index in
            switch method {
            case .cornerAligned:
                let step = outputs > 1 ? Double(inputs - 1) / Double(outputs - 1) : 0
                return Self.linear(at: Double(index) * step, inputs)
            case .area where inputs > outputs: return Self.mean(index, inputs, outputs)
            case .halfPixel, .area:
                return Self.linear(at: (Double(index) + 0.5) * Double(inputs) / Double(outputs) - 0.5, inputs)
            }
        }
        flat = Self.flattened(taps, inputs)
    }

    private static func flattened(
        _ taps: [Taps], _ inputs: Int
    ) -> (firsts: [Int], weights: [Float], tapsEach: Int) {
        let each = taps.map(\.weights.count).max() ?? 1
        var firsts: [Int] = []
        var weights: [Float] = []
        for tap in taps {
            // Near the end the window is moved back to stay inside, with zeros before instead of after.
            let first = min(tap.first, inputs - each)
            let before = tap.first - first
            firsts.append(first)
            weights += Array(repeating: 0, count: before) + tap.weights
            weights += Array(repeating: 0, count: each - before - tap.weights.count)
        }
        return (firsts, weights, each)
    }

    private static func linear(at position: Double, _ inputs: Int) -> Taps {
        let clamped = min(max(position, 0), Double(inputs - 1))
        let first = min(Int(clamped), max(0, inputs - 2))
        let fraction = Float(clamped - Double(first))
        return inputs == 1 ? Taps(first: 0, weights: [1]) : Taps(first: first, weights: [1 - fraction, fraction])
    }

    /// The inputs under [index, index + 1) · inputs / outputs, each by the share of it that is covered.
    private static func mean(_ index: Int, _ inputs: Int, _ outputs: Int) -> Taps {
        let width = Double(inputs) / Double(outputs)
        let start = Double(index) * width
        let end = min(start + width, Double(inputs))
        let first = Int(start)
        let last = min(inputs - 1, Int(end.rounded(.up)) - 1)
        return Taps(
            first: first,
            weights: (first...last).map { Float((min(end, Double($0 + 1)) - max(start, Double($0))) / width) })
    }
}

/// Brings frames to the network's size. Keeps the weights of the last frame's size, as cameras do.
struct FrameResizer {
    private let method: ResizeMethod
    private var size = (width: 0, height: 0)
    private var columns = Resampling(from: 1, to: 1, method: .halfPixel)
    private var rows = Resampling(from: 1, to: 1, method: .halfPixel)

    init(method: ResizeMethod) { self.method = method }

    /// Stretches the frame, without keeping its proportions, and scales 0...255 to 0...1.
    mutating func resize(_ pixels: Pixels, into input: PlanarInput) {
        let width = input.shape.width
        if size != (pixels.width, pixels.height) {
            size = (pixels.width, pixels.height)
            columns = Resampling(from: pixels.width, to: width, method: method)
            rows = Resampling(from: pixels.height, to: input.shape.height, method: method)
        }
        // Rows of the frame at the network's width, interleaved; each is made once, as output rows share them.
        let taps = rows.taps.map(\.weights.count).max() ?? 1
        var narrowed = [Float](repeating: 0, count: taps * width * 3)
        var held = [Int](repeating: -1, count: taps)
        pixels.bytes.withUnsafeBufferPointer { bytes in
            narrowed.withUnsafeMutableBufferPointer { narrowed in
                guard let source = bytes.baseAddress, let slots = narrowed.baseAddress else { return }
                for y in 0..<input.shape.height {
                    let tap = rows.taps[y]
                    let out = (0..<3).map { input.row($0, y) }
                    for (number, weight) in tap.weights.enumerated() {
                        let row = tap.first + number
                        let slot = slots + row % taps * width * 3
                        if held[row % taps] != row {
                            narrow(source + row * pixels.width * 3, to: slot)
                            held[row % taps] = row
                        }
                        Self.accumulate(slot, weight / 255, isFirst: number == 0, out, width)
                    }
                }
            }
        }
    }

    /// One row: RGB bytes at the frame's width → RGB floats 0...255 at the network's.
    private func narrow(_ row: UnsafePointer<UInt8>, to out: UnsafeMutablePointer<Float>) {
        let count = columns.flat.tapsEach
        columns.flat.weights.withUnsafeBufferPointer { weights in
            columns.flat.firsts.withUnsafeBufferPointer { firsts in
                guard var weight = weights.baseAddress else { return }
                var at = out
                for first in firsts {
                    var sum = SIMD4<Float>.zero
                    var pixel = row + first * 3
                    for number in 0..<count {
                        let rgb = SIMD4<Float>(Float(pixel[0]), Float(pixel[1]), Float(pixel[2]), 0)
                        sum += rgb * weight[number]
                        pixel += 3
                    }
                    at[0] = sum.x
                    at[1] = sum.y
                    at[2] = sum.z
                    at += 3
                    weight += count
                }
            }
        }
    }

    private static func accumulate(
        _ row: UnsafePointer<Float>, _ weight: Float, isFirst: Bool, _ out: [UnsafeMutablePointer<Float>], _ width: Int
    ) {
        let (red, green, blue) = (out[0], out[1], out[2])
        if isFirst {
            for x in 0..<width {
                red[x] = weight * row[x * 3]
                green[x] = weight * row[x * 3 + 1]
                blue[x] = weight * row[x * 3 + 2]
            }
        } else {
            for x in 0..<width {
                red[x] += weight * row[x * 3]
                green[x] += weight * row[x * 3 + 1]
                blue[x] += weight * row[x * 3 + 2]
            }
        }
    }
}
