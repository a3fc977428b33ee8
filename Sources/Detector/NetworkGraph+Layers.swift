// One function for each kind of section: its keys, their limits, and the shape that comes out.
extension NetworkGraph {
    func readConvolution(
        _ reader: inout SectionReader, _ input: TensorShape
    ) throws(ModelError) -> (LayerKind, TensorShape) {
        let size = try reader.int("size", default: 1, in: 1...Limit.window)
        let stride = try reader.int("stride", default: 1, in: 1...Limit.window)
        for key in ["stride_x", "stride_y"] { try reader.unsupported(key, unless: String(stride)) }
        // `pad=1` asks for half the window; `padding` counts only without it.
        let given = try reader.int("padding", default: 0, in: 0...Limit.window)
        let padding = try reader.flag("pad") ? size / 2 : given
        let convolution = LayerKind.Convolution(
            filters: try reader.int("filters", default: 1, in: 1...Limit.channels), size: size, stride: stride,
            padding: padding, groups: try reader.int("groups", default: 1, in: 1...Limit.channels),
            batchNormalised: try reader.flag("batch_normalize"),
            activation: try readActivation(&reader, default: .logistic))
        guard input.channels % convolution.groups == 0, convolution.filters % convolution.groups == 0 else {
            throw reader.error(
                "groups",
                "\(convolution.groups) groups do not divide \(input.channels) channels and "
                    + "\(convolution.filters) filters", "Correct groups or filters.")
        }
        for key in ["dilation", "stretch", "stretch_sway", "rotate", "sway", "deform", "share_index"] {
            try reader.unsupported(key, unless: key == "dilation" ? "1" : "0")
        }
        for key in ["antialiasing", "binary", "xnor", "bin_output", "flipped", "dot", "assisted_excitation"] {
            try reader.unsupported(key, unless: "0")
        }
        try reader.finish(ignoring: ["stopbackward", "learning_rate", "cbn"])
        let output = TensorShape(
            channels: convolution.filters, height: (input.height + 2 * padding - size) / stride + 1,
            width: (input.width + 2 * padding - size) / stride + 1)
        guard input.height + 2 * padding >= size, input.width + 2 * padding >= size else {
            throw reader.error(
                "size", "a \(size)×\(size) window does not fit in \(input.width)×\(input.height)",
                "Use a larger input, a smaller size or pad=1.")
        }
        return (.convolution(convolution), output)
    }

