internal import Farm

/// What is done to a frame before a terminal draws it.
extension Pixels {
    /// At most this size, in the same shape; what is smaller stays as it is, as the terminal enlarges it better.
    func reduced(toWidth mostWidth: Int, height mostHeight: Int) -> Pixels {
        let scale = min(Double(max(1, mostWidth)) / Double(width), Double(max(1, mostHeight)) / Double(height))
        guard scale < 1 else { return self }
        return PictureSamples(
            self, rows: max(1, Int((Double(height) * scale).rounded())),
            columns: max(1, Int((Double(width) * scale).rounded()))
        ).pixels()
    }

    /// With a line of two pixels around each detection.
    /// - Parameter frame: size of the picture that the boxes refer to, in pixels.
    func outlining(_ detections: [Detection], frame: (width: Int, height: Int), in color: Color) -> Pixels {
        let boxes = detections.filter { $0.confidence >= DetectionOverlay.faintest }.map(\.box)
        guard !boxes.isEmpty, frame.width > 0, frame.height > 0 else { return self }
        let rgb = XtermPalette.color(color)
        let ink = [rgb.red, rgb.green, rgb.blue].map { UInt8(clamping: $0) }
        var bytes = bytes
        func paint(_ x: Int, _ y: Int) {
            let start = (y * width + x) * 3
            bytes.replaceSubrange(start..<start + 3, with: ink)
        }
        for box in boxes where box.width >= 0 && box.height >= 0 && box.x.isFinite && box.y.isFinite {
            let left = DetectionOverlay.place(box.x - box.width / 2, of: frame.width, in: width)
            let right = DetectionOverlay.place(box.x + box.width / 2, of: frame.width, in: width)
            let top = DetectionOverlay.place(box.y - box.height / 2, of: frame.height, in: height)
            let bottom = DetectionOverlay.place(box.y + box.height / 2, of: frame.height, in: height)
            for x in left...right {
                for y in [top, min(top + 1, bottom), max(top, bottom - 1), bottom] { paint(x, y) }
            }
            for y in top...bottom {
                for x in [left, min(left + 1, right), max(left, right - 1), right] { paint(x, y) }
            }
        }
        return Pixels(width: width, height: height, bytes: bytes)
    }
}
