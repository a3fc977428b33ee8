/// The shape of one image's activations.
public struct TensorShape: Equatable, Sendable {
    /// For the input, 3: red, green and blue. After a convolution, its filters.
    public var channels: Int
    /// Rows of one channel; those of a frame are resized to it first.
    public var height: Int
    /// Columns of one channel.
    public var width: Int

    var pixels: Int { height * width }
    var blocks: Int { (channels + 15) / 16 }
    /// Floats in the blocked layout of the kernels.
    var floats: Int { blocks * 16 * pixels }
}

/// How a frame is brought to the size of the network's input; `resize=` in `[net]`.
public enum ResizeMethod: String, Sendable, CaseIterable {
    /// Bilinear between the corner pixels' centres, Darknet's own: source = x · (in − 1) / (out − 1).
    case cornerAligned = "corner_aligned"
    /// Bilinear between pixel areas, as most training code: source = (x + ½) · in / out − ½.
    case halfPixel = "half_pixel"
    /// The mean over the source area of each pixel when shrinking, half-pixel bilinear when growing.
    case area
}

enum Activation: String, Equatable, Sendable, CaseIterable {
    case linear, leaky, relu, relu6, logistic, mish, swish
}

/// What a layer computes. Sources are layer numbers, from 0.
enum LayerKind: Equatable, Sendable {
    struct Convolution: Equatable, Sendable {
        var filters: Int, size: Int, stride: Int, padding: Int, groups: Int
        var batchNormalised: Bool
        var activation: Activation
    }
    case convolution(Convolution)
    /// Windows start at x · stride − padding / 2.
    case maxpool(size: Int, stride: Int, padding: Int)
    case averagePool
    /// The channels of the sources one after another; of each only part `group` of `groups`.
    case route(sources: [Int], groups: Int, group: Int)
    /// The sum of the layer before and the sources.
    case shortcut(sources: [Int], activation: Activation)
    case upsample(stride: Int)
    case reorg(stride: Int)
    case spaceToDepth(stride: Int)
    case dropout
    case head(DetectionHead)
}

/// How the last layers' numbers become boxes.
struct DetectionHead: Equatable, Sendable {
    enum Kind: Equatable, Sendable { case region, yolo }
    var kind: Kind
    var classes: Int
    /// Width and height: in cells for region, in pixels of the network's input for yolo; those in use only.
    var anchors: [(width: Double, height: Double)]
    /// yolo's `scale_x_y`; 1 for region.
    var scale: Double
    /// region's `softmax` over the classes; otherwise each class has its own sigmoid.
    var softmax: Bool

    /// Numbers of one anchor: x, y, width, height, objectness, classes.
    var stride: Int { 5 + classes }

    static func == (a: Self, b: Self) -> Bool {
        a.kind == b.kind && a.classes == b.classes && a.scale == b.scale && a.softmax == b.softmax
            && a.anchors.elementsEqual(b.anchors, by: ==)
    }
}

/// One layer with its shapes.
struct Layer: Equatable, Sendable {
    var kind: LayerKind
    var section: String
    var line: Int
    var input: TensorShape
    var output: TensorShape

    /// Multiply-adds times two; 0 for layers without weights.
    var flop: Double {
        guard case .convolution(let c) = kind else { return 0 }
        return 2 * Double(output.pixels) * Double(c.filters) * Double(input.channels / c.groups)
            * Double(c.size * c.size)
    }
    /// Numbers in the weights' file.
    var parameters: Int {
        guard case .convolution(let c) = kind else { return 0 }
        return c.filters * (input.channels / c.groups) * c.size * c.size + c.filters * (c.batchNormalised ? 4 : 1)
    }
}

/// A layer for people: `model info`, `model bench`.
public struct LayerDescription: Equatable, Sendable {
    /// Place in the cfg, from 0; `[net]` is not counted.
    public var index: Int
    /// As in the cfg: `convolutional`, `maxpool`, …
    public var type: String
    /// "3×3/2, 16 filters, leaky" and the like; empty when there is nothing to say.
    public var detail: String
    /// What the layer hands on, for one image.
    public var output: TensorShape
    /// Multiply-adds times two for one frame, in 10⁹; 0 for all layers but convolutions.
    public var gflop: Double
    /// Floats in the weights' file; those of a batch normalisation are counted, although they are folded away.
    public var parameters: Int
    /// How it is computed: "Winograd 4×4", "depthwise", …; empty for layers that only move numbers.
    public var method: String
}
