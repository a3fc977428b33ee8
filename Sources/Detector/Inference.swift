internal import CKernels

/// The working memory of one network, its layers as a program of tasks, and the threads that do them. One frame at a time.
final class Inference {
    let network: Network
    let plan: ExecutionPlan
    private let isa: ck_isa
    let pool: WorkerPool
    private let program: OpaquePointer
    private let arena: AlignedFloats
    private let scratch: AlignedFloats
    /// The frame at the network's size: planar RGB 0...1 with a margin of zeros, as the first layer wants it.
    let input: PlanarInput

    /// - Parameters:
    ///   - keepAll: every layer keeps its numbers.
    ///   - leastOperations: that are worth a task of their own; a test has small layers divided too.
    init(
        _ network: Network, threads: Int, instructions: InstructionSet, keepAll: Bool = false,
        leastOperations: Double = ck_program_least
    ) throws(ModelError) {
        self.network = network
        isa = instructions.kernel
        let plan = ExecutionPlan(network.graph, blockedInput: !network.readsPlanar, keepAll: keepAll)
        self.plan = plan
        let scratchFloats = Self.scratchFloats(network, threads: threads)
        guard plan.arenaFloats <= 1 << 30, scratchFloats <= 1 << 30, let pool = WorkerPool(threads: threads),
            let arena = AlignedFloats(count: plan.arenaFloats), let scratch = AlignedFloats(count: scratchFloats),
            let input = PlanarInput(network.graph.input, margin: network.inputMargin),
            let program = ck_program_create(isa, Int32(clamping: threads), leastOperations)
        else {
            throw .resources(model: network.graph.model, bytes: 4 * (plan.arenaFloats + scratchFloats))
        }
        self.pool = pool
        self.arena = arena
        self.scratch = scratch
        self.input = input
        self.program = program
        for step in plan.steps {
            ck_program_begin(program)
            add(step)
        }
        guard ck_program_is_whole(program) else {
            throw .resources(model: network.graph.model, bytes: workingBytes)
        }
    }

    deinit { ck_program_destroy(program) }

    /// Bytes of working memory.
    var workingBytes: Int { 4 * (arena.count + scratch.count) }

    fileprivate static func scratchFloats(_ network: Network, threads: Int) -> Int {
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
    func run() {
        run { ck_pool_run_tasks(pool.handle, $0.baseAddress, Int32($0.count), nil) }
    }

    /// The same, with the milliseconds of each of `plan.steps`, those of all threads together.
    func measure() -> [Double] {
        var milliseconds = [Double](repeating: 0, count: plan.steps.count)
        run { tasks in
            var seconds = [Double](repeating: 0, count: tasks.count)
            ck_pool_run_tasks(pool.handle, tasks.baseAddress, Int32(tasks.count), &seconds)
            for (task, time) in zip(tasks, seconds) { milliseconds[Int(task.step)] += time * 1e3 }
        }
        return milliseconds
    }

    /// - Parameter perform: does all tasks, in an order that keeps what each of them needs.
    func run(_ perform: (UnsafeBufferPointer<ck_task>) -> Void) {
        if plan.blockedInput {
            let shape = network.graph.input
            ck_block_from_planar(
                input.floats.start, Int32(shape.channels), Int32(shape.height), Int32(shape.width),
                Int32(input.margin), arena.start)
        }
        var count: Int32 = 0
        let tasks = ck_program_tasks(program, &count)
        perform(UnsafeBufferPointer(start: tasks, count: Int(count)))
    }

    private func place(_ layer: Int) -> UnsafeMutablePointer<Float> { arena.start + plan.offsets[layer] }

    private func add(_ step: ExecutionPlan.Step) {
        let layer = network.graph.layers[step.layer]
        let out = place(step.layer)
        let source = step.reads.first.map(place) ?? arena.start
        func move(_ kind: ck_move_kind, stride: Int = 1) {
            ck_program_move(
                program,
                ck_move(
                    kind: kind, in: source, out: out, channels: Int32(layer.input.channels),
                    height: Int32(layer.input.height), width: Int32(layer.input.width), stride: Int32(stride),
                    from: 0, to: 0))
        }
        switch layer.kind {
        case .convolution: convolve(step, source, out)
        case .maxpool:
            guard var shape = layer.maxpool else { return }
            ck_program_maxpool(program, &shape, source, out, scratch.start)
        case .averagePool: move(CK_AVERAGE)
        case .route(_, let groups, let group): join(step, groups: groups, group: group, out)
        case .shortcut(_, let activation): sum(step, activation, layer.output.floats, out)
        case .upsample(let stride): move(CK_UPSAMPLE, stride: stride)
        case .reorg(let stride): move(CK_REORG, stride: stride)
        case .spaceToDepth(let stride): move(CK_SPACE_TO_DEPTH, stride: stride)
        case .dropout: move(CK_COPY)
        case .head: break  // its numbers are those of the layer before
        }
    }

    private func convolve(
        _ step: ExecutionPlan.Step, _ source: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>
    ) {
        guard var kernel = network.convolutions[step.layer]?.kernel else { return }
        let isPlanar = kernel.method == CK_STEM
        ck_program_conv(
            program, &kernel, isPlanar ? UnsafePointer(input.floats.start) : source,
            step.residual.map { UnsafePointer(place($0)) }, out, scratch.start)
    }

    private func join(_ step: ExecutionPlan.Step, groups: Int, group: Int, _ out: UnsafeMutablePointer<Float>) {
        var to = 0
        for source in step.reads {
            let shape = network.graph.layers[source].output
            let count = shape.channels / groups
            ck_program_move(
                program,
                ck_move(
                    kind: CK_COPY, in: place(source), out: out, channels: Int32(count), height: Int32(shape.height),
                    width: Int32(shape.width), stride: 1, from: Int32(group * count), to: Int32(to)))
            to += count
        }
    }

    private func sum(
        _ step: ExecutionPlan.Step, _ activation: Activation, _ count: Int, _ out: UnsafeMutablePointer<Float>
    ) {
        var first = UnsafePointer(place(step.reads[0]))
        for (number, source) in step.reads.dropFirst().enumerated() {
            let isLast = number == step.reads.count - 2
            ck_program_add(program, first, place(source), out, count, isLast ? activation.kernel : CK_LINEAR)
            first = UnsafePointer(out)
        }
    }
}

extension Network {
    /// The first layer reads the input as it comes; otherwise it has to be in blocks.
    fileprivate var readsPlanar: Bool { firstKernel?.method == CK_STEM }
    fileprivate var inputMargin: Int { readsPlanar ? Int(firstKernel?.padding ?? 0) : 0 }
    private var firstKernel: ck_conv? { convolutions.first.flatMap { $0?.kernel } }

    /// Bytes of activations and scratch memory of a detector of one thread, beside `weightBytes`.
    public var workingBytes: Int {
        let arena = ExecutionPlan(graph, blockedInput: !readsPlanar).arenaFloats
        return 4 * (arena + Inference.scratchFloats(self, threads: 1))
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

    /// Floats from a row, and from a channel, to the next.
    var rowFloats: Int { shape.width + 2 * margin }
    var planeFloats: Int { (shape.height + 2 * margin) * rowFloats }

    /// The first float of a row of a channel, inside the margin.
    func row(_ channel: Int, _ y: Int) -> UnsafeMutablePointer<Float> {
        floats.start + channel * planeFloats + (y + margin) * rowFloats + margin
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
