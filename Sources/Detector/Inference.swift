internal import CKernels

/// The working memory of one network and the threads that fill it. One frame at a time.
final class Inference {
    let network: Network
    let plan: ExecutionPlan
    private let isa: ck_isa
    private let pool: WorkerPool
    private let arena: AlignedFloats
    private let scratch: AlignedFloats
    /// The frame at the network's size: planar RGB 0...1 with a margin of zeros, as the first layer wants it.
    let input: PlanarInput

    init(
        _ network: Network, threads: Int, instructions: InstructionSet, keepAll: Bool = false
    ) throws(ModelError) {
        self.network = network
        isa = instructions.kernel
        let first = network.convolutions.first ?? nil
        let planar = first?.kernel.method == CK_STEM
        let plan = ExecutionPlan(network.graph, blockedInput: !planar, keepAll: keepAll)
        self.plan = plan
        let scratchFloats = Self.scratchFloats(network, threads: threads)
        guard plan.arenaFloats <= 1 << 30, scratchFloats <= 1 << 30, let pool = WorkerPool(threads: threads),
            let arena = AlignedFloats(count: plan.arenaFloats), let scratch = AlignedFloats(count: scratchFloats),
            let input = PlanarInput(network.graph.input, margin: planar ? Int(first?.kernel.padding ?? 0) : 0)
        else {
            throw .resources(model: network.graph.model, bytes: 4 * (plan.arenaFloats + scratchFloats))
        }
        self.pool = pool
        self.arena = arena
        self.scratch = scratch
        self.input = input
    }

    /// Bytes of working memory.
    var workingBytes: Int { 4 * (arena.count + scratch.count) }

    private static func scratchFloats(_ network: Network, threads: Int) -> Int {
        var largest = 0
        for (index, layer) in network.graph.layers.enumerated() {
            if var kernel = network.convolutions[index]?.kernel {
                largest = max(largest, ck_conv_scratch_count(&kernel, Int32(threads)))
            } else if var shape = layer.maxpool {
                largest = max(largest, ck_maxpool_scratch_count(&shape, Int32(threads)))
            }
        }
        return largest
    }

    /// The numbers of a layer in blocks; valid until the next run, or until a later layer takes their place.
    func tensor(_ layer: Int) -> BlockedTensor {
        BlockedTensor(floats: arena, offset: plan.offsets[layer], shape: network.graph.layers[layer].output)
    }

    /// Computes every layer from `input`.
    /// - Parameter finished: is called after each step with its layer.
    func run(finished: (_ layer: Int) -> Void = { _ in }) {
        if plan.blockedInput {
            let shape = network.graph.input
            ck_block_from_planar(
                input.floats.start, Int32(shape.channels), Int32(shape.height), Int32(shape.width),
                Int32(input.margin), arena.start)
        }
        for step in plan.steps {
            run(step)
            finished(step.layer)
        }
    }

    private func run(_ step: ExecutionPlan.Step) {
        let layer = network.graph.layers[step.layer]
        let out = arena.start + plan.offsets[step.layer]
        let source = step.reads.first.map { arena.start + plan.offsets[$0] } ?? arena.start
        let channels = Int32(layer.input.channels)
        let height = Int32(layer.input.height)
        let width = Int32(layer.input.width)
        switch layer.kind {
        case .convolution: convolve(step, source, out)
        case .maxpool:
            guard var shape = layer.maxpool else { return }
            ck_maxpool_run(&shape, isa, pool.handle, source, out, scratch.start)
        case .averagePool: ck_average(source, channels, layer.input.pixels, out)
        case .route(_, let groups, let group): join(step, groups: groups, group: group, out)
        case .shortcut(_, let activation): sum(step, activation, layer.output.floats, out)
        case .upsample(let stride): ck_upsample(source, channels, height, width, Int32(stride), out)
        case .reorg(let stride): ck_reorg(source, channels, height, width, Int32(stride), out)
        case .spaceToDepth(let stride): ck_space_to_depth(source, channels, height, width, Int32(stride), out)
        case .dropout: out.update(from: source, count: layer.output.floats)
        case .head: break  // its numbers are those of the layer before
        }
    }

