import Farm
import FarmService
import Imaging
import Printers

/// A camera of the farm: its reader's pictures, turned upright.
struct FarmCamera: CameraFeed {
    private let reader: CameraReader
    private let orientation: CameraOrientation

    init(
        _ camera: MachineCamera, credentials: LinkCredentials, fingerprint: CertificateFingerprint?,
        _ machines: MachineSupervisor
    ) {
        orientation = camera.settings.orientation
        reader = CameraReader(
            camera.settings, credentials: credentials, fingerprint: fingerprint,
            machine: { await machines.link(of: camera.printerID) }, environment: .system)
    }

    func run(_ deliver: @escaping @Sendable (Result<TakenPicture, LinkFault>) async -> Void) async {
        await reader.run { [orientation] result in
            switch result {
            case .success(let picture):
                let upright = JPEG.turned(picture.jpeg, orientation)
                await deliver(.success(TakenPicture(jpeg: upright, at: picture.at, lastModified: picture.lastModified)))
            case .failure(let fault): await deliver(.failure(fault))
            }
        }
    }
}

extension LinkEnvironment {
    /// The clock of this machine.
    static var system: Self { LinkEnvironment(now: Timestamp.systemClock) }
}
