import Dashboard

/// Brings a colour down to what a terminal of some depth can show.
///
/// The first 16 colours of a terminal are its user's choice, so that 256-colour quantisation never lands on them; where
/// there are no others, xterm's defaults are assumed.
struct ColorReduction {
    let depth: ColorDepth
    /// Whether -1 means the terminal's own colours; otherwise light grey on black stand for them.
    let hasDefaultColors: Bool

    /// A colour as `init_extended_pair` takes it, and whether bold must stand in for brightness.
    struct Reduced: Hashable {
        var index: Int32
        var isBright = false
    }

    func reduce(_ color: Color, isForeground: Bool) -> Reduced {
        switch color.kind {
        case .terminalDefault: Reduced(index: hasDefaultColors ? -1 : isForeground ? 7 : 0)
        case .indexed(let index): reduce(index)
        case .rgb(let red, let green, let blue): reduce(RGB(red, green, blue))
        }
    }

    private func reduce(_ index: UInt8) -> Reduced {
        switch depth {
        case .mono: return Reduced(index: -1)
        case .indexed256: return Reduced(index: Int32(index))
        case .ansi16 where index < 16: return Reduced(index: Int32(index))
        // setaf of a direct-colour terminal takes 0…7 as the palette's; only those.
        case .direct where index < 8: return Reduced(index: Int32(index))
        case .ansi8 where index < 16: return Reduced(index: Int32(index % 8), isBright: index >= 8)
        default: return reduce(Palette.color(index))
        }
    }

    private func reduce(_ color: RGB) -> Reduced {
        switch depth {
        case .mono: return Reduced(index: -1)
        case .direct:
            // 0…7 would be palette colours; 8 is as black as they are.
            let packed = Int32(color.red) << 16 | Int32(color.green) << 8 | Int32(color.blue)
            return Reduced(index: packed == 0 ? 0 : max(8, packed))
        case .indexed256: return Reduced(index: Int32(Palette.nearest256(color)))
        case .ansi16: return Reduced(index: Int32(Palette.nearest16(color)))
        case .ansi8:
            let index = Palette.nearest16(color)
            return Reduced(index: Int32(index % 8), isBright: index >= 8)
        }
    }
}

struct RGB: Hashable {
    var red, green, blue: UInt8

    init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// How far from grey, 0...255.
    var chroma: Int { Int(max(red, green, blue)) - Int(min(red, green, blue)) }

    /// Squared distance, weighted as the eye does (compuphase.com/cmetric.htm). Unitless.
    func distance(_ other: RGB) -> Int {
        let mean = (Int(red) + Int(other.red)) / 2
        let (dr, dg, db) = (
            Int(red) - Int(other.red), Int(green) - Int(other.green), Int(blue) - Int(other.blue)
        )
        return ((512 + mean) * dr * dr) >> 8 + 4 * dg * dg + ((767 - mean) * db * db) >> 8
    }
}

/// xterm's palette (its 256colres.pl, and XTerm-col.ad for the first 16).
enum Palette {
    static func color(_ index: UInt8) -> RGB {
        switch index {
        case 0..<16: return basic[Int(index)]
        case 16..<232:
            let cube = Int(index) - 16
            return RGB(levels[cube / 36], levels[cube / 6 % 6], levels[cube % 6])
        default:
            let grey = 8 + 10 * (index - 232)
            return RGB(grey, grey, grey)
        }
    }

    /// The nearest of the cube and the greys.
    static func nearest256(_ color: RGB) -> UInt8 {
        let cube = 16 + 36 * level(color.red) + 6 * level(color.green) + level(color.blue)
        let mean = (Int(color.red) + Int(color.green) + Int(color.blue)) / 3
        let grey = 232 + min(23, max(0, (mean - 3) / 10))
        let (a, b) = (UInt8(cube), UInt8(grey))
        return color.distance(Palette.color(a)) <= color.distance(Palette.color(b)) ? a : b
    }

    /// The nearest of the first 16. A colour stays one: a soft red is nearer to grey than to red, but means red.
    static func nearest16(_ color: RGB) -> UInt8 {
        let greys: [UInt8] = [0, 7, 8, 15]
        let candidates = color.chroma < 64 ? Array(UInt8(0)..<16) : (UInt8(0)..<16).filter { !greys.contains($0) }
        return candidates.min { color.distance(Palette.color($0)) < color.distance(Palette.color($1)) } ?? 0
    }

    private static let levels: [UInt8] = [0, 95, 135, 175, 215, 255]

    private static func level(_ value: UInt8) -> Int {
        value < 48 ? 0 : value < 115 ? 1 : (Int(value) - 35) / 40
    }

    private static let basic: [RGB] = [
        RGB(0, 0, 0), RGB(205, 0, 0), RGB(0, 205, 0), RGB(205, 205, 0),
        RGB(0, 0, 238), RGB(205, 0, 205), RGB(0, 205, 205), RGB(229, 229, 229),
        RGB(127, 127, 127), RGB(255, 0, 0), RGB(0, 255, 0), RGB(255, 255, 0),
        RGB(92, 92, 255), RGB(255, 0, 255), RGB(0, 255, 255), RGB(255, 255, 255),
    ]
}
