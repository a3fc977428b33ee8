internal import CKernels
internal import Farm
internal import Synchronization

/// A convolution ready to run: batch normalisation folded in, filters in the order in which the kernels read them.
struct PackedConvolution: @unchecked Sendable {
    // The pointers lead into the network's storage, which is only read once the network is loaded.
    private(set) var kernel: ck_conv
    let weightsCount: Int
    let biasCount: Int

    /// nil for a layer that is no convolution.
    init?(
        _ layer: Layer, isFirst: Bool, precision: Precision = .float32, method: (Layer, ck_method) -> ck_method = { $1 }
    ) {
        guard case .convolution(let c) = layer.kind else { return nil }
        kernel = ck_conv(
            in_channels: Int32(layer.input.channels), in_height: Int32(layer.input.height),
            in_width: Int32(layer.input.width), out_channels: Int32(layer.output.channels),
            out_height: Int32(layer.output.height), out_width: Int32(layer.output.width), size: Int32(c.size),
            stride: Int32(c.stride), padding: Int32(c.padding), groups: Int32(c.groups),
            activation: c.activation.kernel, method: CK_GENERAL, weights: nil, bias: nil)
        kernel.method = method(layer, ck_conv_choose(&kernel, isFirst, precision.kernel))
        // A multiple of a block, so that every filter's vectors are aligned.
        weightsCount = (ck_conv_weights_count(&kernel) + 15) / 16 * 16
        biasCount = layer.output.blocks * 16
    }

    /// Takes room for weights and biases from the network's storage.
    mutating func place(_ next: inout UnsafeMutablePointer<Float>) {
        kernel.weights = next
        kernel.bias = next + weightsCount
        next += weightsCount + biasCount
    }

    /// Reads the numbers at `offset`, folds and packs them.
    func load(
        _ layer: Layer, of model: String, from source: WeightsSource, at offset: Int, pool: WorkerPool
    ) throws(ModelError) {
        guard case .convolution(let c) = layer.kind else { return }
        func unusable(_ problem: String) -> ModelError {
            .weights(model: model, section: layer.section, line: layer.line, problem: problem)
        }
        let rows = try source.numbers(
            Float.self, count: c.filters * (c.batchNormalised ? 4 : 1), at: offset)
        let folded = Self.fold(rows, filters: c.filters, batchNormalised: c.batchNormalised)
        guard folded.factors.allSatisfy(\.isFinite), folded.biases.allSatisfy(\.isFinite) else {
            throw unusable("fold to infinite numbers")
        }
        for index in 0..<biasCount { kernel.bias[index] = index < c.filters ? folded.biases[index] : 0 }

        let each = layer.input.channels / c.groups * c.size * c.size
        let filtersOffset = offset + 4 * rows.count
        let failure = Mutex<ModelError?>(nil)
        pool.run(layer.output.blocks) { block in
            let first = block * 16
            let count = min(16, c.filters - first)
            do throws(ModelError) {
                let numbers = try source.numbers(
                    Float.self, count: count * each, at: filtersOffset + 4 * first * each)
                guard ck_all_finite(numbers, numbers.count) else { throw unusable("hold infinite numbers") }
                let fits = folded.factors[first..<first + count].withUnsafeBufferPointer { factors in
                    withUnsafePointer(to: kernel) { ck_conv_pack($0, Int32(block), numbers, factors.baseAddress) }
                }
                guard fits else { throw unusable("fold to infinite numbers") }
            } catch {
                failure.withLock { $0 = $0 ?? error }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    /// scale · (x − mean) / √(variance + 10⁻⁵) + bias as one factor and one bias a filter, in double precision.
    static func fold(
        _ rows: [Float], filters n: Int, batchNormalised: Bool
    ) -> (factors: [Double], biases: [Float]) {
        guard batchNormalised else { return (Array(repeating: 1, count: n), Array(rows[..<n])) }
        var factors: [Double] = []
        var biases: [Float] = []
        for i in 0..<n {
            let factor = Double(rows[n + i]) / (Double(rows[3 * n + i]) + 1e-5).squareRoot()
            factors.append(factor)
            biases.append(Float(Double(rows[i]) - Double(rows[2 * n + i]) * factor))
        }
        return (factors, biases)
    }

    var methodName: String {
        switch kernel.method {
        case CK_STEM: "direct, planar input"
        case CK_POINTWISE: "matrix product"
        case CK_POINTWISE_BFLOAT16: "matrix product, bfloat16"
        case CK_POINTWISE_INT8: "matrix product, int8"
        case CK_WINOGRAD_2: "Winograd 2×2"
        case CK_WINOGRAD_3: "Winograd 3×3"
        case CK_WINOGRAD_4: "Winograd 4×4"
        case CK_DEPTHWISE: "depthwise"
        default: "rows and matrix product"
        }
    }
}

extension Activation {
    var kernel: ck_activation {
        switch self {
        case .linear: CK_LINEAR
        case .leaky: CK_LEAKY
        case .relu: CK_RELU
        case .relu6: CK_RELU6
        case .logistic: CK_LOGISTIC
        case .mish: CK_MISH
        case .swish: CK_SWISH
        }
    }
}
