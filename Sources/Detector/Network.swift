internal import CKernels
public import Farm

/// A network with its weights, loaded and packed once; detectors share it.
public final class Network: Sendable {
    let graph: NetworkGraph
    /// The convolution of each layer that is one, its pointers into `storage`.
    let convolutions: [PackedConvolution?]
    private let storage: AlignedFloats
    /// What it is called, how large it is, and how it computes.
    public let model: ModelDescription

    /// - Parameters:
    ///   - cfg: the text of a Darknet `.cfg`, with one key of our own: `resize` in `[net]`, see `ResizeMethod`.
    ///   - weights: the `.weights` file that belongs to it.
    ///   - name: how people call it; errors carry it too.
    ///   - threads: that pack the weights, 1 or more.
    ///   - precision: refused where the machine has no instructions for it.
    ///   - digest: of cfg and weights, for `model`; empty where nobody needs it.
    ///   - isCalibrated: a table of likelihoods for this digest lies beside it.
    ///   - limits: looked at before the weights are.
    public convenience init(
        cfg: String, weights: WeightsSource, name: String, threads: Int = 1, precision: Precision = .float32,
        digest: String = "", isCalibrated: Bool = false, limits: NetworkLimits = NetworkLimits()
    ) throws(ModelError) {
        guard Precision.available.contains(precision) else { throw .precision(model: name, precision) }
        let graph = try NetworkGraph(DarknetConfig(cfg, model: name))
        try limits.check(graph)
        try self.init(
            graph: graph, weights: weights, threads: threads,
            precision: precision, digest: digest, isCalibrated: isCalibrated)
    }

    /// - Parameter method: overrides how a convolution is computed; for tests.
    init(
        graph: NetworkGraph, weights: WeightsSource, threads: Int, precision: Precision = .float32,
        digest: String = "", isCalibrated: Bool = false,
        method: (Layer, _ chosen: ck_method) -> ck_method = { $1 }
    ) throws(ModelError) {
        let layout = try WeightsLayout(graph, weights)
        var plans: [PackedConvolution?] = []
        var floats = 0
        for (index, layer) in graph.layers.enumerated() {
            let plan = PackedConvolution(layer, isFirst: index == 0, precision: precision, method: method)
            plans.append(plan)
            floats += plan.map { $0.weightsCount + $0.biasCount } ?? 0
        }
        guard let storage = AlignedFloats(count: floats), let pool = WorkerPool(threads: threads) else {
            throw .resources(model: graph.model, bytes: 4 * floats)
        }
        var next = storage.start
        for index in plans.indices where plans[index] != nil {
            plans[index]?.place(&next)
            try plans[index]?.load(
                graph.layers[index], of: graph.model, from: weights, at: layout.offsets[index], pool: pool)
        }
        weights.finish()
        self.graph = graph
        self.storage = storage
        convolutions = plans
        model = ModelDescription(
            name: graph.model, inputWidth: graph.input.width, inputHeight: graph.input.height,
            gflop: graph.layers.reduce(0) { $0 + $1.flop } / 1e9,
            parameters: graph.layers.reduce(0) { $0 + $1.parameters }, precision: precision, digest: digest,
            isCalibrated: isCalibrated)
    }

    /// Bytes of the packed weights.
    public var weightBytes: Int { storage.count * MemoryLayout<Float>.stride }
    /// From `resize=` in `[net]` of the cfg: scores are only right when frames are resized as in training.
    public var resize: ResizeMethod { graph.resize }

    /// The network layer by layer.
    public var layers: [LayerDescription] {
        graph.layers.indices.map { index in
            let layer = graph.layers[index]
            return LayerDescription(
                index: index, type: layer.section, detail: layer.kind.detail, output: layer.output,
                gflop: layer.flop / 1e9, parameters: layer.parameters,
                method: convolutions[index]?.methodName ?? "")
        }
    }
}

extension LayerKind {
    /// What a person wants to know beside the name.
    var detail: String {
        switch self {
        case .convolution(let c):
            "\(c.size)×\(c.size)" + (c.stride > 1 ? "/\(c.stride)" : "") + ", \(c.filters) filters"
                + (c.groups > 1 ? ", \(c.groups) groups" : "") + ", \(c.activation.rawValue)"
        case .maxpool(let size, let stride, _): "\(size)×\(size)/\(stride)"
        case .route(let sources, let groups, let group):
            sources.map(String.init).joined(separator: ", ") + (groups > 1 ? ", part \(group) of \(groups)" : "")
        case .shortcut(let sources, _): sources.map(String.init).joined(separator: ", ")
        case .upsample(let stride), .reorg(let stride), .spaceToDepth(let stride): "\(stride)"
        case .head(let head): "\(head.anchors.count) anchors, \(head.classes) classes"
        case .averagePool, .dropout: ""
        }
    }
}
