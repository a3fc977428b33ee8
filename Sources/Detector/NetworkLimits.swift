/// What a network from a file may ask of the machine, known from its cfg before anything is loaded or computed.
public struct NetworkLimits: Equatable, Sendable {
    /// What one frame may cost. YOLOv3 at 608x608 takes 140.
    public var gflop = 200.0
    /// Activations of one frame.
    public var workingBytes = 1 << 30
    /// Numbers in the weights' file, four bytes each. YOLOv3 has 62 million.
    public var parameters = 250_000_000

    public init() {}

    /// - Throws: `tooLarge`.
    func check(_ graph: NetworkGraph) throws(ModelError) {
        let demand = NetworkDemand(graph)
        guard demand.gflop <= gflop, demand.workingBytes <= workingBytes, demand.parameters <= parameters else {
            throw .tooLarge(model: graph.model, demand, limits: self)
        }
    }
}

/// What a network asks of the machine.
public struct NetworkDemand: Equatable, Sendable {
    /// What one frame costs.
    public var gflop: Double
    /// Activations of one frame, at most.
    public var workingBytes: Int
    /// Numbers in the weights' file, four bytes each.
    public var parameters: Int

    init(_ graph: NetworkGraph) {
        gflop = graph.layers.reduce(0) { $0 + $1.flop } / 1e9
        parameters = graph.layers.reduce(0) { $0 + $1.parameters }
        let floats = ExecutionPlan(graph, blockedInput: true).arenaFloats
        workingBytes = floats * MemoryLayout<Float>.stride
    }
}