    private func readActivation(
        _ reader: inout SectionReader, default fallback: Activation
    ) throws(ModelError) -> Activation {
        guard let name = reader.text("activation") else { return fallback }
        guard let activation = Activation(rawValue: name) else {
            throw reader.error(
                "activation", "the activation \(name.debugDescription) is not supported",
                "farmtop knows: \(Activation.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        return activation
    }

    func readMaxpool(
        _ reader: inout SectionReader, _ input: TensorShape
    ) throws(ModelError) -> (LayerKind, TensorShape) {
        let stride = try reader.int("stride", default: 1, in: 1...Limit.window)
        for key in ["stride_x", "stride_y"] { try reader.unsupported(key, unless: String(stride)) }
        let size = try reader.int("size", default: stride, in: 1...Limit.window)
        let padding = try reader.int("padding", default: size - 1, in: 0...2 * Limit.window)
        for key in ["maxpool_depth", "antialiasing"] { try reader.unsupported(key, unless: "0") }
        try reader.unsupported("out_channels", unless: "1")
        try reader.finish()
        guard input.height + padding >= size, input.width + padding >= size, padding / 2 < size else {
            throw reader.error(
                "size", "a \(size)×\(size) window with padding \(padding) does not fit \(input.width)×\(input.height)",
                "Correct size or padding.")
        }
        let output = TensorShape(
            channels: input.channels, height: (input.height + padding - size) / stride + 1,
            width: (input.width + padding - size) / stride + 1)
        // Every window must hold at least one pixel, or its largest would be −∞.
        let last = max(
            (output.height - 1) * stride - padding / 2 - (input.height - 1),
            (output.width - 1) * stride - padding / 2 - (input.width - 1))
        guard last <= 0 else {
            throw reader.error("padding", "the last window lies outside of the image", "Reduce padding.")
        }
        return (.maxpool(size: size, stride: stride, padding: padding), output)
    }

    func readAveragePool(
        _ reader: inout SectionReader, _ input: TensorShape
    ) throws(ModelError) -> (LayerKind, TensorShape) {
        try reader.finish()
        return (.averagePool, TensorShape(channels: input.channels, height: 1, width: 1))
    }

    func readRoute(_ reader: inout SectionReader) throws(ModelError) -> (LayerKind, TensorShape) {
        var sources: [Int] = []
        for number in try reader.ints("layers") { sources.append(try source(number, reader, "layers")) }
        let groups = try reader.int("groups", default: 1, in: 1...Limit.channels)
        let group = try reader.int("group_id", default: 0, in: 0...groups - 1)
        try reader.finish()
        var output = layers[sources[0]].output
        output.channels = 0
        for index in sources {
            let shape = layers[index].output
            guard shape.height == output.height, shape.width == output.width else {
                throw reader.error(
                    "layers",
                    "layer \(index) is \(shape.width)×\(shape.height), layer \(sources[0]) is "
                        + "\(output.width)×\(output.height)", "Join layers of one size.")
            }
            guard shape.channels % groups == 0 else {
                throw reader.error(
                    "groups", "\(groups) groups do not divide the \(shape.channels) channels of layer \(index)",
                    "Correct groups.")
            }
            output.channels += shape.channels / groups
        }
        return (.route(sources: sources, groups: groups, group: group), output)
    }

    func readShortcut(
        _ reader: inout SectionReader, _ input: TensorShape
    ) throws(ModelError) -> (LayerKind, TensorShape) {
        guard !layers.isEmpty else {
            throw reader.error(nil, "the first layer cannot be a shortcut", "Put a convolution before it.")
        }
        var sources: [Int] = []
        for number in try reader.ints("from") {
            let index = try source(number, reader, "from")
            guard layers[index].output == input else {
                let shape = layers[index].output
                throw reader.error(
                    "from",
                    "layer \(index) is \(shape.channels)×\(shape.height)×\(shape.width), the layer before is "
                        + "\(input.channels)×\(input.height)×\(input.width)", "Add layers of one shape.")
            }
            sources.append(index)
        }
        let activation = try readActivation(&reader, default: .linear)
        try reader.unsupported("weights_type", unless: "none")
        try reader.finish(ignoring: ["weights_normalization"])
        return (.shortcut(sources: sources, activation: activation), input)
    }

    func readUpsample(
        _ reader: inout SectionReader, _ input: TensorShape
    ) throws(ModelError) -> (LayerKind, TensorShape) {
        let stride = try reader.int("stride", default: 2, in: 1...Limit.window)
        try reader.unsupported("scale", unless: "1", "1.0")
        try reader.finish()
        return (
            .upsample(stride: stride),
            TensorShape(channels: input.channels, height: input.height * stride, width: input.width * stride)
        )
    }

    func readReorg(
        _ reader: inout SectionReader, _ input: TensorShape
    ) throws(ModelError) -> (LayerKind, TensorShape) {
        let stride = try reader.int("stride", default: 1, in: 1...Limit.window)
        for key in ["reverse", "flatten", "extra"] { try reader.unsupported(key, unless: "0") }
        try reader.finish()
        guard input.height % stride == 0, input.width % stride == 0 else {
            throw reader.error(
                "stride", "stride \(stride) does not divide \(input.width)×\(input.height)",
                "Use an input size that it divides.")
        }
        let output = TensorShape(
            channels: input.channels * stride * stride, height: input.height / stride, width: input.width / stride)
        if reader.section.name == "reorg3d" { return (.spaceToDepth(stride: stride), output) }
        guard input.channels % (stride * stride) == 0 else {
            throw reader.error(
                "stride", "[reorg] needs channels that \(stride * stride) divides, not \(input.channels)",
                "Use [reorg3d], or another number of filters.")
        }
        return (.reorg(stride: stride), output)
    }

    func readDropout(
        _ reader: inout SectionReader, _ input: TensorShape
    ) throws(ModelError) -> (LayerKind, TensorShape) {
        try reader.finish(ignoring: [
            "probability", "dropblock", "dropblock_size_rel", "dropblock_size_abs", "dropblock_size",
        ])
        return (.dropout, input)
    }

    func readRegion(
        _ reader: inout SectionReader, _ input: TensorShape
    ) throws(ModelError) -> (LayerKind, TensorShape) {
        let count = try reader.int("num", default: 1, in: 1...1024)
        _ = try reader.int("coords", default: 4, in: 4...4)
        let classes = try reader.int("classes", default: 20, in: 1...4096)
        let anchors = try readAnchors(&reader, count: count)
        let softmax = try reader.flag("softmax")
        try reader.unsupported("tree")
        try reader.unsupported("map")
        try reader.unsupported("background", unless: "0")
        try reader.finish(ignoring: Self.trainingKeysOfHeads)
        let head = DetectionHead(kind: .region, classes: classes, anchors: anchors, scale: 1, softmax: softmax)
        return (.head(head), try checked(head, reader, input))
    }

    func readYolo(
        _ reader: inout SectionReader, _ input: TensorShape
    ) throws(ModelError) -> (LayerKind, TensorShape) {
        let count = try reader.int("num", default: 1, in: 1...1024)
        let classes = try reader.int("classes", default: 20, in: 1...4096)
        let all = try readAnchors(&reader, count: count)
        var anchors = all
        if reader.section.values["mask"] != nil {
            anchors = []
            for index in try reader.ints("mask") {
                guard all.indices.contains(index) else {
                    throw reader.error("mask", "mask names anchor \(index) of \(count)", "Give 0 to \(count - 1).")
                }
                anchors.append(all[index])
            }
        }
        let scale = try reader.number("scale_x_y", default: 1)
        for key in ["new_coords", "embedding_layer", "track_history_size"] {
            try reader.unsupported(key, unless: "0")
        }
        try reader.unsupported("map")
        try reader.finish(ignoring: Self.trainingKeysOfHeads)
        let head = DetectionHead(kind: .yolo, classes: classes, anchors: anchors, scale: scale, softmax: false)
        return (.head(head), try checked(head, reader, input))
    }

    private func readAnchors(
        _ reader: inout SectionReader, count: Int
    ) throws(ModelError) -> [(width: Double, height: Double)] {
        let numbers = try reader.numbers("anchors")
        guard numbers.count >= 2 * count, numbers.allSatisfy({ $0 > 0 && $0 < 1e6 }) else {
            throw reader.error(
                "anchors", "anchors must be \(2 * count) positive numbers (num=\(count)), found \(numbers.count)",
                "Correct anchors or num.")
        }
        return (0..<count).map { (numbers[2 * $0], numbers[2 * $0 + 1]) }
    }

    private func checked(
        _ head: DetectionHead, _ reader: SectionReader, _ input: TensorShape
    ) throws(ModelError) -> TensorShape {
        guard !layers.isEmpty, input.channels == head.anchors.count * head.stride else {
            throw reader.error(
                nil,
                "\(head.anchors.count) anchors of \(head.stride) numbers need \(head.anchors.count * head.stride) "
                    + "channels, the layer before has \(input.channels)",
                "Correct filters of the layer before, or classes, num or mask here.")
        }
        return input
    }

    /// Keys that only matter when a network is trained.
    static let trainingKeysOfNet: Set<String> = [
        "batch", "subdivisions", "momentum", "decay", "angle", "saturation", "exposure", "hue", "aspect",
        "learning_rate", "burn_in", "max_batches", "policy", "steps", "scales", "scale", "power", "gamma", "step",
        "seq_scales", "mosaic", "mosaic_bound", "mixup", "cutmix", "blur", "gaussian_noise", "flip", "min_crop",
        "max_crop", "crop", "notruth", "inputs", "optimized_memory", "workspace_size_limit_MB", "dynamic_minibatch",
        "time_steps", "track", "augment_speed", "sequential_subdivisions", "try_fix_nan", "loss_scale",
        "max_chart_loss",
        "ema_alpha", "adam", "B1", "B2", "eps", "label_smooth_eps", "resize_step", "attention", "adversarial_lr",
        "weights_reject_freq", "equidistant_point", "badlabels_rejection_percentage", "num_sigmas_reject_badlabels",
        "sgdr_cycle", "sgdr_mult", "show_receptive_field", "reset_normalizer",
    ]
    static let trainingKeysOfHeads: Set<String> = [
        "jitter", "ignore_thresh", "truth_thresh", "random", "bias_match", "rescore", "object_scale",
        "noobject_scale", "class_scale", "coord_scale", "mask_scale", "absolute", "thresh", "log", "sqrt", "max",
        "iou_thresh", "iou_thresh_kind", "iou_loss", "iou_normalizer", "cls_normalizer", "obj_normalizer",
        "delta_normalizer", "nms_kind", "beta_nms", "max_delta", "label_smooth_eps", "objectness_smooth", "resize",
        "counters_per_class", "focal_loss", "use_map", "ignore_class", "counters",
    ]
}
