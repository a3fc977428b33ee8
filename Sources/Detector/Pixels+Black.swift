internal import Farm

extension Pixels {
    /// The picture shows nothing: of some thousand points spread over it 99 of 100 have no channel over 15 of 255. The noise
    /// of a sensor in the dark stays below that; a lamp, an infrared light or a display in the picture does not.
    var isBlack: Bool {
        let step = max(1, width * height / 4096)
        var (points, lit) = (0, 0)
        for point in stride(from: 0, to: width * height, by: step) {
            let at = point * 3
            points += 1
            if max(bytes[at], bytes[at + 1], bytes[at + 2]) > 15 { lit += 1 }
        }
        return lit * 100 <= points
    }
}
