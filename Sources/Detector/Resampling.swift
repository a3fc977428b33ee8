internal import CKernels
internal import Farm

/// How one axis of a picture is brought to another length: each output is a weighted sum of neighbouring inputs.
struct Resampling: Sendable {
    /// First input of each output.
    let firsts: [Int32]
    /// (outputs, tapsEach). Those of an output sum to 1.
    let weights: [Float]
    /// As many as the longest output has; the others are padded by weights of 0 on inputs that exist.
    let tapsEach: Int

    private struct Taps {
        var first: Int
        var weights: [Float]
    }

    init(from inputs: Int, to outputs: Int, method: ResizeMethod) {
        let taps = (0..<outputs).map { index in
            switch method {
            case .cornerAligned:
                let step = outputs > 1 ? Double(inputs - 1) / Double(outputs - 1) : 0
                return Self.linear(at: Double(index) * step, inputs)
            case .area where inputs > outputs: return Self.mean(index, inputs, outputs)
            case .halfPixel, .area:
                return Self.linear(at: (Double(index) + 0.5) * Double(inputs) / Double(outputs) - 0.5, inputs)
            }
        }
        let each = taps.map(\.weights.count).max() ?? 1
        // Near the end the window is moved back to stay inside, with zeros before instead of after.
        let firsts = taps.map { min($0.first, inputs - each) }
        self.firsts = firsts.map(Int32.init)
        weights = zip(taps, firsts).flatMap { tap, first in
            let before = tap.first - first
            let after = each - before - tap.weights.count
            return Array(repeating: 0, count: before) + tap.weights + Array(repeating: 0, count: after)
        }
        tapsEach = each
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
    private let isa: ck_isa
    private var size = (width: 0, height: 0)
    private var columns = Resampling(from: 1, to: 1, method: .halfPixel)
    private var rows = Resampling(from: 1, to: 1, method: .halfPixel)
    /// The weights of the rows, by 255.
    private var rowWeights: [Float] = []
    private var scratch: [Float] = []

    init(method: ResizeMethod, instructions: InstructionSet = .best) {
        self.method = method
        isa = instructions.kernel
    }

    /// Stretches the frame, without keeping its proportions, and scales 0...255 to 0...1.
    /// - Parameter pool: shares the rows; without one the caller does all.
    mutating func resize(_ pixels: Pixels, into input: PlanarInput, on pool: WorkerPool? = nil) {
        if size != (pixels.width, pixels.height) {
            size = (pixels.width, pixels.height)
            columns = Resampling(from: pixels.width, to: input.shape.width, method: method)
            rows = Resampling(from: pixels.height, to: input.shape.height, method: method)
            rowWeights = rows.weights.map { $0 / 255 }
        }
        let (columns, rows, isa) = (columns, rows, isa)
        pixels.bytes.withUnsafeBufferPointer { bytes in
            var resize = ck_resize(
                pixels: bytes.baseAddress, width: Int32(pixels.width), out_width: Int32(input.shape.width),
                out_height: Int32(input.shape.height), column_firsts: nil, row_firsts: nil, column_weights: nil,
                row_weights: nil, column_taps: Int32(columns.tapsEach), row_taps: Int32(rows.tapsEach),
                out: input.row(0, 0), out_row: input.rowFloats, out_plane: input.planeFloats)
            let floats = ck_resize_scratch_count(&resize, Int32(pool?.threads ?? 1))
            if scratch.count < floats { scratch = Array(repeating: 0, count: floats) }
            columns.firsts.withUnsafeBufferPointer { columnFirsts in
                rows.firsts.withUnsafeBufferPointer { rowFirsts in
                    columns.weights.withUnsafeBufferPointer { columnWeights in
                        rowWeights.withUnsafeBufferPointer { rowWeights in
                            resize.column_firsts = columnFirsts.baseAddress
                            resize.row_firsts = rowFirsts.baseAddress
                            resize.column_weights = columnWeights.baseAddress
                            resize.row_weights = rowWeights.baseAddress
                            ck_resize_run(&resize, isa, pool?.handle, &scratch)
                        }
                    }
                }
            }
        }
    }
}
