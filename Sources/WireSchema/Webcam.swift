import Text

/// Obico's settings of a webcam, which are the same for all: pictures are upright here.
public struct Webcam: WireObject {
    public static let schemaName = "Webcam"
    public static var blank: Self { Webcam() }

    public static let fields: WireTable<Self> = [
        WireField("webcam_flipV", .flag, always: { $0.value(false) }),
        WireField("webcam_flipH", .flag, always: { $0.value(false) }),
        WireField("webcam_rotate90", .flag, always: { $0.value(false) }),
        WireField("webcam_rotation", .whole, always: { $0.value(Int64(0)) }),
        WireField("webcam_streamRatio", .text, always: { $0.value("16:9") }),
        WireField("ratio169", .flag, always: { $0.value(true) }),
    ]
}
