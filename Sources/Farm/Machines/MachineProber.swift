/// Looks at machines and cameras that are not stored yet. Nothing that it does moves a machine.
public protocol MachineProber: Sendable {
    /// Version, state, files, cameras and a picture of each.
    func probe(_ settings: LinkSettings, _ credentials: LinkCredentials) async -> ProbeResult

    /// One picture.
    /// - Parameter machine: of the printer whose own camera it is.
    func picture(
        _ camera: CameraSettings, _ credentials: LinkCredentials, of machine: (any PrinterLink)?
    ) async -> CameraProbeResult

    /// Asks the server of a machine for a key that a person there allows, and waits for the word.
    /// - Parameter asked: called once the server shows the question.
    /// - Throws: `notOffered` where the server gives no keys on request.
    /// - Returns: nil when it was denied.
    func allowedKey(
        _ settings: LinkSettings, asked: @escaping @Sendable () -> Void
    ) async throws(LinkFault) -> Secret?
}
