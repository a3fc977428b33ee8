public import Farm

/// Why a network was not loaded.
public enum ModelError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The cfg as a whole: too large, empty, no `[net]`.
    case config(model: String, problem: String, remedy: String)
    /// A line of the cfg, in a section such as `convolutional`. Lines count from 1.
    case section(model: String, section: String, line: Int, problem: String, remedy: String)
    /// The weights do not have the size that the cfg asks for.
    case weightsSize(model: String, expectedBytes: Int, foundBytes: Int)
    /// A layer's weights cannot be used.
    case weights(model: String, section: String, line: Int, problem: String)
    /// The weights' file could not be read.
    case unreadable(path: String, reason: String)
    /// The processor has no instructions for it.
    case precision(model: String, Precision)
    /// It asks more of the machine than a network may.
    case tooLarge(model: String, NetworkDemand, limits: NetworkLimits)
    /// Memory or threads were refused.
    case resources(model: String, bytes: Int)

    public var description: String {
        switch self {
        case .config(let model, let problem, let remedy): "\(model): \(problem). \(remedy)"
        case .section(let model, let section, let line, let problem, let remedy):
            "\(model), line \(line), section [\(section)]: \(problem). \(remedy)"
        case .weightsSize(let model, let expected, let found):
            "The weights of \(model) are \(found) bytes, the cfg needs \(expected). "
                + "Fetch the weights again or use the cfg that they were trained with."
        case .weights(let model, let section, let line, let problem):
            "The weights of \(model) for [\(section)] of line \(line) \(problem). Fetch the weights again."
        case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)."
        case .precision(let model, let precision):
            "\(model) cannot be computed in \(precision.rawValue): this processor has no instructions for it. "
                + "Use \(Precision.available.map(\.rawValue).joined(separator: " or "))."
        case .tooLarge(let model, let demand, let limits):
            "\(model) would take \(Int(demand.gflop.rounded(.up))) GFLOP and \(demand.workingBytes >> 20) MB of working memory "
                + "a frame, with \(demand.parameters) parameters; farmtop takes networks up to \(Int(limits.gflop)) GFLOP, "
                + "\(limits.workingBytes >> 20) MB and \(limits.parameters) parameters. Nothing was loaded or computed. Reduce "
                + "width and height in [net], or use a smaller network."
        case .resources(let model, let bytes):
            "The system refused the memory or threads that \(model) needs (\(bytes >> 20) MB). "
                + "Stop other programs or use a smaller model."
        }
    }
}
