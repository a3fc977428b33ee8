public import Farm
import Wire

/// A picture as the camera gave it: not turned upright yet (`CameraOrientation`).
public struct CameraPicture: Equatable, Sendable {
    /// Begins with FF D8 and ends with FF D9.
    public var jpeg: [UInt8]
    /// When it was received.
    public var at: Timestamp
    /// The camera's own word on when it was taken; a time that does not move tells of a frozen camera.
    public var lastModified: String?

    public init(jpeg: [UInt8], at moment: Timestamp, lastModified: String? = nil) {
        self.jpeg = jpeg
        at = moment
        self.lastModified = lastModified
    }
}

/// The one reader of a camera: whoever wants its pictures asks here, so that the camera sees one connection at most.
public actor CameraReader {
    /// For a whole picture, wherever it comes from.
    public static let timeout = Duration.seconds(10)

    /// Whose addresses may be dialled for it.
    public enum Trust: Sendable {
        /// A person typed or approved the address.
        case approved
        /// Only this host's own addresses.
        case host(String, port: Int)
    }

    /// Fixed for the reader's life: changed settings get a new reader.
    public let settings: CameraSettings
    private let credentials: LinkCredentials
    private let fingerprint: CertificateFingerprint?
    private let trust: Trust
    private let machine: @Sendable () async -> (any PrinterLink)?
    private let environment: LinkEnvironment
    private let timeout: Duration
    /// One in flight: who asks meanwhile gets the same picture.
    private var running: Task<Result<CameraPicture, LinkFault>, Never>?

    /// - Parameters:
    ///   - fingerprint: of an https camera's certificate.
    ///   - machine: gives the link that runs now, for `CameraSource.printer`.
    public init(
        _ settings: CameraSettings, credentials: LinkCredentials, fingerprint: CertificateFingerprint? = nil,
        trust: Trust = .approved, machine: @escaping @Sendable () async -> (any PrinterLink)? = { nil },
        environment: LinkEnvironment, timeout: Duration = CameraReader.timeout
    ) {
        self.settings = settings
        self.credentials = credentials
        self.fingerprint = fingerprint
        self.trust = trust
        self.machine = machine
        self.environment = environment
        self.timeout = timeout
    }

    /// The camera's next picture.
    public func picture() async throws(LinkFault) -> CameraPicture {
        if let running { return try await running.value.get() }
        let task = Task { await self.take() }
        running = task
        let result = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        running = nil
        return try result.get()
    }

    /// A picture each interval, or why there is none, until the task is cancelled. A picture that takes longer than the
    /// interval is not waited for twice: the next one is asked for when it has come, and no queue forms.
    public nonisolated func run(
        _ deliver: @escaping @Sendable (Result<CameraPicture, LinkFault>) async -> Void
    ) async {
        let interval = Duration.seconds(settings.intervalSeconds)
        var next = ContinuousClock.now
        while !Task.isCancelled {
            let result: Result<CameraPicture, LinkFault>
            do throws(LinkFault) { result = .success(try await picture()) } catch { result = .failure(error) }
            guard !Task.isCancelled else { return }
            await deliver(result)
            next = max(next + interval, .now)
            // Cancelled: the loop's condition ends it.
            try? await environment.sleep(next - .now)
        }
    }

    private func take() async -> Result<CameraPicture, LinkFault> {
        do throws(LinkFault) {
            switch settings.source {
            case .snapshot(let address), .mjpeg(let address):
                return .success(
                    try await PictureFetch(
                        address: address, credentials: credentials, fingerprint: fingerprint, rule: try await rule(),
                        connectTimeout: environment.pace.connect, timeout: timeout
                    ).picture(at: environment.now))
            case .printer:
                guard let machine = await machine() else {
                    throw .noPicture("the camera belongs to a printer that is not linked")
                }
                return .success(CameraPicture(jpeg: try await machine.picture(), at: environment.now()))
            case .command(let words):
                let output = try await PictureCommand(words: words, timeout: timeout).output()
                return .success(try whole(output, "the program wrote no whole JPEG"))
            case .file(let path):
                return .success(try whole(try PictureFile.bytes(path), "the file holds no whole JPEG"))
            }
        } catch {
            return .failure(error)
        }
    }

    private func rule() async throws(LinkFault) -> AddressRule {
        guard case .host(let host, let port) = trust else { return .approved }
        do throws(WireError) {
            return .only(try await Route(to: Endpoint(host: host, port: port, isSecure: false)).addresses())
        } catch {
            throw LinkFault(error)
        }
    }

    private func whole(_ bytes: [UInt8], _ otherwise: String) throws(LinkFault) -> CameraPicture {
        guard let picture = JPEGEnd.wholePicture(bytes) else { throw .noPicture(otherwise) }
        return CameraPicture(jpeg: picture, at: environment.now())
    }
}
