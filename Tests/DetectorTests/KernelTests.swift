import CKernels
import Farm
import Foundation
import TestSupport
import Testing

@testable import Detector

/// A network of one convolution and what it must compute, by the definition.
struct ConvolutionCase: CustomTestStringConvertible {
    var seed: UInt64
    var input: TensorShape
    var convolution: LayerKind.Convolution
    var method: ck_method?

    var testDescription: String {
        "\(input.channels)×\(input.height)×\(input.width), \(LayerKind.convolution(convolution).detail), seed \(seed)"
    }

    init(seed: UInt64) {
        var random = SplitMix(seed: seed)
        func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
        input = TensorShape(channels: pick(1...40), height: pick(1...19), width: pick(1...19))
        let size = pick(1...5)
        convolution = LayerKind.Convolution(
            filters: pick(1...40), size: size, stride: pick(1...3), padding: size / 2, groups: 1,
            batchNormalised: seed % 2 == 0, activation: Activation.allCases[pick(0...(Activation.allCases.count - 1))])
        self.seed = seed
        switch seed % 5 {
        case 0:
            (convolution.size, convolution.stride, convolution.padding) = (3, 1, 1)
            method = [CK_WINOGRAD_2, CK_WINOGRAD_3, CK_WINOGRAD_4][pick(0...2)]
        case 1: (convolution.size, convolution.stride, convolution.padding) = (1, 1, 0)
        case 2: (convolution.groups, convolution.filters) = (input.channels, input.channels)
        case 3:
            convolution.groups = pick(2...5)
            input.channels = convolution.groups * pick(1...9)
            convolution.filters = convolution.groups * pick(1...9)
        default: break
        }
    }

    var layer: Layer {
        let c = convolution
        return Layer(
            kind: .convolution(c), section: "convolutional", line: 1, input: input,
            output: TensorShape(
                channels: c.filters, height: (input.height + 2 * c.padding - c.size) / c.stride + 1,
                width: (input.width + 2 * c.padding - c.size) / c.stride + 1))
    }

    /// The definition, in double precision.
    func reference(_ x: [Float], _ weights: [Float], factors: [Double], biases: [Float], residual: [Float]) -> [Float] {
        let c = convolution
        let output = layer.output
        let inEach = input.channels / c.groups
        let outEach = c.filters / c.groups
        var result: [Float] = []
        for filter in 0..<c.filters {
            for y in 0..<output.height {
                for column in 0..<output.width {
                    var sum = 0.0
                    for channel in 0..<inEach {
                        let plane = (filter / outEach * inEach + channel) * input.pixels
                        for ky in 0..<c.size {
                            let row = y * c.stride - c.padding + ky
                            guard (0..<input.height).contains(row) else { continue }
                            for kx in 0..<c.size {
                                let at = column * c.stride - c.padding + kx
                                guard (0..<input.width).contains(at) else { continue }
                                let weight = weights[((filter * inEach + channel) * c.size + ky) * c.size + kx]
                                sum += Double(weight) * Double(x[plane + row * input.width + at])
                            }
                        }
                    }
                    sum = activated(sum * factors[filter] + Double(biases[filter]))
                    result.append(Float(sum) + residual[result.count])
                }
            }
        }
        return result
    }

    private func activated(_ x: Double) -> Double {
        switch convolution.activation {
        case .linear: x
        case .leaky: x > 0 ? x : 0.1 * x
        case .relu: max(x, 0)
        case .relu6: min(max(x, 0), 6)
        case .logistic: 1 / (1 + exp(-x))
        case .mish: x * tanh(log1p(exp(x)))
        case .swish: x / (1 + exp(-x))
        }
    }
}

