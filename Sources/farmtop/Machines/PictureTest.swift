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
        return try PictureTest(picture.jpeg, settings.orientation, since: start)
    }

    /// Tests a picture that was taken already.
    init(_ taken: Result<[UInt8], LinkFault>?, _ orientation: CameraOrientation) throws {
        guard let taken else { throw LinkFault.notOffered }
        self = try PictureTest(try taken.get(), orientation, since: .now)
    }

    private init(_ bytes: [UInt8], _ orientation: CameraOrientation, since start: ContinuousClock.Instant) throws {
        let taken = (ContinuousClock.now - start).components
        jpeg = JPEG.turned(bytes, orientation)
        let pixels = try JPEG.decode(jpeg).pixels
        width = pixels.width
        height = pixels.height
        milliseconds = Int(taken.seconds) * 1000 + Int(taken.attoseconds / 1_000_000_000_000_000)
    }

    var sentence: String { "\(width) × \(height) pixels, \(jpeg.count) bytes, in \(milliseconds) ms" }

    var json: JSONText {
        .object([
            ("width", .integer(Int64(width))), ("height", .integer(Int64(height))),
            ("bytes", .integer(Int64(jpeg.count))), ("ms", .integer(Int64(milliseconds))),
        ])
    }
}
