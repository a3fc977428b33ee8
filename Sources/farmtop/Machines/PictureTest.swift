import Farm
import FarmConfiguration
import Imaging
import Printers

/// One picture of a camera before it is used.
struct PictureTest: Sendable {
    var jpeg: [UInt8]
    var width: Int
    var height: Int
    var milliseconds: Int

    /// - Throws: why there is no picture that can be judged.
    static func take(
        _ settings: CameraSettings, _ credentials: LinkCredentials, _ fingerprint: CertificateFingerprint?,
        _ machine: (any PrinterLink)? = nil
    ) async throws -> PictureTest {
        let start = ContinuousClock.now
        let reader = CameraReader(
            settings, credentials: credentials, fingerprint: fingerprint, machine: { machine }, environment: .system)
        let picture = try await reader.picture()
        let taken = (ContinuousClock.now - start).components
        let jpeg = JPEG.turned(picture.jpeg, settings.orientation)
        let pixels = try JPEG.decode(jpeg).pixels
        return PictureTest(
            jpeg: jpeg, width: pixels.width, height: pixels.height,
            milliseconds: Int(taken.seconds) * 1000 + Int(taken.attoseconds / 1_000_000_000_000_000))
    }

    var sentence: String { "\(width) × \(height) pixels, \(jpeg.count) bytes, in \(milliseconds) ms" }

    var json: JSONText {
        .object([
            ("width", .integer(Int64(width))), ("height", .integer(Int64(height))),
            ("bytes", .integer(Int64(jpeg.count))), ("ms", .integer(Int64(milliseconds))),
        ])
    }
}
