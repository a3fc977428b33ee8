import Farm

/// A webcam's view of a print bed, drawn: bed, a part that grows, the nozzle, uneven light and noise; loose strands where
/// the print fails. A seed gives the same camera and the same part each time.
struct DrawnScene {
    static let width = 480
    static let height = 360
    /// Strands of a failure at its worst. Many more fill what is between them, and it looks like a solid part.
    static let mostStrands = 30

    private var random: SceneRandom
    private var bytes: [UInt8]
    private let filament: (Double, Double, Double)
    private let center: Double
    private let base: Double
    private let partWidth: Double
    private let light: Double

    /// - Parameters:
    ///   - progress: of the print, 0...1.
    ///   - tangle: strands that hang loose, 0 for none.
    ///   - frame: noise and nozzle differ from frame to frame.
    static func draw(seed: UInt64, progress: Double, tangle: Int, frame: Int) -> Pixels {
        var scene = DrawnScene(seed: seed)
        scene.drawBed()
        scene.drawPart(progress)
        if tangle > 0 { scene.drawStrands(tangle) }
        scene.random = SceneRandom(state: seed &+ UInt64(frame) &* 7919)
        scene.drawNozzle(progress)
        scene.addNoise()
        return Pixels(width: width, height: height, bytes: scene.bytes)
    }

    private init(seed: UInt64) {
        random = SceneRandom(state: seed)
        bytes = Array(repeating: 0, count: Self.width * Self.height * 3)
        let filaments: [(Double, Double, Double)] = [
            (225, 120, 40), (60, 120, 200), (220, 220, 215), (90, 170, 90), (190, 50, 50), (120, 90, 160),
        ]
        filament = filaments[Int(random.next() % UInt64(filaments.count))]
        center = 240 + random.unit() * 80 - 40
        base = 270 + random.unit() * 20
        partWidth = 70 + random.unit() * 70
        light = 0.8 + random.unit() * 0.3
    }

    private mutating func put(_ x: Int, _ y: Int, _ color: (Double, Double, Double), _ alpha: Double = 1) {
        guard (0..<Self.width).contains(x), (0..<Self.height).contains(y) else { return }
        let at = (y * Self.width + x) * 3
        func mix(_ old: UInt8, _ new: Double) -> UInt8 {
            UInt8(max(0, min(255, Double(old) * (1 - alpha) + new * light * alpha)))
        }
        bytes[at] = mix(bytes[at], color.0)
        bytes[at + 1] = mix(bytes[at + 1], color.1)
        bytes[at + 2] = mix(bytes[at + 2], color.2)
    }

    /// The wall behind, and the bed in perspective with faint lines.
    private mutating func drawBed() {
        for y in 0..<Self.height {
            let depth = Double(y - 150) / 210
            for x in 0..<Self.width {
                guard depth > 0 else {
                    let shade = 70 + Double(y) * 0.2 + Double(x) * 0.03
                    put(x, y, (shade, shade, shade + 6))
                    continue
                }
                let half = 130 + depth * 150
                let inside = abs(Double(x) - 240) < half
                let shade = inside ? 42 + depth * 14 : 88 - depth * 20
                put(x, y, (shade, shade, shade + 3))
            }
        }
    }

    /// Layer upon layer, a front face and a lighter top.
    private mutating func drawPart(_ progress: Double) {
        let tall = max(3, progress * 120)
        for layer in 0..<Int(tall) {
            let y = Int(base) - layer
            let shade = 0.72 + (layer % 4 == 0 ? -0.05 : 0)
            for x in Int(center - partWidth / 2)..<Int(center + partWidth / 2) {
                let side = 1 - abs(Double(x) - center) / partWidth * 0.25
                put(x, y, (filament.0 * shade * side, filament.1 * shade * side, filament.2 * shade * side))
            }
        }
        let top = Int(base - tall)
        for row in 0..<12 {
            let inset = Double(row) * 1.2
            for x in Int(center - partWidth / 2 + inset)..<Int(center + partWidth / 2 - inset) {
                put(x, top - row, (filament.0 * 0.95, filament.1 * 0.95, filament.2 * 0.95))
            }
        }
    }

    private mutating func drawNozzle(_ progress: Double) {
        let x = Int(center + (random.unit() - 0.5) * partWidth)
        let y = Int(base - max(3, progress * 120)) - 14
        for row in 0..<70 {
            let half = row < 10 ? 2 + row / 2 : 22
            for column in -half...half {
                let shade = 150 - Double(abs(column)) * 3 - (row < 10 ? 0 : 50)
                put(x + column, y - row, (shade, shade * 0.95, shade * 0.85))
            }
        }
    }

    /// Curls of filament: random walks whose direction turns slowly, lit from above, each with a shadow.
    private mutating func drawStrands(_ count: Int) {
        for _ in 0..<count {
            var x = center + (random.unit() - 0.5) * partWidth * 1.4
            var y = base - 20 - random.unit() * 70
            var direction = random.unit() * 6.28
            var turn = (random.unit() - 0.5) * 0.3
            for _ in 0..<(120 + Int(random.unit() * 160)) {
                turn += (random.unit() - 0.5) * 0.06
                turn = max(-0.25, min(0.25, turn))
                direction += turn
                x += cosine(direction) * 1.2
                y += cosine(direction - 1.5708) * 0.9
                let pull = (x - center) / partWidth
                if abs(pull) > 1 { direction += pull > 0 ? 0.2 : -0.2 }
                y = min(y, base + 30)
                let (column, row) = (Int(x), Int(y))
                put(column + 1, row + 2, (15, 15, 15), 0.45)
                put(column, row + 1, (filament.0 * 0.55, filament.1 * 0.55, filament.2 * 0.55), 0.9)
                put(column + 1, row, filament, 0.9)
                put(column, row, (filament.0 + 25, filament.1 + 25, filament.2 + 25), 0.95)
            }
        }
    }

    private mutating func addNoise() {
        for at in bytes.indices {
            let noise = Int(random.next() >> 61) - 4
            bytes[at] = UInt8(max(0, min(255, Int(bytes[at]) + noise)))
        }
    }
}

/// Bhaskara's approximation is enough for a curl, and needs no library.
private func cosine(_ angle: Double) -> Double {
    var turn = (angle / 6.283185307).truncatingRemainder(dividingBy: 1)
    if turn < 0 { turn += 1 }
    func half(_ u: Double) -> Double { (1 - 4 * u * u * 4) / (1 + 4 * u * u) }
    if turn < 0.25 { return half(turn) }
    if turn < 0.75 { return -half(turn - 0.5) }
    return half(turn - 1)
}

/// xorshift64* (Vigna 2016): small, and the same picture for the same seed everywhere.
struct SceneRandom: Equatable {
    private var state: UInt64

    init(state: UInt64) { self.state = (state &+ 1) &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }

    /// 0..<1
    mutating func unit() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }
}
