import Farm

/// Gives the cameras of the configuration file to the printers that they name. Nothing of it is stored; their ids are below 0,
/// which no stored camera has.
struct PlaceConfiguredCameras: FarmCommand {
    var cameras: [ConfiguredCamera]

    func apply(to draft: inout FarmDraft) throws(FarmError) {
        let wanted = Self.places(of: cameras, in: draft.state)
        for (id, live) in draft.state.printers where live.configuredCameras != wanted[id] ?? [] {
            let placed = (wanted[id] ?? []).map { camera in
                live.ownCameras.first { $0.camera == camera } ?? LiveCamera(camera)
            }
            draft.change(id) { live in
                live.ownCameras.removeAll { $0.camera.isConfigured }
                live.ownCameras.insert(contentsOf: placed, at: 0)
            }
        }
    }

    /// Something is to be done.
    static func isNeeded(_ cameras: [ConfiguredCamera], in state: FarmState) -> Bool {
        let wanted = places(of: cameras, in: state)
        return state.printers.contains { id, live in live.configuredCameras != wanted[id] ?? [] }
    }

    /// Those that belong to no printer: there is none of that name, or several.
    static func homeless(_ cameras: [ConfiguredCamera], in state: FarmState) -> [ConfiguredCamera] {
        cameras.filter { printer($0, in: state) == nil }
    }

    private static func places(of cameras: [ConfiguredCamera], in state: FarmState) -> [PrinterID: [MachineCamera]] {
        var places: [PrinterID: [MachineCamera]] = [:]
        for (index, camera) in cameras.enumerated() {
            guard let live = printer(camera, in: state) else { continue }
            let id = live.printer.id
            var settings = camera.settings
            // One camera judges.
            if places[id]?.contains(where: \.settings.isPrimary) == true { settings.isPrimary = false }
            places[id, default: []].append(
                MachineCamera(
                    id: CameraID(Int64(-1 - index)), printerID: id, settings: settings, credentials: .none,
                    createdAt: live.printer.createdAt))
        }
        return places
    }

    /// By its number before its name, as on the command line.
    private static func printer(_ camera: ConfiguredCamera, in state: FarmState) -> LivePrinter? {
        let known = state.printers.values.filter { $0.printer.deletedAt == nil && $0.printer.archivedAt == nil }
        if let numbered = known.first(where: { "\($0.printer.id)" == camera.printer }) { return numbered }
        let named = known.filter { $0.printer.settings.name == camera.printer }
        return named.count == 1 ? named.first : nil
    }
}

extension MachineCamera {
    /// It is of the configuration file, and in no table.
    var isConfigured: Bool { id.isConfiguredCamera }
}

extension LivePrinter {
    fileprivate var configuredCameras: [MachineCamera] { ownCameras.map(\.camera).filter(\.isConfigured) }
}
