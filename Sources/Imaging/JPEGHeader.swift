public import Farm

/// How a JPEG's coefficients are ordered in the file: the family of its start-of-frame marker.
public enum JPEGProcess: String, Equatable, Sendable {
    case baseline, extended, progressive, lossless, hierarchical
}

/// What a JPEG says of itself before its first scan.
public struct JPEGHeader: Equatable, Sendable {
    /// Pixels as stored, before the orientation is applied.
    public var storedWidth: Int
    var storedHeight: Int
    /// Which of them can be decoded `checkSupported` says: lossless and hierarchical ones are refused.
    public var process: JPEGProcess
    /// Arithmetic instead of Huffman coding.
    public var isArithmetic: Bool
    /// Bits a sample.
    public var precision: Int
    /// 1 is grey, 3 is colour; 4 is CMYK.
    public var components: Int
    /// From the EXIF block; `up` where there is none.
    public var orientation: Orientation

    /// Where the data of the first scan begins; nil when the file ends before.
    var scanDataOffset: Int?

    /// Pixels of the upright picture.
    public var width: Int { orientation.swapsAxes ? storedHeight : storedWidth }
    /// As `width`.
    public var height: Int { orientation.swapsAxes ? storedWidth : storedHeight }

    /// Walks over the marker segments up to the first scan. Garbage between segments is passed over, as libjpeg
    /// does. Source: ITU-T T.81 §B.
    /// - Throws: `.notUsable` when it is not a JPEG or ends before its size.
    public init(of bytes: [UInt8]) throws(FrameError) {
        guard bytes.count >= 2, bytes[0] == 0xFF, bytes[1] == Marker.startOfImage else {
            throw .notUsable(reason: bytes.isEmpty ? "it is empty" : "it is not a JPEG")
        }
        var frame: StartOfFrame?
        var orientation: Orientation?
        var scanDataOffset: Int?
        var walk = MarkerWalk(bytes: bytes, offset: 2)
        walking: while let marker = walk.nextMarker() {
            switch marker {
            case Marker.endOfImage: break walking
            case Marker.startOfImage, Marker.restarts, Marker.temporary: continue
            case Marker.startOfScan:
                if walk.holdsWholeSegment {
                    walk.skipSegment()
                    scanDataOffset = walk.offset
                }
                break walking
            case Marker.startsOfFrame where !Marker.amongStartsOfFrame.contains(marker):
                frame = frame ?? StartOfFrame(marker: marker, segment: walk.restOfFile)
                walk.skipSegment()
            case Marker.application1:
                orientation = orientation ?? ExifOrientation.read(segment: walk.segment)
                walk.skipSegment()
            default: walk.skipSegment()
            }
        }
        guard let frame else { throw .notUsable(reason: "it ends before it says how large it is") }
        storedWidth = frame.width
        storedHeight = frame.height
        process = frame.process
        isArithmetic = frame.isArithmetic
        precision = frame.precision
        components = frame.components
        self.orientation = orientation ?? .up
        self.scanDataOffset = scanDataOffset
    }

    /// - Throws: `.notUsable` for what libjpeg cannot decode to RGB.
    func checkSupported() throws(FrameError) {
        if storedWidth == 0 || storedHeight == 0 { throw .notUsable(reason: "it says that it has no pixels") }
        switch process {
        case .lossless, .hierarchical: throw .notUsable(reason: "\(process.rawValue) JPEG is not supported")
        case .baseline, .extended, .progressive: break
        }
        guard precision == 8 else {
            throw .notUsable(reason: "it has \(precision) bits a sample, and only 8 are supported")
        }
        guard [1, 3, 4].contains(components) else {
            throw .notUsable(reason: "it has \(components) colour components, not 1, 3 or 4")
        }
        guard scanDataOffset != nil else { throw .notUsable(reason: "it ends before its first scan") }
    }

    /// What the file holds behind its header, found without decoding.
    struct ScanSurvey: Equatable {
        var count = 0
        /// Where the file ends, or where the segment before a scan begins that its end cuts. libjpeg gives up on a
        /// cut segment, but takes a file that ends before it for what came until then.
        var end: Int
    }

    /// - Parameter limit: scans beyond are not counted.
    func surveyScans(in bytes: [UInt8], upTo limit: Int) -> ScanSurvey {
        var survey = ScanSurvey(end: bytes.count)
        guard let scanDataOffset else { return survey }
        survey.count = 1
        var walk = MarkerWalk(bytes: bytes, offset: scanDataOffset)
        while survey.count < limit, let marker = walk.nextMarker(), marker != Marker.endOfImage {
            // Entropy-coded data goes on behind a restart marker, every other one has a segment.
            if Marker.restarts.contains(marker) || marker == Marker.temporary || marker == Marker.startOfImage {
                continue
            }
            guard walk.holdsWholeSegment else {
                if walk.holdsBeginOfGenuineSegment(of: marker) { survey.end = walk.offset - 2 }
                break
            }
            if marker == Marker.startOfScan { survey.count += 1 }
            walk.skipSegment()
        }
        return survey
    }
}

