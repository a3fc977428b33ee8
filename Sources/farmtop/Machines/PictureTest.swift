import Farm
import FarmConfiguration
import Imaging
import Printers
import Text

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

    /// As `take`, with a person at the command line: a certificate is asked about, and a fault names the camera.
    static func take(
        _ settings: CameraSettings, _ credentials: LinkCredentials, _ fingerprint: inout CertificateFingerprint?,
        at address: WebAddress
    ) async throws -> PictureTest {
        do {
            return try await CertificateQuestion.asking(&fingerprint, of: address.authority, .camera) {
                try await take(settings, credentials, $0)
            }
        } catch let fault as LinkFault {
            throw CommandFailure.failed(printable(fault.sentence(ofCameraAt: address.authority)))
        }
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

extension LinkFault {
    /// For the command line that named the camera.
    func sentence(ofCameraAt authority: String) -> String {
        if self == .wrongCredentials {
            return "The camera at \(authority) refuses the user name or password. Give the right ones: --user NAME "
                + "--key-file FILE, with the password in FILE."
        }
        let sentence = sentence(about: .camera)
        let start = "The camera "
        return sentence.hasPrefix(start)
            ? "\(start)at \(authority) \(sentence.dropFirst(start.count))" : "The camera at \(authority): \(sentence)"
    }
}
