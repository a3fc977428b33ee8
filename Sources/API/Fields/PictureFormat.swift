/// Kinds of pictures that are no JPEGs, known by their first bytes, so that an app's author learns what was sent.
enum PictureFormat: String {
    case png = "PNG"
    case gif = "GIF"
    case webP = "WebP"
    case bmp = "BMP"
    case heif = "HEIF or AVIF"

    /// Nil for a JPEG and for what is no picture at all.
    init?(_ bytes: [UInt8]) {
        func has(_ text: String, at offset: Int = 0) -> Bool {
            bytes.count >= offset + text.utf8.count
                && bytes[offset..<(offset + text.utf8.count)].elementsEqual(text.utf8)
        }
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
            self = .png
        } else if has("GIF8") {
            self = .gif
        } else if has("RIFF"), has("WEBP", at: 8) {
            self = .webP
        } else if has("ftyp", at: 4) {
            self = .heif
        } else if has("BM") {
            self = .bmp
        } else {
            return nil
        }
    }
}
