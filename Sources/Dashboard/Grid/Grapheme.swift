/// What one cell shows: a scalar, and at most three marks over it. Plain numbers without a reference, so that a whole
/// screen is made, copied and compared as fast as memory goes.
public struct Grapheme: Hashable, Sendable {
    private let base: UInt32
    /// Scalars of 21 bits each, the first one lowest; 0 ends them.
    private let marks: UInt64

    private static let bitsPerMark: UInt64 = 21

    /// - Parameter character: scalars over the fourth are left out; `CellText` makes none with more.
    public init(_ character: Character) {
        var scalars = character.unicodeScalars.makeIterator()
        base = scalars.next()?.value ?? 0x20
        var marks: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 3 * Self.bitsPerMark, let mark = scalars.next() {
            marks |= UInt64(mark.value) << shift
            shift += Self.bitsPerMark
        }
        self.marks = marks
    }

    /// - Parameter marks: at most three.
    init(_ base: UInt32, marks: [UInt32]) {
        self.base = base
        self.marks = marks.prefix(3).reversed().reduce(0) { $0 << Self.bitsPerMark | UInt64($1) }
    }

    /// A printable ASCII character.
    init(ascii byte: UInt8) {
        base = UInt32(byte)
        marks = 0
    }

    var baseScalar: UInt32 { base }

    /// A part of a picture or a chart, whose background is drawing too.
    var isBlock: Bool { (0x2580...0x259F).contains(base) || (0x1FB00...0x1FBFF).contains(base) }

    var isASCII: Bool { base < 0x80 && marks == 0 }

    /// With its marks; U+FFFD where the base is no scalar.
    public var character: Character {
        var text = String.UnicodeScalarView()
        text.append(Unicode.Scalar(base) ?? "\u{FFFD}")
        var rest = marks
        while rest != 0 {
            text.append(Unicode.Scalar(UInt32(rest & (1 << Self.bitsPerMark - 1))) ?? "\u{FFFD}")
            rest >>= Self.bitsPerMark
        }
        return String(text).first ?? " "
    }
}

extension Grapheme: ExpressibleByUnicodeScalarLiteral {
    public init(unicodeScalarLiteral scalar: Unicode.Scalar) {
        base = scalar.value
        marks = 0
    }
}
