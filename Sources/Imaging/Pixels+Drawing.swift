public import Farm

extension Pixels {
    /// The picture with a box around each detection and its confidence in per cent beside it.
    ///
    /// Lines are as thick as the picture is large, light between dark, so that they show on any background.
    /// - Parameter minimumConfidence: detections below are left out.
    public func drawing(_ detections: [Detection], minimumConfidence: Double = 0) -> Pixels {
        let shown = detections.filter { $0.confidence >= minimumConfidence && $0.box.isFinite }
        if shown.isEmpty { return self }
        var canvas = Canvas(self)
        let pen = Pen(pictureWidth: width, pictureHeight: height)
        // The most confident last, so that it lies on top; its label first, so that it has the best place.
        let rising = shown.sorted { $0.confidence < $1.confidence }
        for detection in rising { canvas.stroke(Rectangle(around: detection.box), with: pen) }
        var taken: [Rectangle] = []
        for detection in rising.reversed() {
            let text = "\(Int((min(max(detection.confidence, 0), 1) * 100).rounded()))%"
            let place = pen.place(
                forLabel: text, at: Rectangle(around: detection.box), in: canvas.bounds, avoiding: taken)
            canvas.write(text, in: place, with: pen)
            taken.append(place)
        }
        return canvas.pixels
    }
}

extension BoundingBox {
    fileprivate var isFinite: Bool { x.isFinite && y.isFinite && width.isFinite && height.isFinite }
}

/// Half-open in both directions; pixels of the picture, and beyond it.
private struct Rectangle: Equatable {
    var left: Int, top: Int, right: Int, bottom: Int

    init(left: Int, top: Int, right: Int, bottom: Int) {
        self.left = left
        self.top = top
        self.right = right
        self.bottom = bottom
    }

    /// Finite boxes only. Far outside is as good as further outside.
    init(around box: BoundingBox) {
        func pixel(_ value: Double) -> Int { Int(min(max(value, -100_000), 200_000).rounded()) }
        left = pixel(box.x - box.width / 2)
        top = pixel(box.y - box.height / 2)
        right = max(left + 1, pixel(box.x + box.width / 2))
        bottom = max(top + 1, pixel(box.y + box.height / 2))
    }

    func inset(by margin: Int) -> Rectangle {
        Rectangle(left: left + margin, top: top + margin, right: right - margin, bottom: bottom - margin)
    }

    func clipped(to other: Rectangle) -> Rectangle? {
        let part = Rectangle(
            left: max(left, other.left), top: max(top, other.top), right: min(right, other.right),
            bottom: min(bottom, other.bottom))
        return part.left < part.right && part.top < part.bottom ? part : nil
    }

    func moved(into bounds: Rectangle) -> Rectangle {
        let x = max(bounds.left, min(left, bounds.right - (right - left)))
        let y = max(bounds.top, min(top, bounds.bottom - (bottom - top)))
        return Rectangle(left: x, top: y, right: x + right - left, bottom: y + bottom - top)
    }
}

private struct Colour: Equatable {
    var red: UInt8, green: UInt8, blue: UInt8
    static let signal = Colour(red: 255, green: 176, blue: 0)
    static let dark = Colour(red: 20, green: 16, blue: 12)
}

/// Sizes that follow the picture's. Unit: pixels.
private struct Pen {
    let line: Int
    let edge: Int
    /// The side of one dot of the font.
    let dot: Int

    init(pictureWidth: Int, pictureHeight: Int) {
        let side = min(pictureWidth, pictureHeight)
        line = max(1, (side + 120) / 240)
        edge = max(1, line / 2)
        dot = max(1, (side + 120) / 200)
    }

    /// Above the box at its left, or where that is taken or outside: inside it, below it, at its right, and so on.
    func place(
        forLabel text: String, at box: Rectangle, in bounds: Rectangle, avoiding taken: [Rectangle]
    ) -> Rectangle {
        let width = dot * (text.count * (LabelFont.width + 1) + 3), height = dot * (LabelFont.height + 4)
        let xs = [box.left - edge, box.right + edge - width]
        let ys = [box.top - edge - height, box.top + line, box.bottom + edge, box.bottom - line - height]
        let places = ys.flatMap { y in
            xs.map { Rectangle(left: $0, top: y, right: $0 + width, bottom: y + height) }
        }
        let free = places.first { place in
            place.moved(into: bounds) == place && !taken.contains { $0.clipped(to: place) != nil }
        }
        return free ?? places[1].moved(into: bounds)
    }
}

/// Pixels being drawn on.
private struct Canvas {
    let bounds: Rectangle
    private var bytes: [UInt8]  // (height, width, 3)

    init(_ pixels: Pixels) {
        bounds = Rectangle(left: 0, top: 0, right: pixels.width, bottom: pixels.height)
        bytes = pixels.bytes
    }

    var pixels: Pixels { Pixels(width: bounds.right, height: bounds.bottom, bytes: bytes) }

    mutating func fill(_ rectangle: Rectangle, _ colour: Colour) {
        guard let area = rectangle.clipped(to: bounds) else { return }
        for y in area.top..<area.bottom {
            for x in area.left..<area.right {
                let i = (y * bounds.right + x) * 3
                bytes[i] = colour.red
                bytes[i + 1] = colour.green
                bytes[i + 2] = colour.blue
            }
        }
    }

    /// A frame of this thickness inside the rectangle.
    private mutating func frame(_ r: Rectangle, thickness: Int, _ colour: Colour) {
        fill(Rectangle(left: r.left, top: r.top, right: r.right, bottom: r.top + thickness), colour)
        fill(Rectangle(left: r.left, top: r.bottom - thickness, right: r.right, bottom: r.bottom), colour)
        fill(Rectangle(left: r.left, top: r.top, right: r.left + thickness, bottom: r.bottom), colour)
        fill(Rectangle(left: r.right - thickness, top: r.top, right: r.right, bottom: r.bottom), colour)
    }

    mutating func stroke(_ box: Rectangle, with pen: Pen) {
        frame(box.inset(by: -pen.edge), thickness: pen.line + 2 * pen.edge, .dark)
        frame(box, thickness: pen.line, .signal)
    }

    mutating func write(_ text: String, in place: Rectangle, with pen: Pen) {
        fill(place, .dark)
        fill(place.inset(by: max(1, pen.dot / 2)), .signal)
        var x = place.left + 2 * pen.dot
        let y = place.top + 2 * pen.dot
        for character in text {
            for (row, bits) in LabelFont.rows(of: character).enumerated() {
                for column in 0..<LabelFont.width where bits >> (LabelFont.width - 1 - column) & 1 == 1 {
                    let left = x + column * pen.dot, top = y + row * pen.dot
                    fill(Rectangle(left: left, top: top, right: left + pen.dot, bottom: top + pen.dot), .dark)
                }
            }
            x += (LabelFont.width + 1) * pen.dot
        }
    }
}
