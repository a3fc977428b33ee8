public import Farm

extension JPEG {
    /// The same picture turned as its camera is mounted. That is written into its EXIF orientation, so nothing is decoded and
    /// nothing is lost; every reader of the file turns it.
    /// - Returns: what is no JPEG as it is: whoever decodes it says why.
    public static func turned(_ jpeg: [UInt8], _ camera: CameraOrientation) -> [UInt8] {
        guard camera != .upright, let header = try? JPEGHeader(of: jpeg) else { return jpeg }
        let orientation = header.orientation.then(camera)
        return Array(jpeg.prefix(2)) + exifSegment(orientation) + withoutExif(jpeg.dropFirst(2))
    }

    /// An APP1 segment with one entry: the orientation. Source: CIPA DC-008 §4.5.
    private static func exifSegment(_ orientation: Orientation) -> [UInt8] {
        let tiff: [UInt8] = [
            0x49, 0x49, 42, 0, 8, 0, 0, 0,  // little-endian, directory 0 at 8
            1, 0,  // one entry
            0x12, 0x01, 3, 0, 1, 0, 0, 0, UInt8(orientation.rawValue), 0, 0, 0,
            0, 0, 0, 0,  // no further directory
        ]
        let content = Array("Exif".utf8) + [0, 0] + tiff
        let length = content.count + 2
        return [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 0xFF)] + content
    }

    /// Leaves out the EXIF segments among those that a file begins with: another orientation would contradict ours.
    private static func withoutExif(_ rest: ArraySlice<UInt8>) -> [UInt8] {
        var kept: [UInt8] = []
        kept.reserveCapacity(rest.count)
        var rest = rest
        while rest.count >= 4, let marker = rest.dropFirst().first, rest.first == 0xFF,
            (0xE0...0xEF).contains(marker) || marker == 0xFE
        {
            let lengthBytes = rest.dropFirst(2).prefix(2)
            let length = lengthBytes.reduce(0) { $0 << 8 | Int($1) }
            guard length >= 2, rest.count >= length + 2 else { break }
            let segment = rest.prefix(length + 2)
            let isExif = marker == 0xE1 && segment.dropFirst(4).starts(with: Array("Exif".utf8) + [0, 0])
            if !isExif { kept += segment }
            rest = rest.dropFirst(length + 2)
        }
        return kept + rest
    }
}

extension Orientation {
    /// As a mirroring left to right, if any, and then so many quarter turns clockwise.
    private var parts: (isMirrored: Bool, turns: Int) {
        switch self {
        case .up: (false, 0)
        case .mirrored: (true, 0)
        case .upsideDown: (false, 2)
        case .flipped: (true, 2)
        case .transposed: (true, 3)
        case .quarterTurnClockwise: (false, 1)
        case .transversed: (true, 1)
        case .quarterTurnCounterclockwise: (false, 3)
        }
    }

    private init(isMirrored: Bool, turns: Int) {
        let plain: [Self] = [.up, .quarterTurnClockwise, .upsideDown, .quarterTurnCounterclockwise]
        let mirrored: [Self] = [.mirrored, .transversed, .flipped, .transposed]
        self = (isMirrored ? mirrored : plain)[((turns % 4) + 4) % 4]
    }

    /// This one, and then a camera's: first its flips, then its rotation.
    public func then(_ camera: CameraOrientation) -> Self {
        let (isMirrored, turns) = parts
        // A flip top to bottom is one left to right and a half turn; a mirroring reverses the turns that came before it.
        let flips = camera.flipHorizontal != camera.flipVertical
        let own = camera.rotation.rawValue / 90 + (camera.flipVertical ? 2 : 0)
        return Self(isMirrored: isMirrored != flips, turns: own + (flips ? -turns : turns))
    }
}