    private func convolve(
        _ step: ExecutionPlan.Step, _ source: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>
    ) {
        guard var kernel = network.convolutions[step.layer]?.kernel else { return }
        let isPlanar = kernel.method == CK_STEM
        ck_conv_run(
            &kernel, isa, pool.handle, isPlanar ? UnsafePointer(input.floats.start) : source,
            step.residual.map { UnsafePointer(arena.start + plan.offsets[$0]) }, out, scratch.start)
    }

    private func join(_ step: ExecutionPlan.Step, groups: Int, group: Int, _ out: UnsafeMutablePointer<Float>) {
        var to = 0
        for source in step.reads {
            let shape = network.graph.layers[source].output
            let count = shape.channels / groups
            ck_copy_channels(
                arena.start + plan.offsets[source], Int32(group * count), Int32(count), shape.pixels, out, Int32(to))
            to += count
        }
    }

    private func sum(
        _ step: ExecutionPlan.Step, _ activation: Activation, _ count: Int, _ out: UnsafeMutablePointer<Float>
    ) {
        var first = UnsafePointer(arena.start + plan.offsets[step.reads[0]])
        for (number, source) in step.reads.dropFirst().enumerated() {
            let isLast = number == step.reads.count - 2
            ck_add(
                isa, pool.handle, first, arena.start + plan.offsets[source], out, count,
                isLast ? activation.kernel : CK_LINEAR)
            first = UnsafePointer(out)
        }
    }
}

extension Layer {
    var maxpool: ck_maxpool? {
        guard case .maxpool(let size, let stride, let padding) = kind else { return nil }
        return ck_maxpool(
            channels: Int32(input.channels), in_height: Int32(input.height), in_width: Int32(input.width),
            out_height: Int32(output.height), out_width: Int32(output.width), size: Int32(size),
            stride: Int32(stride), offset: Int32(padding / 2))
    }
}

/// A layer's numbers: (channel blocks, height, width, 16).
struct BlockedTensor {
    /// Held, so that the numbers stay for as long as somebody looks at them.
    var floats: AlignedFloats
    var offset = 0
    var shape: TensorShape

    /// - Parameter pixel: row · width + column.
    subscript(channel: Int, pixel: Int) -> Float {
        floats.start[offset + (channel / 16 * shape.pixels + pixel) * 16 + channel % 16]
    }

    /// (channels, height, width)
    var planar: [Float] {
        [Float](unsafeUninitializedCapacity: shape.channels * shape.pixels) { buffer, count in
            guard let base = buffer.baseAddress else { return }
            ck_planar_from_block(floats.start + offset, Int32(shape.channels), shape.pixels, base)
            count = shape.channels * shape.pixels
        }
    }
}

/// (channels, height + 2 · margin, width + 2 · margin); the margin stays zero.
struct PlanarInput {
    let shape: TensorShape
    let margin: Int
    let floats: AlignedFloats

    init?(_ shape: TensorShape, margin: Int) {
        let count = shape.channels * (shape.height + 2 * margin) * (shape.width + 2 * margin)
        guard let floats = AlignedFloats(count: count) else { return nil }
        floats.start.update(repeating: 0, count: count)
        self.shape = shape
        self.margin = margin
        self.floats = floats
    }

    /// The first float of a row of a channel, inside the margin.
    func row(_ channel: Int, _ y: Int) -> UnsafeMutablePointer<Float> {
        let width = shape.width + 2 * margin
        let height = shape.height + 2 * margin
        return floats.start + (channel * height + y + margin) * width + margin
    }

    subscript(channel: Int, y: Int, x: Int) -> Float { row(channel, y)[x] }

    /// Fills it with numbers as they are. (channels, height, width)
    func fill(_ numbers: [Float]) {
        precondition(numbers.count == shape.channels * shape.pixels)
        for channel in 0..<shape.channels {
            for y in 0..<shape.height {
                let row = row(channel, y)
                for x in 0..<shape.width { row[x] = numbers[(channel * shape.height + y) * shape.width + x] }
            }
        }
    }
}
