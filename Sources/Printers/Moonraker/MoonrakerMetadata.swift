import Farm
import Text

/// What the slicer wrote about a file; any key may be missing.
struct MoonrakerMetadata: Equatable, Sendable {
    var path: String
    /// Seconds.
    var estimate: Double?
    var layerCount: Int?
    var filamentType: String?
    /// Millimetres.
    private var layerHeight: Double?
    private var firstLayerHeight: Double?

    init(_ body: MachineJSON, of path: String) {
        self.path = path
        estimate = body["estimated_time"]?.seconds
        if let count = body["layer_count"]?.integer, (1...1_000_000).contains(count) { layerCount = count }
        // One entry a tool: "PLA;PETG".
        if let types = body["filament_type"]?.text, let first = types.split(separator: ";").first {
            let cleaned = cleanedText(first, limit: 40)
            filamentType = cleaned.isEmpty ? nil : cleaned
        }
        layerHeight = body["layer_height"]?.number(in: 0.001...100)
        firstLayerHeight = body["first_layer_height"]?.number(in: 0.001...100)
    }

    /// - Parameter z: millimetres.
    func layer(atHeight z: Double) -> Int? {
        guard let layerHeight, let layerCount, (0...100_000).contains(z) else { return nil }
        let layers = ((z - (firstLayerHeight ?? layerHeight)) / layerHeight + 1).rounded(.up)
        return min(max(Int(layers), 0), layerCount)
    }
}
