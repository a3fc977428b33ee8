public import Farm
internal import Imaging

extension NetworkDetector {
    /// Failures on the bed of a picture, in pixels of the whole picture.
    public func detect(_ pixels: Pixels, in region: CameraRegion) -> [Detection] {
        region.judge(pixels) { detect($0) }.detections
    }
}

extension CameraRegion {
    /// Cuts the bed out as it was taken, before anything is made smaller, and has only that looked at.
    func judge(_ pixels: Pixels, by detect: (Pixels) -> [Detection]) -> (detections: [Detection], isBlack: Bool) {
        let judged = bed.map(pixels.cropped(to:)) ?? pixels
        return (placed(detect(judged), width: pixels.width, height: pixels.height), judged.isBlack)
    }
}
