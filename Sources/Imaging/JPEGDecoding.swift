import CJPEG
import Farm

/// One file's way through libjpeg: what has arrived, whether that is enough, and the pixels.
struct JPEGDecoding: ~Copyable {
    private let decoder: JPEGDecoder
    private let frame: CJPEGFrame
    private let orientation: Orientation
    private let maxScans: Int

    private var width: Int { Int(frame.width) }
    private var height: Int { Int(frame.height) }
    private var channels: Int { Int(frame.channels) }

    init(decoder: consuming JPEGDecoder, frame: CJPEGFrame, orientation: Orientation, maxScans: Int) {
        self.decoder = decoder
        self.frame = frame
        self.orientation = orientation
        self.maxScans = maxScans
    }

    consuming func run() throws(FrameError) -> DecodedImage {
        try decoder.start(buffered: frame.severalScans)
        var damage: String?
        if frame.severalScans {
            damage = try readScans()
            try decoder.startOutput()
        }
        let bytes = try readPixels()
        try decoder.finish()
        if damage == nil { damage = try damageOfSingleScan() }
        let pixels =
            orientation.swapsAxes
            ? Pixels(width: height, height: width, bytes: bytes) : Pixels(width: width, height: height, bytes: bytes)
        return DecodedImage(pixels: pixels, damage: damage ?? damageOfWarnings())
    }

    // MARK: What has arrived

    /// Reads all scans into libjpeg's memory.
    /// - Returns: what is missing, nil when nothing is.
    /// - Throws: `.notUsable` when it is too much.
    private func readScans() throws(FrameError) -> String? {
        var coverage = ScanCoverage(components: Int(frame.components), height: height)
        var missing: String?
        while true {
            switch try decoder.readStep() {
            case CJPEG_STEP_SCAN_BEGINS:
                guard decoder.scan.number <= maxScans else {
                    throw .tooLarge(reason: "it has over \(maxScans) scans")
                }
            case CJPEG_STEP_SCAN_ENDS:
                let scan = decoder.scan
                let cutRows = rowsBeforeCut(scan: scan.number)
                coverage.add(
                    ScanCoverage.Scan(
                        components: scan.components, firstCoefficient: Int(scan.firstCoefficient),
                        isRefinement: scan.highBit > 0, rowsBeforeCut: cutRows))
                if let cutRows, missing == nil {
                    missing = "scan \(scan.number) stops after \(cutRows) of \(height) rows"
                }
            case CJPEG_STEP_IMAGE_ENDS:
                try checkCoverage(coverage)
                return missing
            default: continue
            }
        }
    }

    private func checkCoverage(_ coverage: ScanCoverage) throws(FrameError) {
        if frame.progressive {
            guard coverage.wholeRows == height else {
                throw .notUsable(reason: "it is cut before its first scans are complete")
            }
        } else {
            try checkRows(coverage.wholeRows)
        }
    }

    /// Enough of a sequential picture: three quarters.
    private func checkRows(_ whole: Int) throws(FrameError) {
        guard whole * 4 >= height * 3 else {
            throw .notUsable(reason: "it is cut after \(whole) of \(height) rows")
        }
    }

    /// Rows of pixels that were whole when this scan's data stopped; nil when it did not stop.
    private func rowsBeforeCut(scan: UInt32) -> Int? {
        let complaints = decoder.complaints
        guard complaints.cutScan == scan else { return nil }
        return min(height, Int(complaints.cutUnitRow) * Int(frame.unitRows))
    }

    private func damageOfSingleScan() throws(FrameError) -> String? {
        guard !frame.severalScans, let rows = rowsBeforeCut(scan: 1), rows < height else { return nil }
        try checkRows(rows)
        return "it is cut after \(rows) of \(height) rows"
    }

    private func damageOfWarnings() -> String? {
        decoder.complaints.warnings > 0 ? "libjpeg warned \"\(decoder.firstWarning)\"" : nil
    }

    // MARK: Pixels

    /// The upright picture's bytes: (height, width, 3), or with the axes swapped.
    private func readPixels() throws(FrameError) -> [UInt8] {
        var failure: FrameError?
        let size = width * height * 3
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            guard let picture = buffer.baseAddress else { return }
            do throws(FrameError) {
                if channels == 3, orientation == .up {
                    try readStrips { (first, rows) throws(FrameError) in
                        try decoder.readRows(into: picture + first * width * 3, count: rows)
                    }
                } else {
                    try readAndPlaceStrips(in: picture)
                }
                count = size
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    private static let stripRows = 16

    /// Strip by strip, and no further when too little has arrived.
    private func readStrips(_ read: (_ first: Int, _ rows: Int) throws(FrameError) -> Void) throws(FrameError) {
        for first in stride(from: 0, to: height, by: Self.stripRows) {
            try read(first, min(Self.stripRows, height - first))
            if !frame.severalScans, let rows = rowsBeforeCut(scan: 1) { try checkRows(rows) }
        }
    }

    /// Through a strip of stored rows: turned, and from CMYK to RGB where that is needed.
    private func readAndPlaceStrips(in picture: UnsafeMutablePointer<UInt8>) throws(FrameError) {
        let placement = PixelPlacement(width: width, height: height, orientation: orientation)
        let strip = UnsafeMutablePointer<UInt8>.allocate(capacity: Self.stripRows * width * channels)
        defer { strip.deallocate() }
        try readStrips { (first, rows) throws(FrameError) in
            try decoder.readRows(into: strip, count: rows)
            if channels == 4 { convertInvertedCMYKToRGB(strip, count: rows * width) }
            placement.place(strip, first: first, count: rows, width: width, in: picture)
        }
    }
}

/// In place: 4 bytes a pixel become 3. Values count the other way round, 255 being no ink, as Adobe's programs write
/// CMYK and djpeg and browsers read it, with Adobe's marker or without.
private func convertInvertedCMYKToRGB(_ pixels: UnsafeMutablePointer<UInt8>, count: Int) {
    for i in 0..<count {
        let black = UInt32(pixels[4 * i + 3])
        for channel in 0..<3 {
            // The product over 255, rounded to the nearest.
            let product = UInt32(pixels[4 * i + channel]) * black + 128
            pixels[3 * i + channel] = UInt8(truncatingIfNeeded: (product + product >> 8) >> 8)
        }
    }
}
