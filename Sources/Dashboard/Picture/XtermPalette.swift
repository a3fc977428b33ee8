/// The xterm palette as most terminals have it: 0...15 named, 16...231 a 6×6×6 cube, 232...255 grey.
enum XtermPalette {
    /// 0...15, xterm's defaults. Terminals may have others here, so pictures use them only for want of more.
    static let base: [RGB] = [
        RGB(0, 0, 0), RGB(205, 0, 0), RGB(0, 205, 0), RGB(205, 205, 0),
        RGB(0, 0, 238), RGB(205, 0, 205), RGB(0, 205, 205), RGB(229, 229, 229),
        RGB(127, 127, 127), RGB(255, 0, 0), RGB(0, 255, 0), RGB(255, 255, 0),
        RGB(92, 92, 255), RGB(255, 0, 255), RGB(0, 255, 255), RGB(255, 255, 255),
    ]
    private static let cubeLevels: [Int32] = [0, 95, 135, 175, 215, 255]

    /// The nearest colour that `depth` has, by squared distance in RGB.
    static func nearest(_ color: RGB, depth: ColorDepth) -> Color {
        switch depth {
        case .mono: .terminalDefault
        case .ansi8: .indexed(nearest(color, among: 8))
        case .ansi16: .indexed(nearest(color, among: 16))
        case .indexed256: .indexed(nearestIndexed(color))
        // 12 bits, so that a picture does not use up ncurses' colour pairs.
        case .direct: .rgb(twelveBit(color.red), twelveBit(color.green), twelveBit(color.blue))
        }
    }

    /// The terminal's own colour counts as white.
    static func color(_ color: Color) -> RGB {
        switch color.kind {
        case .terminalDefault: return base[15]
        case .indexed(let index) where index < 16: return base[Int(index)]
        case .indexed(let index) where index < 232:
            let cube = Int(index) - 16
            return RGB(cubeLevels[cube / 36], cubeLevels[cube / 6 % 6], cubeLevels[cube % 6])
        case .indexed(let index):
            let level = 8 + 10 * (Int32(index) - 232)
            return RGB(level, level, level)
        case .rgb(let red, let green, let blue): return RGB(Int32(red), Int32(green), Int32(blue))
        }
    }

    /// Nearer to white than to black; the terminal's own colour is taken for black.
    static func isLight(_ color: Color) -> Bool {
        color != .terminalDefault && self.color(color).luminance > 127
    }

    private static func twelveBit(_ value: Int32) -> UInt8 { UInt8((value * 15 + 127) / 255 * 17) }

    private static func nearest(_ color: RGB, among count: Int) -> UInt8 {
        var best = 0
        for index in 1..<count where base[index].distance(to: color) < base[best].distance(to: color) { best = index }
        return UInt8(best)
    }

    private static func nearestIndexed(_ color: RGB) -> UInt8 {
        let r = cubeStep(color.red)
        let g = cubeStep(color.green)
        let b = cubeStep(color.blue)
        let cube = RGB(cubeLevels[r], cubeLevels[g], cubeLevels[b])
        let mean = (color.red + color.green + color.blue) / 3
        let greyStep = min(max(0, (mean - 3) / 10), 23)
        let level = 8 + 10 * greyStep
        if RGB(level, level, level).distance(to: color) < cube.distance(to: color) { return UInt8(232 + greyStep) }
        return UInt8(16 + 36 * r + 6 * g + b)
    }

    private static func cubeStep(_ value: Int32) -> Int { value < 48 ? 0 : value < 115 ? 1 : Int((value - 35) / 40) }
}

/// A colour's parts, 0...255, or sums of them.
struct RGB: Equatable, Sendable {
    var red: Int32, green: Int32, blue: Int32

    init(_ red: Int32, _ green: Int32, _ blue: Int32) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    static func + (a: RGB, b: RGB) -> RGB { RGB(a.red + b.red, a.green + b.green, a.blue + b.blue) }
    static func - (a: RGB, b: RGB) -> RGB { RGB(a.red - b.red, a.green - b.green, a.blue - b.blue) }

    func divided(by count: Int32) -> RGB {
        let half = count / 2
        return RGB((red + half) / count, (green + half) / count, (blue + half) / count)
    }

    /// Squared length.
    var energy: Int32 { red * red + green * green + blue * blue }
    func distance(to other: RGB) -> Int32 { (self - other).energy }
    /// Rec. 601, 0...255.
    var luminance: Int32 { (red * 299 + green * 587 + blue * 114) / 1000 }
}
