public import Farm
public import Text

/// The cameras of `server.webcams.list`.
public enum MoonrakerCameras {
    /// - Parameter result: the answer's result, or the whole answer of a REST call; `.null` where an old server knows no such call.
    /// - Parameter server: Moonraker as farmtop reaches it.
    public static func offered(in result: MachineJSON, server: WebAddress) -> [OfferedCamera] {
        let listed = (result["result"] ?? result)["webcams"]?.elements ?? []
        let cameras = listed.prefix(20).filter { $0["enabled"]?.bool != false }.map { camera($0, server) }
        // Old servers list none, and most of them have one here.
        guard listed.isEmpty else { return cameras }
        return [camera(.object(["snapshot_url": .string("/webcam/?action=snapshot")]), server)]
    }

    private static func camera(_ entry: MachineJSON, _ server: WebAddress) -> OfferedCamera {
        var addresses = CameraAddresses(server: server)
        // A relative address belongs to the web front end's port, not to Moonraker's; forks differ.
        let ports = [server.scheme.standardPort, server.port, 8080]
        let snapshots = addresses.resolve(entry["snapshot_url"]?.text ?? "", ports: ports)
        let service = entry["service"]?.text ?? ""
        let isMJPEG = service.isEmpty || service.contains("mjpeg")
        let streams = isMJPEG ? addresses.resolve(entry["stream_url"]?.text ?? "", ports: ports) : []
        let candidates = CameraAddresses.sources(snapshots: snapshots, streams: streams)
        let orientation = CameraOrientation(
            flipHorizontal: entry["flip_horizontal"]?.bool ?? false,
            flipVertical: entry["flip_vertical"]?.bool ?? false,
            rotation: entry["rotation"]?.integer.flatMap(CameraOrientation.Rotation.init(rawValue:)) ?? .none)
        return OfferedCamera(
            name: entry["name"]?.words(limit: 100) ?? "webcam", candidates: candidates,
            credentials: addresses.credentials, orientation: orientation,
            reason: candidates.isEmpty ? reason(service, isMJPEG, addresses.otherScheme) : nil)
    }

    private static func reason(_ service: String, _ isMJPEG: Bool, _ otherScheme: String?) -> String {
        isMJPEG
            ? CameraWords.reason(otherScheme: otherScheme)
            : "only \(cleanedText(service, limit: 30)), which farmtop does not read"
    }
}
