internal import Farm

/// The pictures at hand, and which are on their way. The oldest go first.
struct PictureCache: Equatable, Sendable {
    struct Entry: Equatable, Sendable {
        var pixels: Pixels
        /// Boxes in the pixels as they came; `pixels` may be smaller.
        var detections: [Detection]
        var frameWidth: Int
        var frameHeight: Int
    }
    private(set) var entries: [FrameKey: Entry] = [:]
    private(set) var failures: [FrameKey: String] = [:]
    private var order: [FrameKey] = []
    /// One load at a time: when the selection runs through a list, only where it stops is loaded.
    private(set) var loading: FrameKey?

    private static let capacity = 8
    /// More than any screen has samples for.
    private static let mostPixels = 640 * 640

    mutating func startLoading(_ key: FrameKey) { loading = key }

    mutating func put(_ key: FrameKey, _ pixels: Pixels, _ detections: [Detection]) {
        finish(key)
        entries[key] = Entry(
            pixels: Self.reduced(pixels), detections: detections, frameWidth: pixels.width,
            frameHeight: pixels.height)
        failures[key] = nil
        remember(key)
    }

    mutating func fail(_ key: FrameKey, _ reason: String) {
        finish(key)
        failures[key] = reason
        remember(key)
    }

    /// Forgets what was on its way: the link is gone.
    mutating func abandon() {
        loading = nil
        failures = [:]
    }

    func isKnown(_ key: FrameKey) -> Bool { entries[key] != nil || failures[key] != nil }

    /// The picture at hand that is nearest to a frame of the same print, to be shown until that one has come.
    func nearest(to key: FrameKey) -> FrameKey? {
        entries.keys.filter { $0.printID == key.printID }
            .min { abs($0.number - key.number) < abs($1.number - key.number) }
    }

    private mutating func finish(_ key: FrameKey) {
        if loading == key { loading = nil }
    }

    private mutating func remember(_ key: FrameKey) {
        order.removeAll { $0 == key }
        order.append(key)
        while order.count > Self.capacity {
            let oldest = order.removeFirst()
            entries[oldest] = nil
            failures[oldest] = nil
        }
    }

    private static func reduced(_ pixels: Pixels) -> Pixels {
        var factor = 1
        while pixels.width * pixels.height > mostPixels * factor * factor { factor += 1 }
        guard factor > 1 else { return pixels }
        return PictureSamples(
            pixels, rows: max(1, pixels.height / factor), columns: max(1, pixels.width / factor)
        ).pixels()
    }
}
