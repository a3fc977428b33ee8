import Farm
import Printers

/// Tries machines and cameras from this computer.
struct SystemProber: MachineProber {
    /// For the pictures of all cameras of a machine, besides what the machine itself takes.
    static let picturesWithin = Duration.seconds(15)

    func probe(_ settings: LinkSettings, _ credentials: LinkCredentials) async -> ProbeResult {
        do throws(LinkFault) {
            return .found(try await LinkTest(settings: settings, credentials: credentials).run().finding(settings))
        } catch {
            return .failed(error)
        }
    }

    func picture(
        _ camera: CameraSettings, _ credentials: LinkCredentials, of machine: (any PrinterLink)?
    ) async -> CameraProbeResult {
        do {
            return .taken(
                try await PictureTest.take(camera, credentials, camera.fingerprint, machine).probed)
        } catch let fault as LinkFault {
            return .failed(fault)
        } catch {
            return .failed(.noPicture("\(error)"))
        }
    }

    func allowedKey(
        _ settings: LinkSettings, asked: @escaping @Sendable () -> Void
    ) async throws(LinkFault) -> Secret? {
        guard settings.address.kind == .octoprint else { throw .notOffered }
        let request = try await OctoPrintKeyRequest(settings, environment: .system)
        asked()
        guard case .granted(let key) = try await request.decision() else { return nil }
        return key
    }
}

extension PictureTest {
    var probed: ProbedPicture {
        ProbedPicture(jpeg: jpeg, width: width, height: height, milliseconds: milliseconds)
    }
}

extension LinkTest.Finding {
    /// With a picture of each camera that the machine names, as far as they come in time.
    func finding(_ settings: LinkSettings) async -> MachineFinding {
        var finding = MachineFinding(
            identity: identity, reading: reading, notConnected: notConnected, abilities: abilities,
            files: files.newestFirst, filesFault: filesFault)
        finding.cameras = await withTaskGroup(of: (Int, ProbedCamera).self) { group in
            for (number, camera) in cameras.enumerated() {
                group.addTask { (number, await Self.probed(camera, settings, picture)) }
            }
            var probed: [(Int, ProbedCamera)] = []
            for await camera in group { probed.append(camera) }
            return probed.sorted { $0.0 < $1.0 }.map(\.1)
        }
        return finding
    }

    private static func probed(
        _ offered: OfferedCamera, _ settings: LinkSettings, _ own: Result<[UInt8], LinkFault>?
    ) async -> ProbedCamera {
        var probed = ProbedCamera(
            name: offered.name, source: offered.candidates.first, orientation: offered.orientation,
            needsPassword: offered.credentials != .none, reason: offered.reason)
        let end = ContinuousClock.now + SystemProber.picturesWithin
        for source in offered.candidates where ContinuousClock.now < end {
            guard
                let camera = CameraSettings(
                    name: offered.name, source: source, orientation: offered.orientation,
                    fingerprint: settings.fingerprint(of: source))
            else { continue }
            do {
                let picture =
                    if source == .printer { try PictureTest(own, offered.orientation) } else {
                        try await PictureTest.take(camera, offered.credentials, camera.fingerprint)
                    }
                probed.source = source
                probed.picture = picture.probed
                probed.reason = nil
                probed.certificateToApprove = nil
                return probed
            } catch let fault as LinkFault {
                probed.reason = fault.description
                probed.certificateToApprove = fault.certificateToApprove
            } catch {
                probed.reason = "\(error)"
            }
        }
        return probed
    }
}
