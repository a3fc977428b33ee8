public import Farm
public import Imaging

/// The two steps that a detector's thread takes with a frame: bytes to pixels, pixels to detections.
public protocol FrameAnalyser: Sendable {
    /// JPEG bytes to upright pixels, and what was wrong with a usable picture.
    /// - Throws: `FrameError.notUsable` for what cannot be judged.
    func decode(_ jpeg: [UInt8]) throws(FrameError) -> DecodedImage

    /// - Parameter thread: 0..<threads; no two frames are computed on the same one at a time.
    func detect(_ pixels: Pixels, thread: Int) -> [Detection]
}

/// The network behind the JPEG decoder, a detector for each thread.
struct NetworkAnalyser: FrameAnalyser {
    let detectors: [NetworkDetector]

    func decode(_ jpeg: [UInt8]) throws(FrameError) -> DecodedImage { try JPEG.decode(jpeg) }

    func detect(_ pixels: Pixels, thread: Int) -> [Detection] { detectors[thread].detect(pixels) }
}
