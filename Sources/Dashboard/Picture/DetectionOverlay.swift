internal import Farm

/// Boxes around detections, drawn over a picture, each with its confidence in its upper edge.
struct DetectionOverlay {
    /// Fainter ones are not drawn; the same bound as for tagged pictures.
    static let faintest = 0.2

    /// - Parameters:
    ///   - area: where the picture's cells lie.
    ///   - frame: size of the picture that the boxes refer to, in pixels.
    ///   - isOutlined: false where the picture's own pixels show the boxes, and only confidences are missing.
    static func draw(
        _ detections: [Detection], frame: (width: Int, height: Int), over area: Rect, isOutlined: Bool = true,
        in canvas: inout Canvas
    ) {
        guard frame.width > 0, frame.height > 0, !area.isEmpty else { return }
        // The surest last, so that its frame is whole.
        for detection in detections.filter({ $0.confidence >= faintest }).reversed() {
            let box = detection.box
            let left = place(box.x - box.width / 2, of: frame.width, in: area.columns)
            let right = place(box.x + box.width / 2, of: frame.width, in: area.columns)
            let top = place(box.y - box.height / 2, of: frame.height, in: area.rows)
            let bottom = place(box.y + box.height / 2, of: frame.height, in: area.rows)
            outline(
                Rect(
                    row: area.row + top, column: area.column + left,
                    rows: max(2, bottom - top + 1), columns: max(2, right - left + 1)),
                within: area, label: Numerals.confidence(detection.confidence), isOutlined: isOutlined, in: &canvas)
        }
    }

    /// Where a coordinate of the frame lies on an axis of `count` cells or pixels: inside, whatever it is.
    static func place(_ coordinate: Double, of length: Int, in count: Int) -> Int {
        guard coordinate.isFinite else { return 0 }
        return Int(min(max(0, coordinate / Double(length) * Double(count)), Double(count - 1)))
    }

    private static func outline(
        _ box: Rect, within area: Rect, label: String, isOutlined: Bool, in canvas: inout Canvas
    ) {
        var box = box
        box.row = max(area.row, min(box.row, area.endRow - 2))
        box.column = max(area.column, min(box.column, area.endColumn - 2))
        let bottom = min(box.endRow, area.endRow) - 1
        let right = min(box.endColumn, area.endColumn) - 1
        if isOutlined { lines(box, bottom: bottom, right: right, in: &canvas) }
        let text = CellText(untrusted: label)
        if right - box.column > text.width + 1 {
            canvas.put(text, row: box.row, column: box.column + 1, end: right, paint: labelPaint(canvas))
        } else if right - box.column + 1 >= text.width, bottom > box.row + 1 {
            canvas.put(text, row: box.row + 1, column: box.column, end: area.endColumn, paint: labelPaint(canvas))
        }
    }

    private static func lines(_ box: Rect, bottom: Int, right: Int, in canvas: inout Canvas) {
        for column in box.column...max(box.column, right) {
            draw("━", box.row, column, &canvas)
            draw("━", bottom, column, &canvas)
        }
        for row in box.row...max(box.row, bottom) {
            draw("┃", row, box.column, &canvas)
            draw("┃", row, right, &canvas)
        }
        draw("┏", box.row, box.column, &canvas)
        draw("┓", box.row, right, &canvas)
        draw("┗", bottom, box.column, &canvas)
        draw("┛", bottom, right, &canvas)
    }

    private static func labelPaint(_ canvas: Canvas) -> Paint {
        var paint = canvas.theme[.detection]
        paint.attributes.formUnion([.bold, .reverse])
        return paint
    }

    /// Keeps the picture's ground, so that what lies under the line is still guessed.
    private static func draw(_ sign: Grapheme, _ row: Int, _ column: Int, _ canvas: inout Canvas) {
        guard let under = canvas.cell(row: row, column: column) else { return }
        var paint = canvas.theme[.detection]
        paint.background = under.paint.background
        canvas.stamp(sign, row: row, column: column, paint: paint)
    }
}
