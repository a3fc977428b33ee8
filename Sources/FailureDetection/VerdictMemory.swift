public import Farm

/// What people have said before: a box counts less where one of the same size, that looked the same, was called no failure.
///
/// - The same place and size: the boxes share two thirds of their common area. Where they share less than 45 %, or the new one
///   covers 1.8 times as much, it counts fully; between them it counts by degrees. So what moves or grows past it is new.
/// - The same look: the picture there correlates by 0.8 or more with how it looked then. Under 0.5 it counts fully.
/// - Never more than was seen then: of a higher confidence, what is above counts fully. And never nothing: 30 % always count.
/// - One verdict explains one box a picture.
public struct VerdictMemory: Sendable {
    /// Those of one camera: of the same region and the same size of pictures.
    private let verdicts: [RememberedVerdict]

    public init(_ verdicts: [RememberedVerdict]) { self.verdicts = verdicts }

    /// The share of a confidence that always counts.
    public static let leastShare = 0.3
    /// Shared area over common area, from nothing alike to the same.
    static let place = 0.45...0.65
    /// How much larger a box is, from the same to past it.
    static let growth = 1.3...1.8
    /// Correlation of the looks, from nothing alike to the same.
    static let look = 0.5...0.8

    /// What a picture counts.
    public struct Count: Equatable, Sendable {
        /// The sum of the confidences as they count, 0...`p_sum`.
        public var p: Double
        /// The verdicts for which a box counted less.
        public var verdicts: [VerdictID]

        public init(p: Double, verdicts: [VerdictID] = []) {
            self.p = p
            self.verdicts = verdicts
        }

        /// As a prediction keeps it beside the full score; nil where all of it counts.
        public func kept(of score: Double) -> Double? { verdicts.isEmpty ? nil : min(p, score) }
    }

    /// What a picture counts by those of the verdicts that were given on pictures of its size.
    /// - Parameters:
    ///   - width: pixels of the whole upright picture, and so is `height`.
    ///   - looks: what the picture looks like in the places of the verdicts, in their order.
    public static func count(
        _ detections: [Detection], among verdicts: [RememberedVerdict], width: Int, height: Int, looks: [BoxLook?]
    ) -> Count {
        guard looks.count == verdicts.count else { return Count(p: detections.pSum) }
        let fitting = verdicts.indices.filter { verdicts[$0].seen.width == width && verdicts[$0].seen.height == height }
        return VerdictMemory(fitting.map { verdicts[$0] }).count(detections, looks: fitting.map { looks[$0] })
    }

    /// - Parameters:
    ///   - detections: of the picture.
    ///   - looks: what the picture looks like in the places of the verdicts, in their order.
    public func count(_ detections: [Detection], looks: [BoxLook?]) -> Count {
        var count = Count(p: detections.pSum)
        guard looks.count == verdicts.count else { return count }
        var free = Array(verdicts.indices)
        for detection in detections.sorted(by: { $0.confidence > $1.confidence }) {
            let best = free.map { ($0, discount(detection, verdicts[$0].seen, looks[$0])) }.max { $0.1 < $1.1 }
            guard let (index, discount) = best, discount > 0 else { continue }
            free.removeAll { $0 == index }
            count.p -= discount
            count.verdicts.append(verdicts[index].id)
        }
        count.p = max(count.p, 0)
        return count
    }

    /// How much of a confidence does not count.
    private func discount(_ detection: Detection, _ seen: SeenBox, _ look: BoxLook?) -> Double {
        guard let look else { return 0 }
        let (box, known) = (detection.box, seen.detection.box)
        let grown = box.area / max(known.area, 1)
        let likeness =
            Self.ramp(box.overlap(known), Self.place) * (1 - Self.ramp(grown, Self.growth))
            * Self.ramp(look.likeness(to: seen.look), Self.look)
        return (1 - Self.leastShare) * likeness * min(detection.confidence, seen.detection.confidence)
    }

    /// From 0 at the lower bound to 1 at the upper one.
    private static func ramp(_ value: Double, _ range: ClosedRange<Double>) -> Double {
        min(max((value - range.lowerBound) / (range.upperBound - range.lowerBound), 0), 1)
    }
}

// MARK: What is remembered

extension VerdictMemory {
    /// Boxes less sure than this were hardly the cause of an alert.
    private static let leastConfidence = 0.2
    /// Places of one verdict.
    private static let mostPlaces = 4

    /// What to remember of the pictures around an alert that was dismissed: each place once, as it was when the network was most sure,
    /// and of several pictures only what was in two of them.
    /// - Parameter pictures: the boxes of each picture.
    public static func places(in pictures: [[SeenBox]]) -> [SeenBox] {
        var places: [(best: SeenBox, sum: Double, pictures: Int)] = []
        for picture in pictures {
            for seen in picture where seen.detection.confidence >= leastConfidence {
                let known = places.firstIndex { $0.best.isSamePlace(as: seen) }
                guard let known else {
                    places.append((seen, seen.detection.confidence, 1))
                    continue
                }
                places[known].sum += seen.detection.confidence
                places[known].pictures += 1
                if seen.detection.confidence > places[known].best.detection.confidence { places[known].best = seen }
            }
        }
        let needed = min(pictures.filter { !$0.isEmpty }.count, 2)
        return places.filter { $0.pictures >= needed }.sorted { $0.sum > $1.sum }.prefix(mostPlaces).map(\.best)
    }
}

extension SeenBox {
    /// Said once more of the same thing: the new verdict takes the place of the old one.
    public func isSame(as other: SeenBox) -> Bool {
        isSamePlace(as: other) && look.likeness(to: other.look) >= VerdictMemory.look.upperBound
    }

    fileprivate func isSamePlace(as other: SeenBox) -> Bool {
        region == other.region && width == other.width && height == other.height
            && detection.box.overlap(other.detection.box) >= VerdictMemory.place.upperBound
    }
}

extension BoundingBox {
    fileprivate var area: Double { max(width, 0) * max(height, 0) }

    /// Shared area over common area, 0...1.
    fileprivate func overlap(_ other: BoundingBox) -> Double {
        func shared(_ a: Double, _ aSide: Double, _ b: Double, _ bSide: Double) -> Double {
            max(0, min(a + aSide / 2, b + bSide / 2) - max(a - aSide / 2, b - bSide / 2))
        }
        let both = shared(x, width, other.x, other.width) * shared(y, height, other.y, other.height)
        let all = area + other.area - both
        return all > 0 ? both / all : 0
    }
}
