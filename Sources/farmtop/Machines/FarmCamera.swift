import Farm
import FarmConfiguration
import FarmService
import Imaging
import Printers

/// A camera of the farm: its reader's pictures, turned upright.
struct FarmCamera: CameraFeed {
    private let reader: CameraReader
    private let orientation: CameraOrientation

    init(
        _ camera: MachineCamera, credentials: LinkCredentials, of service: FarmService, _ machines: MachineSupervisor
    ) {
        orientation = camera.settings.orientation
        let link = service.state.printers[camera.printerID]?.machine?.link.settings
        reader = CameraReader(
            camera.settings, credentials: credentials, fingerprint: link?.fingerprint(of: camera.settings.source),
            machine: { await machines.link(of: camera.printerID) }, environment: .system)
    }

    func run(_ deliver: @escaping @Sendable (Result<TakenPicture, LinkFault>) async -> Void) async {
        await reader.run { [orientation] result in
            switch result {
            case .success(let picture):
                let upright = JPEG.turned(picture.jpeg, orientation)
                await deliver(.success(TakenPicture(jpeg: upright, at: picture.at)))
            case .failure(let fault): await deliver(.failure(fault))
            }
        }
    }
}

extension LinkEnvironment {
    /// The clock of this machine.
    static var system: Self { LinkEnvironment(now: Timestamp.systemClock) }
}

extension LinkSettings {
    /// The approved certificate of the machine's server, for a camera that the same server answers for.
    func fingerprint(of source: CameraSource) -> CertificateFingerprint? {
        switch source {
        case .snapshot(let camera), .mjpeg(let camera):
            camera.host == address.base.host && camera.port == address.base.port ? fingerprint : nil
        case .printer, .command, .file: nil
        }
    }
}
