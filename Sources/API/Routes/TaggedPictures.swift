import Dispatch
import Farm
import Synchronization

/// Pictures with their detections drawn on them. Drawn one at a time, as a large one takes a while and much memory, and
/// kept for the others who look at the same printer.
final class TaggedPictures: Sendable {
    typealias Draw = @Sendable (_ jpeg: [UInt8], _ detections: [Detection]) throws -> [UInt8]

    /// Detections below are not drawn.
    static let minimumConfidence = 0.2
    private static let keptBytes = 16 << 20

    private let draw: Draw
    private let queue = DispatchQueue(label: "farmtop.tagged-pictures", qos: .userInitiated)
    /// Oldest first.
    private let kept = Mutex<[(key: FrameKey, jpeg: [UInt8])]>([])

    init(draw: @escaping Draw) { self.draw = draw }

    /// The picture as it was sent when there is nothing to draw.
    func jpeg(of picture: FramePicture) async throws -> [UInt8] {
        let shown = picture.detections.filter { $0.confidence >= Self.minimumConfidence }
        if shown.isEmpty { return picture.jpeg }
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { [self] in
                continuation.resume(
                    with: Result {
                        if let known = kept.withLock({ $0.first { $0.key == picture.key }?.jpeg }) { return known }
                        let jpeg = try draw(picture.jpeg, shown)
                        keep(jpeg, of: picture.key)
                        return jpeg
                    })
            }
        }
    }

    private func keep(_ jpeg: [UInt8], of key: FrameKey) {
        kept.withLock { kept in
            kept.append((key, jpeg))
            while kept.count > 1, kept.reduce(0, { $0 + $1.jpeg.count }) > Self.keptBytes { kept.removeFirst() }
        }
    }
}