@Suite("Kernels against the definition", .timeLimit(.minutes(20)))
struct KernelTests {
    /// Blocked memory whose unused lanes are not a number: nothing may read them into a result.
    private func blocked(_ planar: [Float], _ shape: TensorShape) throws -> AlignedFloats {
        let floats = try #require(AlignedFloats(count: shape.floats))
        floats.start.update(repeating: .nan, count: shape.floats)
        for channel in 0..<shape.channels {
            for pixel in 0..<shape.pixels {
                floats.start[(channel / 16 * shape.pixels + pixel) * 16 + channel % 16] =
                    planar[channel * shape.pixels + pixel]
            }
        }
        return floats
    }

    /// - storage: of the weights.
    private func computed(
        _ plan: PackedConvolution, _ layer: Layer, on instructions: InstructionSet, threads: Int,
        _ input: AlignedFloats, _ added: AlignedFloats, _ storage: AlignedFloats
    ) throws -> [Float] {
        let workers = try #require(WorkerPool(threads: threads))
        var kernel = plan.kernel
        let scratch = try #require(AlignedFloats(count: ck_conv_scratch_count(&kernel, Int32(threads))))
        let out = try #require(AlignedFloats(count: layer.output.floats))
        // Every item is a task of its own.
        let program = try #require(ck_program_create(instructions.kernel, Int32(threads), 0))
        defer { ck_program_destroy(program) }
        withExtendedLifetime((storage, input, added, scratch, out)) {
            ck_program_conv(program, &kernel, input.start, added.start, out.start, scratch.start)
            var count: Int32 = 0
            let tasks = ck_program_tasks(program, &count)
            ck_pool_run_tasks(workers.handle, tasks, count, nil)
        }
        #expect(ck_program_is_whole(program))
        return BlockedTensor(floats: out, shape: layer.output).planar
    }

    @Test(
        "a convolution of any shape equals the definition, whatever the instructions and threads",
        arguments: (1...60).map { ConvolutionCase(seed: $0) })
    func convolution(_ test: ConvolutionCase) throws {
        var random = SplitMix(seed: test.seed &+ 1000)
        let layer = test.layer
        let c = test.convolution
        let rows =
            random.floats(c.filters) + (c.batchNormalised ? random.floats(2 * c.filters) : [])
            + (c.batchNormalised ? random.floats(c.filters).map { abs($0) + 0.1 } : [])
        let weights = random.floats(c.filters * (layer.input.channels / c.groups) * c.size * c.size)
        let x = random.floats(layer.input.channels * layer.input.pixels)
        let residual = random.floats(layer.output.channels * layer.output.pixels)
        let (factors, biases) = PackedConvolution.fold(rows, filters: c.filters, batchNormalised: c.batchNormalised)
        let expected = test.reference(x, weights, factors: factors, biases: biases, residual: residual)
        let range = expected.reduce(1) { max($0, abs($1)) }

        var plan = try #require(PackedConvolution(layer, isFirst: false) { test.method ?? $1 })
        let storage = try #require(AlignedFloats(count: plan.weightsCount + plan.biasCount))
        var next = storage.start
        plan.place(&next)
        let bytes = (rows + weights).flatMap { number in
            withUnsafeBytes(of: number.bitPattern.littleEndian) { [UInt8]($0) }
        }
        let pool = try #require(WorkerPool(threads: 2))
        try plan.load(layer, of: "test", from: .bytes(bytes), at: 0, pool: pool)
        let input = try blocked(x, layer.input)
        let added = try blocked(residual, layer.output)
        for instructions in InstructionSet.available {
            var bits: [Float]?
            for threads in 1...3 {
                let ours = try computed(plan, layer, on: instructions, threads: threads, input, added, storage)
                #expect(largestDifference(ours, expected) <= 1e-5 * range, "\(instructions.name)")
                #expect(ours == bits ?? ours, "\(instructions.name), \(threads) threads")
                bits = ours
            }
        }
    }

