public import Farm

/// Whether the bed is clear: compares a picture with those that are kept of the empty bed.
///
/// Light drops out twice: the shift is searched in local contrast, and each square of the picture is fitted by a gain and an
/// offset of its own to the same place of a kept picture. What is left over is a change. A square that is as in any of the
/// kept pictures is unchanged, so that day and night, and a head parked here or there, may each have its picture.
public struct BedComparison: Sendable {
    /// In doubt when pictures agree less than this.
    private static let leastAgreement: Float = 0.45
    /// A contrast so many times smaller or greater than the kept picture's hides changes.
    private static let mostGain: Float = 3
    /// In doubt when fewer squares than this part have any structure to hold on to.
    private static let leastTextured = 0.06
    /// More than this part of the squares cannot be what lies on a bed.
    private static let mostChanged = 0.4
    /// A difference that is surely there: this strong in its strongest square, and this many squares, which overlap.
    private static let sureChange: Float = 1.45
    private static let sureSquares = 4

    public init() {}

    /// - Parameters:
    ///   - picture: the newest one.
    ///   - size: of the picture it was made of, in pixels: differences are told in these.
    public func finding(
        _ picture: BedPicture, size: (width: Int, height: Int), kept: [BedPicture]
    ) -> BedFinding {
        guard !kept.isEmpty else { return .cannotTell(.noReference) }
        if let doubt = Self.exposureDoubt(picture) { return .cannotTell(doubt) }
        let contrast = LocalContrast(picture)
        let soft = SoftPicture(picture, isMoved: false)
        var best = BedFinding.cannotTell(.moved)
        var windows: [BedWindows] = []
        for other in kept where other.width == picture.width && other.height == picture.height {
            let shift = BedShift(of: contrast, to: LocalContrast(other))
            guard !shift.isAtEdge, shift.agreement >= Self.leastAgreement else { continue }
            let compared = BedWindows(soft, to: SoftPicture(other, isMoved: true), shift)
            guard compared.gain < Self.mostGain, compared.gain > 1 / Self.mostGain else {
                best = .cannotTell(.otherLight)
                continue
            }
            windows.append(compared)
        }
        guard let first = windows.first else { return best }
        var changes = first.changes
        for other in windows.dropFirst() {
            for index in changes.indices { changes[index] = min(changes[index], other.changes[index]) }
        }
        // The rim of a shifted picture has nothing to be compared with.
        let compared = changes.count { $0 < .infinity }
        let changed = changes.count { $0 >= 1 && $0 < .infinity }
        if Double(changed) > Self.mostChanged * Double(compared) { return .cannotTell(.moved) }
        let found = differences(changes, first, picture, size)
        if found.contains(where: \.isSure) {
            return BedFinding(state: .occupied, differences: found.filter(\.isSure).map(\.detection))
        }
        if !found.isEmpty { return .cannotTell(.unsure, found.map(\.detection)) }
        let textured = first.isTextured.count { $0 }
        if Double(textured) < Self.leastTextured * Double(changes.count) { return .cannotTell(.plain) }
        return .clear
    }

    private static func exposureDoubt(_ picture: BedPicture) -> BedDoubt? {
        var counts = [Int](repeating: 0, count: 256)
        for level in picture.luma { counts[Int(level)] += 1 }
        let all = picture.luma.count
        func part(over level: Int) -> Double { Double(counts[level...].reduce(0, +)) / Double(all) }
        if part(over: 40) < 0.05 { return .dark }
        if part(over: 250) > 0.6 { return .overexposed }
        return nil
    }

    private struct Difference {
        var detection: Detection
        var isSure: Bool
    }

    /// Changed squares that touch, as boxes; the largest first.
    private func differences(
        _ changes: [Float], _ windows: BedWindows, _ picture: BedPicture, _ size: (width: Int, height: Int)
    ) -> [Difference] {
        var isSeen = [Bool](repeating: false, count: changes.count)
        var found: [(squares: Int, Difference)] = []
        let (columns, rows) = (windows.columns, windows.rows)
        let scale = Double(size.width) / Double(picture.width)
        for start in changes.indices where isChange(changes[start]) && !isSeen[start] {
            var waiting = [start]
            isSeen[start] = true
            var (left, right, top, bottom) = (columns, -1, rows, -1)
            var (squares, strongest): (Int, Float) = (0, 0)
            while let at = waiting.popLast() {
                let (row, column) = (at / columns, at % columns)
                (left, right) = (min(left, column), max(right, column))
                (top, bottom) = (min(top, row), max(bottom, row))
                squares += 1
                strongest = max(strongest, changes[at])
                for y in max(0, row - 1)...min(rows - 1, row + 1) {
                    for x in max(0, column - 1)...min(columns - 1, column + 1) {
                        let next = y * columns + x
                        guard !isSeen[next], isChange(changes[next]) else { continue }
                        isSeen[next] = true
                        waiting.append(next)
                    }
                }
            }
            // One square alone is noise.
            guard squares > 1 else { continue }
            let (step, side) = (Double(BedWindows.step), Double(BedWindows.side))
            // What changes a square need not fill it.
            let width = Double(right - left) * step + side / 2
            let height = Double(bottom - top) * step + side / 2
            let box = BoundingBox(
                x: (Double(left + right) / 2 * step + side / 2) * scale,
                y: (Double(top + bottom) / 2 * step + side / 2) * scale, width: width * scale, height: height * scale)
            let confidence = Double(min(1, strongest / 2))
            found.append(
                (
                    squares,
                    Difference(
                        detection: Detection(confidence: (confidence * 100).rounded() / 100, box: box),
                        isSure: squares >= Self.sureSquares && strongest >= Self.sureChange)
                ))
        }
        return found.sorted { $0.squares > $1.squares }.map(\.1)
    }

    private func isChange(_ value: Float) -> Bool { value >= 1 && value < .infinity }
}
