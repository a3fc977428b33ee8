public import Farm

/// Why no bed is proposed.
public enum ProposalRefusal: Error, Equatable, Sendable, CustomStringConvertible {
    case tooFewPictures(Int)
    case nothingChanges
    case nearlyAllChanges

    public var description: String {
        switch self {
        case .tooFewPictures(let count):
            "\(count == 1 ? "1 picture" : "\(count) pictures") of this print \(count == 1 ? "is" : "are") kept, and a proposal "
                + "needs \(PictureArea.leastPictures). Ask again while it prints, or draw the bed."
        case .nothingChanges: "Nothing moves in the last pictures of this print. Draw the bed."
        case .nearlyAllChanges: "Nearly the whole picture changes: the camera or the light moves. Draw the bed."
        }
    }
}

extension PictureArea {
    static let leastPictures = 4
    /// Steps of the picture that are compared, across and down.
    private static let columns = 64
    private static let rows = 48
    /// Levels out of 255: less is the camera's noise.
    private static let leastChange: Float = 4
    /// The largest share of the picture: a larger box would leave out nothing.
    private static let mostOfPicture = 0.85

    /// The part of the picture in which something moves while a print runs: the print with the head above it, and the bed where
    /// that moves. What moves elsewhere, such as a clock or a hand once, is left out unless it is nearly as large.
    /// - Parameter pictures: of one camera, in their order.
    public static func changing(in pictures: [Pixels]) throws(ProposalRefusal) -> PictureArea {
        guard pictures.count >= leastPictures else { throw .tooFewPictures(pictures.count) }
        let lights = pictures.map(light)
        var steps = [Float](repeating: 0, count: columns * rows)
        for cell in steps.indices {
            // Most steps, so that one that a person's hand or a lamp made does not count.
            let changes = zip(lights, lights.dropFirst()).map { abs($1[cell] - $0[cell]) }.sorted()
            steps[cell] = changes[changes.count * 3 / 5]
        }
        let usual = steps.sorted()[steps.count / 2]
        let least = max(leastChange, 3 * usual)
        let parts = connected(steps.map { $0 >= least }).sorted { $0.count > $1.count }
        guard let largest = parts.first?.count, largest > 1 else { throw .nothingChanges }
        let cells = parts.filter { $0.count * 5 >= largest }.flatMap(\.self)
        let (xs, ys) = (cells.map { $0 % columns }, cells.map { $0 / columns })
        guard let left = xs.min(), let right = xs.max(), let top = ys.min(), let bottom = ys.max() else {
            throw .nothingChanges
        }
        func place(_ step: Int, of count: Int) -> Int { min(max(step, 0), count) * side / count }
        // A step more on each side: an edge may lie within one.
        let (x, y) = (place(left - 1, of: columns), place(top - 1, of: rows))
        let area = PictureArea(
            clampingX: x, y: y, width: place(right + 2, of: columns) - x, height: place(bottom + 2, of: rows) - y,
            atLeast: CameraRegion.leastBed)
        guard Double(area.width * area.height) <= mostOfPicture * Double(side * side) else { throw .nearlyAllChanges }
        return area
    }

    /// Lightness of each step, against the middle one of the picture: a lamp that is switched on is no change.
    private static func light(_ picture: Pixels) -> [Float] {
        let small = picture.resized(width: columns, height: rows).bytes
        var light: [Float] = []
        light.reserveCapacity(columns * rows)
        for start in stride(from: 0, to: small.count, by: 3) {
            let (red, green, blue) = (Float(small[start]), Float(small[start + 1]), Float(small[start + 2]))
            light.append(0.299 * red + 0.587 * green + 0.114 * blue)
        }
        let middle = light.sorted()[light.count / 2]
        return light.map { $0 - middle }
    }

    /// Steps that change and lie at most one apart, as the parts that they make.
    private static func connected(_ changes: [Bool]) -> [[Int]] {
        var isFree = changes
        var parts: [[Int]] = []
        for start in changes.indices where isFree[start] {
            isFree[start] = false
            var part = [start]
            var next = 0
            while next < part.count {
                let (x, y) = (part[next] % columns, part[next] / columns)
                next += 1
                for row in max(0, y - 2)...min(rows - 1, y + 2) {
                    for column in max(0, x - 2)...min(columns - 1, x + 2) where isFree[row * columns + column] {
                        isFree[row * columns + column] = false
                        part.append(row * columns + column)
                    }
                }
            }
            parts.append(part)
        }
        return parts
    }
}
