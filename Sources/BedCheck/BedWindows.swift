import Farm

/// The picture in overlapping squares, and how far each is from the same place of a kept picture.
struct BedWindows {
    /// Pixels.
    static let side = 8
    static let step = 4
    /// Each square may lie so many half pixels beside where the whole picture's shift puts it: a turned camera, a bent bed,
    /// and what is left of a shift that is no whole pixel.
    private static let play = 4
    /// Levels that noise and the JPEG change.
    static let noise: Float = 3
    /// The part of a square's structure that another light changes: sharpness, gloss, soft shadows.
    private static let tolerance: Float = 0.38
    /// A square's own contrast may have grown or shrunk by so much more than the whole picture's.
    private static let unevenness: Float = 1.7

    let columns: Int
    let rows: Int
    /// (rows, columns): 1 and more is a change; infinity where there is nothing to compare with.
    private(set) var changes: [Float]
    /// The kept picture has structure here.
    private(set) var isTextured: [Bool]
    /// Contrast of this picture over that of the kept one.
    private(set) var gain: Float = 1

    init(_ picture: SoftPicture, to kept: SoftPicture, _ shift: BedShift) {
        columns = (picture.width - Self.side) / Self.step + 1
        rows = (picture.height - Self.side) / Self.step + 1
        changes = [Float](repeating: .infinity, count: rows * columns)
        isTextured = [Bool](repeating: false, count: rows * columns)
        gain = Self.gain(picture, kept, shift, columns: columns, rows: rows)
        for row in 0..<rows {
            for column in 0..<columns { compare(row, column, picture, kept, shift) }
        }
    }

    /// The median over the squares that have structure in one of both.
    private static func gain(
        _ picture: SoftPicture, _ kept: SoftPicture, _ shift: BedShift, columns: Int, rows: Int
    ) -> Float {
        var ratios: [Float] = []
        for row in 0..<rows {
            for column in 0..<columns {
                let (x, y) = (column * step, row * step)
                guard let b = kept.square(x: 2 * (x - shift.dx), y: 2 * (y - shift.dy), side: side),
                    let a = picture.square(x: 2 * x, y: 2 * y, side: side)
                else { continue }
                if a.deviation > 2, b.deviation > noise || a.deviation > noise {
                    ratios.append(a.deviation / max(b.deviation, 1))
                }
            }
        }
        guard !ratios.isEmpty else { return 1 }
        ratios.sort()
        return ratios[ratios.count / 2]
    }

    private mutating func compare(
        _ row: Int, _ column: Int, _ picture: SoftPicture, _ kept: SoftPicture, _ shift: BedShift
    ) {
        let (x, y) = (column * Self.step, row * Self.step)
        let (keptX, keptY) = (2 * (x - shift.dx), 2 * (y - shift.dy))
        // At the rim its true place may lie outside.
        let (inner, outer) = (-Self.play, Self.play)
        guard let here = picture.square(x: 2 * x, y: 2 * y, side: Self.side),
            kept.square(x: keptX + inner, y: keptY + inner, side: Self.side) != nil,
            kept.square(x: keptX + outer, y: keptY + outer, side: Self.side) != nil
        else { return }
        let at = row * columns + column
        for (dx, dy) in Self.places {
            guard let there = kept.square(x: keptX + dx, y: keptY + dy, side: Self.side) else { continue }
            if dx == 0, dy == 0 { isTextured[at] = there.deviation > Self.noise }
            let rest = Self.rest(picture, here, kept, there, gain)
            let allowed = Self.noise + Self.tolerance * max(here.deviation, gain * there.deviation)
            changes[at] = min(changes[at], rest / allowed)
            if changes[at] < 0.5 { return }
        }
    }

    /// In half pixels, the nearest first.
    private static let places: [(dx: Int, dy: Int)] = {
        var places: [(dx: Int, dy: Int)] = []
        for dy in -play...play {
            for dx in -play...play { places.append((dx, dy)) }
        }
        func distance(_ place: (dx: Int, dy: Int)) -> Int { place.dx * place.dx + place.dy * place.dy }
        return places.sorted { distance($0) < distance($1) }
    }()

    /// Levels that are left of a square once the kept one is fitted to it by a gain and an offset: root of the mean square.
    private static func rest(
        _ picture: SoftPicture, _ here: SoftPicture.Square, _ kept: SoftPicture, _ there: SoftPicture.Square,
        _ gain: Float
    ) -> Float {
        var products = 0
        for row in 0..<side {
            let (from, keptFrom) = (here.start + row * picture.width, there.start + row * kept.width)
            for column in 0..<side {
                products +=
                    Int(picture.layers[here.layer].luma[from + column])
                    * Int(kept.layers[there.layer].luma[keptFrom + column])
            }
        }
        let covariance = Float(products) / Float(side * side) - here.mean * there.mean
        let variance = there.deviation * there.deviation
        let best = variance > 0 ? covariance / variance : 0
        let fitted = min(max(best, gain / unevenness), gain * unevenness)
        let rest = here.deviation * here.deviation - 2 * fitted * covariance + fitted * fitted * variance
        return max(0, rest).squareRoot()
    }
}
