import Dashboard
import Farm
import Text

/// The control strings of kitty's graphics protocol (its documentation, "Terminal graphics protocol"), as far as it is
/// used here. None of them is answered, but for the question.
enum PixelProtocol {
    /// Base64 of so many bytes fills one control string of the 4,096 that terminals take.
    static let chunkSize = 3072

    /// Two numbers a slot, used in turn: while a new picture comes, the old one stays.
    static let numbers: ClosedRange<UInt8> = UInt8(256 - 2 * PixelPicture.slots)...255

    static func number(slot: UInt8, isOther: Bool) -> UInt8 {
        numbers.lowerBound + 2 * slot + (isOther ? 1 : 0)
    }

    /// Whether pictures are drawn, who the terminal is (XTVERSION), and what every terminal answers (DA1): when that
    /// answer comes, the others have come or will not.
    static let question = string("Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA") + Array("\u{1B}[>0q\u{1B}[c".utf8)

    /// Frees a picture.
    static func delete(_ number: UInt8) -> [UInt8] { string("Ga=d,d=I,i=\(number),q=2") }

    /// A part of a picture's bytes, the first one with all that the terminal must know.
    static func chunk(of picture: PixelPicture, number: UInt8, from start: Int) -> [UInt8] {
        let bytes = picture.pixels.bytes
        let end = min(bytes.count, start + chunkSize)
        let more = end < bytes.count ? 1 : 0
        let head =
            start > 0
            ? "Gm=\(more),q=2;"
            : "Ga=T,U=1,i=\(number),f=24,s=\(picture.pixels.width),v=\(picture.pixels.height),"
                + "c=\(picture.size.columns),r=\(picture.size.rows),q=2,m=\(more);"
        return open + Array(head.utf8) + Array(BaseEncoding.base64(bytes[start..<end]).utf8) + close
    }

    /// Ends a picture that has begun and shall not come.
    static let breakOff = string("Gm=0,q=2;")

    private static let open = Array("\u{1B}_".utf8)
    private static let close = Array("\u{1B}\\".utf8)
    private static func string(_ text: String) -> [UInt8] { open + Array(text.utf8) + close }
}