/// The second byte of markers. Source: ITU-T T.81, table B.1.
private enum Marker {
    static let temporary: UInt8 = 0x01
    static let startsOfFrame: ClosedRange<UInt8> = 0xC0...0xCF
    /// Within that range but something else: Huffman tables, an extension, arithmetic conditioning.
    static let amongStartsOfFrame: [UInt8] = [huffmanTables, 0xC8, 0xCC]
    static let huffmanTables: UInt8 = 0xC4
    static let restarts: ClosedRange<UInt8> = 0xD0...0xD7
    static let startOfImage: UInt8 = 0xD8
    static let endOfImage: UInt8 = 0xD9
    static let startOfScan: UInt8 = 0xDA
    static let application1: UInt8 = 0xE1
}

/// The fixed part of a start-of-frame segment.
private struct StartOfFrame {
    let process: JPEGProcess
    let isArithmetic: Bool
    let precision: Int, height: Int, width: Int, components: Int

    /// - Parameter segment: from its length on; nil when it is too short. The length itself may be wrong: a picture
    ///   that claims to be huge is to be refused for that.
    init?(marker: UInt8, segment: ArraySlice<UInt8>) {
        let fields = segment.prefix(8).map(Int.init)
        guard fields.count == 8 else { return nil }
        precision = fields[2]
        height = fields[3] << 8 | fields[4]
        width = fields[5] << 8 | fields[6]
        components = fields[7]
        isArithmetic = marker >= 0xC8
        switch marker {
        case 0xC0: process = .baseline
        case 0xC1, 0xC9: process = .extended
        case 0xC2, 0xCA: process = .progressive
        case 0xC3, 0xCB: process = .lossless
        default: process = .hierarchical
        }
    }
}

/// A place in a JPEG that moves from marker to marker.
private struct MarkerWalk {
    let bytes: [UInt8]
    /// Behind the last marker.
    private(set) var offset: Int

    init(bytes: [UInt8], offset: Int) {
        self.bytes = bytes
        self.offset = min(offset, bytes.count)
    }

    var restOfFile: ArraySlice<UInt8> { bytes[offset...] }

    /// The segment at this place without its length, as far as the file holds it.
    var segment: ArraySlice<UInt8> { restOfFile.prefix(segmentLength).dropFirst(2) }

    /// The next marker's second byte; nil at the end of the file. `FF 00` and fill bytes are passed over.
    mutating func nextMarker() -> UInt8? {
        let (next, marker) = bytes.withUnsafeBufferPointer { bytes -> (Int, UInt8?) in
            var i = offset
            while i + 1 < bytes.count {
                if bytes[i] == 0xFF, bytes[i + 1] != 0, bytes[i + 1] != 0xFF { return (i + 2, bytes[i + 1]) }
                i += 1
            }
            return (bytes.count, nil)
        }
        offset = next
        return marker
    }

    var holdsWholeSegment: Bool { offset + 2 <= bytes.count && offset + segmentLength <= bytes.count }

    /// Whether what is there of a cut segment could have become Huffman tables or a scan header (ITU-T T.81 §B.2.3,
    /// §B.2.4.2), which are what stands between the scans of a progressive picture.
    func holdsBeginOfGenuineSegment(of marker: UInt8) -> Bool {
        let begin = restOfFile.prefix(3).map(Int.init)
        let length = begin.count >= 2 ? segmentLength : nil
        let first = begin.count == 3 ? begin[2] : nil
        switch marker {
        case Marker.huffmanTables:
            return length.map { (19...2 + 8 * 273).contains($0) } ?? true && first.map { $0 & 0xEF < 4 } ?? true
        case Marker.startOfScan:
            let lengths = first.map { [6 + 2 * $0] } ?? [8, 10, 12, 14]
            return length.map { (8...14).contains($0) && lengths.contains($0) } ?? true
        default: return false
        }
    }

    mutating func skipSegment() { offset = min(bytes.count, offset + segmentLength) }

    /// The length counts itself; 0 and 1 are taken for 2, as libjpeg does.
    private var segmentLength: Int {
        guard offset + 1 < bytes.count else { return bytes.count - offset }
        return max(2, Int(bytes[offset]) << 8 | Int(bytes[offset + 1]))
    }
}
