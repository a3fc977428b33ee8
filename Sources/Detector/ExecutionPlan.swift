/// In which order a network is computed and where each layer's numbers lie: layers that only rename another's are not
/// computed, a sum after a convolution happens while it writes, and tensors whose last reader has run give their place
/// to later ones.
struct ExecutionPlan: Equatable, Sendable {
    struct Step: Equatable, Sendable {
        var layer: Int
        /// Layers whose tensors are read, in the order of the operation's operands.
        var reads: [Int]
        /// For a convolution: a layer whose tensor is added to the result; the step then stands for the shortcut too.
        var residual: Int?
    }
    /// First float of each layer's tensor in the arena.
    private(set) var offsets: [Int]
    private(set) var steps: [Step] = []
    private(set) var arenaFloats = 0
    /// Floats of the first layer's input when it has to be in blocks; it lies at the arena's start.
    let blockedInput: Bool

    /// - Parameters:
    ///   - blockedInput: the first layer cannot read the planar input.
    ///   - keepAll: every layer's tensor keeps its place and nothing is fused; for looking at them.
    init(_ graph: NetworkGraph, blockedInput: Bool, keepAll: Bool = false) {
        self.blockedInput = blockedInput
        let layers = graph.layers
        offsets = Array(repeating: 0, count: layers.count)
        // The layer whose tensor is this layer's.
        var owner = Array(layers.indices)
        for (index, layer) in layers.enumerated() {
            switch layer.kind {
            case .dropout where index > 0, .head: owner[index] = owner[index - 1]
            case .route(let sources, 1, _) where sources.count == 1: owner[index] = owner[sources[0]]
            default: break
            }
        }
        var readers = Array(repeating: 0, count: layers.count)
        for (index, layer) in layers.enumerated() where owner[index] == index {
            for source in Self.sources(of: layer.kind, at: index) { readers[owner[source]] += 1 }
        }
        for (index, layer) in layers.enumerated() {
            if case .head = layer.kind { readers[owner[index]] += 1 }
        }
        makeSteps(layers, &owner, readers, fuse: !keepAll)
        place(layers, owner, keepAll: keepAll)
    }

    /// Layers that a kind reads, the layer before included; −1 for the network's input is left out.
    static func sources(of kind: LayerKind, at index: Int) -> [Int] {
        switch kind {
        case .route(let sources, _, _): sources
        case .shortcut(let sources, _): [index - 1] + sources
        default: index > 0 ? [index - 1] : []
        }
    }

    private mutating func makeSteps(_ layers: [Layer], _ owner: inout [Int], _ readers: [Int], fuse: Bool) {
        var index = 0
        while index < layers.count {
            defer { index += 1 }
            guard owner[index] == index else { continue }
            var step = Step(layer: index, reads: Self.sources(of: layers[index].kind, at: index).map { owner[$0] })
            if fuse, case .convolution = layers[index].kind, index + 1 < layers.count, readers[index] == 1,
                case .shortcut(let sources, .linear) = layers[index + 1].kind, sources.count == 1,
                owner[sources[0]] != index
            {
                step.residual = owner[sources[0]]
                owner[index] = index + 1
                steps.append(step)
                index += 1
                continue
            }
            steps.append(step)
        }
    }

    /// A tensor, and the steps that no other may have its place in.
    private struct Tensor {
        var layer: Int
        var floats: Int
        var steps: ClosedRange<Int>
        var offset = 0
    }

    /// Gives each tensor a place that is its own from its first writing to the step after its last reading: a step may
    /// begin before the one before it has ended, and so takes no place that that one reads. The largest come first, each as
    /// low as those before it leave room ("greedy by size", Pisarchyk and Lee 2020, arXiv:2001.03288): in the order of the
    /// steps, small ones would lie where a large one could.
    private mutating func place(_ layers: [Layer], _ owner: [Int], keepAll: Bool) {
        var lastRead = Array(repeating: -1, count: layers.count)
        for (number, step) in steps.enumerated() {
            for layer in step.reads + (step.residual.map { [$0] } ?? []) { lastRead[layer] = number }
        }
        for index in layers.indices {
            if case .head = layers[index].kind { lastRead[Self.root(index, owner)] = steps.count }
        }
        var placed: [Tensor] = []
        if let first = layers.first, blockedInput {
            placed.append(Tensor(layer: -1, floats: first.input.floats, steps: -1...(keepAll ? steps.count + 1 : 1)))
        }
        let tensors = steps.enumerated().map { number, step in
            let layer = Self.root(step.layer, owner)
            let last = keepAll ? steps.count : max(lastRead[layer], number)
            return Tensor(layer: layer, floats: layers[layer].output.floats, steps: number...(last + 1))
        }
        for var tensor in tensors.sorted(by: { ($1.floats, $0.layer) < ($0.floats, $1.layer) }) {
            for other in placed where other.steps.overlaps(tensor.steps) {
                if tensor.offset + tensor.floats <= other.offset { break }
                tensor.offset = max(tensor.offset, other.offset + other.floats)
            }
            placed.insert(tensor, at: placed.firstIndex { $0.offset > tensor.offset } ?? placed.count)
            offsets[tensor.layer] = tensor.offset
        }
        arenaFloats = placed.map { $0.offset + $0.floats }.max() ?? 0
        for index in layers.indices { offsets[index] = offsets[Self.root(index, owner)] }
    }

    /// The layer that owns the tensor, through fused sums.
    private static func root(_ layer: Int, _ owner: [Int]) -> Int {
        var layer = layer
        while owner[layer] != layer { layer = owner[layer] }
        return layer
    }
}
