public import Farm
public import Text

/// The cameras in `GET /api/settings`. That body also holds the server's key: nothing else of it is read, nothing is logged.
public enum OctoPrintCameras {
    /// - Parameter server: OctoPrint as farmtop reaches it.
    public static func offered(in settings: MachineJSON, server: WebAddress) -> [OfferedCamera] {
        guard let webcam = settings["webcam"], webcam["webcamEnabled"]?.bool != false else { return [] }
        let listed = webcam["webcams"]?.elements ?? []
        // Before 1.9 there is one camera, in the old keys.
        guard !listed.isEmpty else {
            return [
                camera("webcam", snapshot: webcam["snapshotUrl"], stream: webcam["streamUrl"], flags: webcam, server)
            ]
            .filter { !$0.candidates.isEmpty || $0.reason != nil }
        }
        return listed.prefix(20).map { entry in
            camera(
                entry["displayName"]?.words(limit: 100) ?? entry["name"]?.words(limit: 100) ?? "webcam",
                snapshot: entry["compat"]?["snapshot"] ?? entry["snapshotDisplay"],
                stream: entry["compat"]?["stream"] ?? entry["extras"]?["stream"], flags: entry, server)
        }
    }

    private static func camera(
        _ name: String, snapshot: MachineJSON?, stream: MachineJSON?, flags: MachineJSON, _ server: WebAddress
    ) -> OfferedCamera {
        var addresses = CameraAddresses(server: server)
        let ports = [server.scheme.standardPort, server.port]
        let snapshots = addresses.resolve(snapshot?.text ?? "", ports: ports)
        let streams = addresses.resolve(stream?.text ?? "", ports: ports)
        let candidates = CameraAddresses.sources(snapshots: snapshots, streams: streams)
        // OctoPrint's one rotation is 90° counter-clockwise.
        let orientation = CameraOrientation(
            flipHorizontal: flags["flipH"]?.bool ?? false, flipVertical: flags["flipV"]?.bool ?? false,
            rotation: flags["rotate90"]?.bool == true ? .threeQuarters : .none)
        return OfferedCamera(
            name: name, candidates: candidates, credentials: addresses.credentials, orientation: orientation,
            reason: candidates.isEmpty ? CameraWords.reason(otherScheme: addresses.otherScheme) : nil)
    }
}
