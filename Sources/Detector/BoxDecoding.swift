internal import Farm
internal import Glibc

/// A box in fractions of the frame, before overlapping ones are dropped.
struct Candidate: Equatable, Sendable {
    var confidence: Double
    // Centre and full extent, 0...1 where they lie inside.
    var x: Double, y: Double, width: Double, height: Double

    /// False for what only a broken network says: no number, or a box far larger than any picture, of which even the
    /// area can overflow.
    var isSensible: Bool { x.isFinite && y.isFinite && width <= Self.largestSide && height <= Self.largestSide }
    private static let largestSide = 100.0
}

extension DetectionHead {
    /// Boxes whose confidence is over `threshold`, in the order row, column, anchor. With several classes a box has the
    /// confidence of its best one: farmtop asks whether something is wrong, not what.
    /// - Parameters:
    ///   - tensor: (anchors · (5 + classes), height, width), before any sigmoid.
    ///   - input: the network's input, whose pixels measure yolo's anchors.
    func candidates(_ tensor: BlockedTensor, input: TensorShape, over threshold: Double) -> [Candidate] {
        var found: [Candidate] = []
        for row in 0..<tensor.shape.height {
            for column in 0..<tensor.shape.width {
                let pixel = row * tensor.shape.width + column
                for (number, anchor) in anchors.enumerated() {
                    func value(_ index: Int) -> Double { Double(tensor[number * stride + index, pixel]) }
                    let confidence = sigmoid(value(4)) * bestClass(value)
                    guard confidence > threshold else { continue }
                    let unit =
                        kind == .region
                        ? (width: Double(tensor.shape.width), height: Double(tensor.shape.height))
                        : (width: Double(input.width), height: Double(input.height))
                    let candidate = Candidate(
                        confidence: confidence,
                        x: (Double(column) + scaled(sigmoid(value(0)))) / Double(tensor.shape.width),
                        y: (Double(row) + scaled(sigmoid(value(1)))) / Double(tensor.shape.height),
                        width: exp(value(2)) * anchor.width / unit.width,
                        height: exp(value(3)) * anchor.height / unit.height)
                    guard candidate.isSensible else { continue }
                    found.append(candidate)
                }
            }
        }
        return found
    }

    /// `scale_x_y`: lets centres reach the cell's edges.
    private func scaled(_ x: Double) -> Double { x * scale - (scale - 1) / 2 }

    private func bestClass(_ value: (Int) -> Double) -> Double {
        guard softmax else { return (5..<5 + classes).reduce(0) { max($0, sigmoid(value($1))) } }
        let largest = (5..<5 + classes).reduce(-Double.infinity) { max($0, value($1)) }
        return 1 / (5..<5 + classes).reduce(0) { $0 + exp(value($1) - largest) }
    }
}

func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

/// Keeps the most confident of boxes that overlap: Obico's rule, confidence over 0.08 and overlap up to 0.45.
enum NonMaximumSuppression {
    static let confidence = 0.08
    static let overlap = 0.45
    /// No picture has more failures; beyond it a broken network would cost quadratic time.
    static let maximumCandidates = 4096

    static func apply(_ candidates: [Candidate]) -> [Candidate] {
        // Equal confidences keep their order, so that the result does not depend on the sorting method.
        let sorted = candidates.enumerated().sorted {
            ($1.element.confidence, $0.offset) < ($0.element.confidence, $1.offset)
        }
        var kept: [Candidate] = []
        for (_, candidate) in sorted.prefix(maximumCandidates)
        where kept.allSatisfy({ intersectionOverUnion($0, candidate) <= overlap }) {
            kept.append(candidate)
        }
        return kept
    }

    /// 0...1; 0 for boxes without area.
    static func intersectionOverUnion(_ a: Candidate, _ b: Candidate) -> Double {
        func shared(_ x: Double, _ w: Double, _ y: Double, _ v: Double) -> Double {
            max(0, min(x + w / 2, y + v / 2) - max(x - w / 2, y - v / 2))
        }
        let both = shared(a.x, a.width, b.x, b.width) * shared(a.y, a.height, b.y, b.height)
        let union = a.width * a.height + b.width * b.height - both
        return union > 0 ? both / union : 0
    }
}

extension Candidate {
    /// In pixels of a frame; not cut at its edges.
    func detection(width frameWidth: Int, height frameHeight: Int) -> Detection {
        Detection(
            confidence: confidence,
            box: BoundingBox(
                x: x * Double(frameWidth), y: y * Double(frameHeight), width: width * Double(frameWidth),
                height: height * Double(frameHeight)))
    }
}