    /// The nearest number of 8 significant bits, the even one of two.
    private static func rounded(_ x: Float) -> Float {
        let bits = x.bitPattern
        return Float(bitPattern: (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff_0000)
    }

    @Test(
        "a 1×1 convolution in bfloat16 equals the definition of the rounded inputs and weights, whatever the threads",
        .enabled(if: Precision.available.contains(.bfloat16), "this processor has no bfloat16"),
        arguments: (1...40).map { UInt64($0) })
    func bfloat16(seed: UInt64) throws {
        var random = SplitMix(seed: seed &+ 2000)
        func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
        var test = ConvolutionCase(seed: 5 * seed + 1)
        // Every count of channels up to two blocks and a half, and some that need the least rows an item.
        test.input = TensorShape(
            channels: seed % 8 == 0 ? pick(1200...3000) : Int(seed), height: pick(1...19), width: pick(1...19))
        test.convolution.batchNormalised = false
        let (layer, c) = (test.layer, test.convolution)
        let biases = random.floats(c.filters)
        let weights = random.floats(c.filters * layer.input.channels)
        let x = random.floats(layer.input.channels * layer.input.pixels)
        let residual = random.floats(layer.output.channels * layer.output.pixels)
        let expected = test.reference(
            x.map(Self.rounded), weights.map(Self.rounded), factors: [Double](repeating: 1, count: c.filters),
            biases: biases, residual: residual)
        let range = expected.reduce(1) { max($0, abs($1)) }

        var plan = try #require(PackedConvolution(layer, isFirst: false, precision: .bfloat16))
        #expect(plan.methodName == "matrix product, bfloat16")
        let storage = try #require(AlignedFloats(count: plan.weightsCount + plan.biasCount))
        var next = storage.start
        plan.place(&next)
        let bytes = (biases + weights).flatMap { number in
            withUnsafeBytes(of: number.bitPattern.littleEndian) { [UInt8]($0) }
        }
        try plan.load(layer, of: "test", from: .bytes(bytes), at: 0, pool: try #require(WorkerPool(threads: 2)))
        let input = try blocked(x, layer.input)
        let added = try blocked(residual, layer.output)
        var bits: [Float]?
        for threads in 1...3 {
            let ours = try computed(plan, layer, on: .avx512, threads: threads, input, added, storage)
            #expect(largestDifference(ours, expected) <= 1e-5 * range, "\(layer.input.channels) channels")
            #expect(ours == bits ?? ours, "\(threads) threads")
            bits = ours
        }
    }

    /// The inputs of each pixel as 256 steps, and each filter's weights as 255, as numbers again.
    private static func stepped(_ x: [Float], channels: Int, pixels: Int) -> [Float] {
        var result = x
        for pixel in 0..<pixels {
            let all = (0..<channels).map { x[$0 * pixels + pixel] }
            let low = min(0, all.min() ?? 0)
            let step = (max(0, all.max() ?? 0) - low) / 255
            guard step > 0 else { continue }
            let zero = (-low / step).rounded(.toNearestOrEven)
            for channel in 0..<channels {
                let number = min(max((x[channel * pixels + pixel] / step + zero).rounded(.toNearestOrEven), 0), 255)
                result[channel * pixels + pixel] = (number - zero) * step
            }
        }
        return result
    }

    private static func stepped(filters: [Float], channels: Int) -> [Float] {
        stride(from: 0, to: filters.count, by: channels).flatMap { start -> [Float] in
            let filter = filters[start..<start + channels].map(Double.init)
            let step = (filter.map(abs).max() ?? 0) / 127
            return filter.map { step > 0 ? Float(($0 / step).rounded(.toNearestOrEven) * step) : 0 }
        }
    }

    @Test(
        "a 1×1 convolution in int8 equals the definition of the stepped inputs and weights, whatever the threads",
        .enabled(if: Precision.available.contains(.int8), "this processor has no int8"),
        arguments: (1...40).map { UInt64($0) })
    func int8(seed: UInt64) throws {
        var random = SplitMix(seed: seed &+ 3000)
        func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
        var test = ConvolutionCase(seed: 5 * seed + 1)
        // Every remainder of channels and pixels, and some that need the least rows an item.
        test.input = TensorShape(
            channels: seed % 8 == 0 ? pick(1200...3000) : 31 + Int(seed), height: pick(1...19), width: pick(1...19))
        test.convolution.batchNormalised = false
        let (layer, c) = (test.layer, test.convolution)
        let biases = random.floats(c.filters)
        let weights = random.floats(c.filters * layer.input.channels)
        var x = random.floats(layer.input.channels * layer.input.pixels)
        // A pixel of zeros has no step.
        for channel in 0..<layer.input.channels { x[channel * layer.input.pixels] = 0 }
        let residual = random.floats(layer.output.channels * layer.output.pixels)
        let expected = test.reference(
            Self.stepped(x, channels: layer.input.channels, pixels: layer.input.pixels),
            Self.stepped(filters: weights, channels: layer.input.channels),
            factors: [Double](repeating: 1, count: c.filters), biases: biases, residual: residual)
        let range = expected.reduce(1) { max($0, abs($1)) }

        var plan = try #require(
            PackedConvolution(layer, isFirst: false, precision: .int8) { _, _ in CK_POINTWISE_INT8 })
        #expect(plan.methodName == "matrix product, int8")
        let storage = try #require(AlignedFloats(count: plan.weightsCount + plan.biasCount))
        var next = storage.start
        plan.place(&next)
        let bytes = (biases + weights).flatMap { number in
            withUnsafeBytes(of: number.bitPattern.littleEndian) { [UInt8]($0) }
        }
        try plan.load(layer, of: "test", from: .bytes(bytes), at: 0, pool: try #require(WorkerPool(threads: 2)))
        let input = try blocked(x, layer.input)
        let added = try blocked(residual, layer.output)
        var bits: [Float]?
        for threads in 1...3 {
            let ours = try computed(plan, layer, on: .avx512, threads: threads, input, added, storage)
            // An input halfway between two steps may go to either.
            #expect(largestDifference(ours, expected) <= 4e-3 * range, "\(layer.input.channels) channels")
            #expect(ours == bits ?? ours, "\(threads) threads")
            bits = ours
        }
    }

    @Test(
        "a weight that bfloat16 cannot hold is refused",
        .enabled(if: Precision.available.contains(.bfloat16), "this processor has no bfloat16"))
    func tooLarge() throws {
        let cfg =
            "[net]\nwidth=4\nheight=4\nchannels=3\n[convolutional]\nfilters=16\nsize=3\npad=1\nactivation=linear\n"
            + "[convolutional]\nfilters=6\nsize=1\nactivation=linear\n[yolo]\nanchors=8,8\nclasses=1\n"
        var numbers = [Float](repeating: 0.5, count: 16 + 16 * 27 + 6 + 6 * 16)
        numbers[16 + 16 * 27 + 6 + 17] = .greatestFiniteMagnitude
        let bytes: [UInt8] =
            [0, 0, 0, 0, 2, 0, 0, 0] + [UInt8](repeating: 0, count: 12)
            + numbers.flatMap { number in withUnsafeBytes(of: number.bitPattern.littleEndian) { [UInt8]($0) } }
        _ = try Network(cfg: cfg, weights: .bytes(bytes), name: "large")
        #expect(throws: ModelError.self) {
            _ = try Network(cfg: cfg, weights: .bytes(bytes), name: "large", precision: .bfloat16)
        }
    }

    @Test("[reorg3d] is space to depth: output channel (dy · 2 + dx) · C + c")
    func spaceToDepth() throws {
        let shape = TensorShape(channels: 3, height: 4, width: 6)
        let x = (0..<72).map(Float.init)
        let out = try #require(AlignedFloats(count: 16 * 6))
        let input = try blocked(x, shape)
        withExtendedLifetime((input, out)) { ck_space_to_depth(input.start, 3, 4, 6, 2, out.start) }
        let tensor = BlockedTensor(floats: out, shape: TensorShape(channels: 12, height: 2, width: 3))
        for channel in 0..<12 {
            for y in 0..<2 {
                for column in 0..<3 {
                    let (part, source) = (channel / 3, channel % 3)
                    let expected = x[(source * 4 + y * 2 + part / 2) * 6 + column * 2 + part % 2]
                    #expect(tensor[channel, y * 3 + column] == expected)
                }
            }
        }
    }

    @Test("[reorg] of 4 channels 2×2 deals out the planes of a 1-channel 4×4 picture")
    func reorg() throws {
        let out = try #require(AlignedFloats(count: 16))
        let input = try blocked((0..<16).map(Float.init), TensorShape(channels: 4, height: 2, width: 2))
        withExtendedLifetime((input, out)) { ck_reorg(input.start, 4, 2, 2, 2, out.start) }
        let tensor = BlockedTensor(floats: out, shape: TensorShape(channels: 16, height: 1, width: 1))
        #expect(tensor.planar == [0, 2, 8, 10, 1, 3, 9, 11, 4, 6, 12, 14, 5, 7, 13, 15])
    }

    @Test("the pool calls every item once, and again for the next job")
    func pool() throws {
        for threads in [1, 2, 5] {
            let pool = try #require(WorkerPool(threads: threads))
            for items in [0, 1, 7, 300] {
                let hits = UnsafeMutablePointer<Int32>.allocate(capacity: items + 1)
                defer { hits.deallocate() }
                hits.initialize(repeating: 0, count: items + 1)
                pool.run(items) { hits[$0] += 1 }
                #expect((0..<items).allSatisfy { hits[$0] == 1 })
            }
        }
    }

    @Test("a task begins when the tasks that it needs are done, and each is done once", arguments: [1, 2, 3, 8])
    func tasks(threads: Int) throws {
        let pool = try #require(WorkerPool(threads: threads))
        var random = SplitMix(seed: UInt64(threads))
        for count in [0, 1, 2, 40, 500] {
            let run = TaskRun(count)
            let tasks = (0..<count).map { number in
                // Some need all before them, some a few less, as the layers of a network do.
                let needs = max(0, number - [0, 1, 3, 9][Int(random.next() % 4)])
                return ck_task(
                    work: { context, item, worker in
                        guard let context else { return }
                        Unmanaged<TaskRun>.fromOpaque(context).takeUnretainedValue().perform(Int(item), Int(worker))
                    }, context: Unmanaged.passUnretained(run).toOpaque(), first: Int32(2 * number),
                    end: Int32(2 * number + 2), needs: Int32(needs), step: 0)
            }
            run.needs = tasks.map { Int($0.needs) }
            var seconds = [Double](repeating: -1, count: count)
            withExtendedLifetime(run) { ck_pool_run_tasks(pool.handle, tasks, Int32(count), &seconds) }
            #expect(run.faults == [])
            #expect(run.done.allSatisfy { $0 == 2 })
            #expect(seconds.allSatisfy { $0 >= 0 })
        }
    }
}

/// What tasks saw when they ran.
private final class TaskRun: @unchecked Sendable {
    // Guarded by the lock.
    private let lock = NSLock()
    private(set) var done: [Int]
    private(set) var faults: [String] = []
    private var workers: Set<Int> = []
    var needs: [Int] = []

    init(_ count: Int) { done = Array(repeating: 0, count: count) }

    func perform(_ item: Int, _ worker: Int) {
        lock.withLock {
            if let open = done[..<needs[item / 2]].firstIndex(where: { $0 < 2 }) {
                faults.append("item \(item) began before task \(open) was done")
            }
            if !workers.insert(worker).inserted { faults.append("worker \(worker) twice") }
        }
        sched_yield()
        lock.withLock {
            workers.remove(worker)
            done[item / 2] += 1
        }
    }
}
