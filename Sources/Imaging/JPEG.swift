import CJPEG
public import Farm

/// JPEG files to pictures and back.
public enum JPEG {
    /// Decodes a JPEG as libjpeg does, at full size, and turns it upright.
    ///
    /// Baseline, extended, progressive and arithmetic-coded files of 8 bits; grey, YCbCr, RGB, CMYK and YCCK.
    /// - Throws: `.notUsable` when it is not such a JPEG or too little of it arrived; `.tooLarge` over `limits`.
    public static func decode(_ bytes: [UInt8], limits: JPEGLimits = .standard) throws(FrameError) -> DecodedImage {
        try limits.checkByteCount(bytes.count)
        let header = try JPEGHeader(of: bytes)
        try limits.checkSize(
            width: header.storedWidth, height: header.storedHeight, progressive: header.process == .progressive)
        try header.checkSupported()
        let scans = header.surveyScans(in: bytes, upTo: limits.maxScans + 1)
        try limits.checkScanCount(scans.count)
        return try bytes.withUnsafeBufferPointer { (buffer) throws(FrameError) in
            let decoder = try JPEGDecoder(bytes: UnsafeBufferPointer(rebasing: buffer[..<scans.end]))
            let frame = try decoder.readHeader()
            // Once more by libjpeg's own reading: that is what it is going to allocate for.
            try limits.checkSize(
                width: Int(frame.width), height: Int(frame.height), progressive: frame.progressive)
            let decoding = JPEGDecoding(
                decoder: decoder, frame: frame, orientation: header.orientation, maxScans: limits.maxScans)
            return try decoding.run()
        }
    }

    /// What the header says, without decoding.
    /// - Throws: `.notUsable` when it is not a JPEG or ends before its size.
    public static func size(of bytes: [UInt8]) throws(FrameError) -> JPEGHeader { try JPEGHeader(of: bytes) }

    /// The longest side that libjpeg writes. Unit: pixels.
    public static let maxSide = 65_500

    /// A baseline JPEG, 4:2:0. A picture with a side over `maxSide` is shrunk to it first.
    /// - Parameter quality: 1...100, libjpeg's scale; other values are taken for the nearest.
    public static func encode(_ pixels: Pixels, quality: Int = 85) -> [UInt8] {
        let pixels = pixels.fitted(longestSide: maxSide)
        let quality = Int32(min(max(quality, 1), 100))
        // Files are far smaller than the picture; only noise at the highest qualities is not.
        for capacity in [pixels.bytes.count + 4096, 4 * pixels.bytes.count + 65_536] {
            if let jpeg = encode(pixels, quality: quality, capacity: capacity) { return jpeg }
        }
        preconditionFailure("libjpeg could not write \(pixels.width)×\(pixels.height) pixels: out of memory")
    }

    /// - Returns: nil when `capacity` bytes are not enough.
    private static func encode(_ pixels: Pixels, quality: Int32, capacity: Int) -> [UInt8]? {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { room in
            var count = 0
            let result = cjpeg_encode(
                pixels.bytes, UInt32(pixels.width), UInt32(pixels.height), quality, room.baseAddress, capacity, &count)
            return result == CJPEG_OK ? Array(room[..<count]) : nil
        }
    }
}
