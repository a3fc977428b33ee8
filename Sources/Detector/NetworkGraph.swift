/// The layers of a cfg with their shapes, checked: every size fits, every source exists, every key is understood.
struct NetworkGraph: Equatable, Sendable {
    var model: String
    var input: TensorShape
    var resize: ResizeMethod
    var layers: [Layer] = []

    /// Bounds that keep arithmetic far from overflow and memory within a machine.
    enum Limit {
        static let side = 4096
        static let channels = 1 << 16
        static let window = 64
        /// Floats of one layer's output: 512 MB.
        static let floats = 1 << 27
    }

    init(_ config: DarknetConfig) throws(ModelError) {
        model = config.model
        guard let first = config.sections.first, first.name == "net" || first.name == "network" else {
            throw .config(
                model: model, problem: "the first section is not [net]",
                remedy: "Give a Darknet .cfg; it starts with [net] and the input's size.")
        }
        (input, resize) = try Self.readNet(first, model: model)
        for section in config.sections.dropFirst() { try append(section) }
        guard layers.contains(where: { if case .head = $0.kind { true } else { false } }) else {
            throw .config(
                model: model, problem: "the network has no [region] or [yolo] layer",
                remedy: "farmtop runs detection networks only.")
        }
    }

    /// The heads: their layer numbers and what they say.
    var heads: [(layer: Int, head: DetectionHead)] {
        layers.indices.compactMap { index in
            if case .head(let head) = layers[index].kind { (index, head) } else { nil }
        }
    }

    private static func readNet(
        _ section: DarknetConfig.Section, model: String
    ) throws(ModelError) -> (TensorShape, ResizeMethod) {
        var reader = SectionReader(section, model: model)
        let shape = TensorShape(
            channels: try reader.int("channels", default: 3, in: 1...4),
            height: try reader.int("height", default: nil, in: 1...Limit.side),
            width: try reader.int("width", default: nil, in: 1...Limit.side))
        guard shape.channels == 3 else {
            throw reader.error(
                "channels", "the network takes \(shape.channels) channels", "Frames are RGB: use one with channels=3.")
        }
        try reader.unsupported("letter_box", unless: "0")
        let name = reader.text("resize") ?? ResizeMethod.cornerAligned.rawValue
        guard let resize = ResizeMethod(rawValue: name) else {
            throw reader.error(
                "resize", "resize is \(name.debugDescription)",
                "Give one of: \(ResizeMethod.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        try reader.finish(ignoring: trainingKeysOfNet)
        return (shape, resize)
    }

    private mutating func append(_ section: DarknetConfig.Section) throws(ModelError) {
        var reader = SectionReader(section, model: model)
        let previous = layers.last?.output ?? input
        let (kind, output) = try readLayer(&reader, input: previous)
        guard output.channels <= Limit.channels, output.floats <= Limit.floats else {
            throw reader.error(
                nil, "its output would be \(output.channels) × \(output.height) × \(output.width)",
                "Reduce the input's size or the filters.")
        }
        layers.append(
            Layer(kind: kind, section: section.name, line: section.line, input: previous, output: output))
    }

    private func readLayer(
        _ reader: inout SectionReader, input: TensorShape
    ) throws(ModelError) -> (LayerKind, TensorShape) {
        switch reader.section.name {
        case "convolutional", "conv": try readConvolution(&reader, input)
        case "maxpool", "max": try readMaxpool(&reader, input)
        case "avgpool", "avg": try readAveragePool(&reader, input)
        case "route": try readRoute(&reader)
        case "shortcut": try readShortcut(&reader, input)
        case "upsample": try readUpsample(&reader, input)
        case "reorg", "reorg3d": try readReorg(&reader, input)
        case "dropout": try readDropout(&reader, input)
        case "region": try readRegion(&reader, input)
        case "yolo": try readYolo(&reader, input)
        default:
            throw reader.error(
                nil, "the layer is not supported",
                "farmtop knows: \(Self.knownLayers.joined(separator: ", ")). Use a network made of these.")
        }
    }

    static let knownLayers = [
        "convolutional", "maxpool", "avgpool", "route", "shortcut", "upsample", "reorg3d", "reorg", "dropout",
        "region", "yolo",
    ]

    /// A source as Darknet counts: from 0, or from the present layer backwards when negative.
    func source(_ number: Int, _ reader: SectionReader, _ key: String) throws(ModelError) -> Int {
        let index = number < 0 ? layers.count + number : number
        guard layers.indices.contains(index) else {
            throw reader.error(
                key, "\(key) names layer \(number), which does not come before this one (\(layers.count))",
                layers.isEmpty
                    ? "Nothing comes before the first layer: begin with another one."
                    : "Give a layer from 0 to \(layers.count - 1), or a negative distance.")
        }
        return index
    }
}
