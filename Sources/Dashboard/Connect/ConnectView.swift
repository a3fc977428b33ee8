internal import Farm

/// The wizard as a panel over the area. Pure: the state of the wizard in, cells out.
struct ConnectView {
    let wizard: ConnectWizard
    let now: Timestamp
    let style: PictureStyle
    let depth: ColorDepth

    static func rect(_ size: GridSize) -> Rect {
        let columns = min(size.columns, max(24, min(size.columns - 4, 96)))
        let rows = min(size.rows, size.rows > 16 ? min(size.rows - 4, 24) : size.rows)
        return Rect(row: (size.rows - rows) / 2, column: (size.columns - columns) / 2, rows: rows, columns: columns)
    }

    func draw(in canvas: inout Canvas, size: GridSize) {
        let rect = Self.rect(size)
        canvas.fill(rect, .text)
        canvas.target(rect, .panel)
        var room = canvas.box(rect, title: CellText(untrusted: wizard.title)).inset(rows: 0, columns: 1)
        guard room.rows > 3 else { return }
        drawSteps(in: room.takeTop(1), canvas: &canvas)
        let keys = room.takeBottom(1)
        if room.rows > 6 { _ = room.takeTop(1) }
        drawFault(in: &room, canvas: &canvas)
        drawKeys(in: keys, canvas: &canvas)
        switch wizard.step {
        case .kind: drawKinds(in: room, canvas: &canvas)
        case .address: drawAddress(in: room, canvas: &canvas)
        case .key: drawKey(in: room, canvas: &canvas)
        case .allow: drawAllow(in: room, canvas: &canvas)
        case .testing: drawLines(["Asking \(host). This takes up to a minute."], in: room, canvas: &canvas)
        case .certificate: drawCertificate(in: room, canvas: &canvas)
        case .found: drawFound(in: room, canvas: &canvas)
        case .details: drawDetails(in: room, canvas: &canvas)
        case .saving: drawLines(["Storing it."], in: room, canvas: &canvas)
        }
    }

    private var host: String {
        wizard.triedCamera == nil ? wizard.base?.authority ?? "" : "the camera"
    }

    // MARK: Frame

    private func drawSteps(in line: Rect, canvas: inout Canvas) {
        var parts = Segments()
        parts.gap = 3
        for (step, name) in ConnectWizard.names {
            let isNow = step == wizard.namedStep
            parts.add(
                CellText(untrusted: name), isNow ? .title : step.rawValue < wizard.namedStep.rawValue ? .text : .dim,
                priority: isNow ? 2 : 1)
        }
        parts.fit(line.columns)
        var column = line.column
        for (index, part) in parts.parts.enumerated() {
            if index > 0 { column = canvas.put(" › ", row: line.row, column: column, .dim) }
            column = canvas.put(part.text, row: line.row, column: column, end: line.endColumn, part.role)
        }
    }

    private func drawKeys(in line: Rect, canvas: inout Canvas) {
        var keys: [(Key, String)] = []
        switch wizard.step {
        case .kind, .address, .key: keys.append((.enter, "go on"))
        case .found: keys.append((.enter, wizard.isTypingCamera ? "try it" : "take it"))
        case .details: keys.append((.enter, "connect"))
        case .certificate: keys += [(.character("y"), "it is the same"), (.character("N"), "no")]
        case .allow, .testing, .saving: break
        }
        if wizard.step != .kind, wizard.step != .saving { keys.append((.backTab, "back")) }
        keys.append((.escape, "leave"))
        var column = line.column
        for (key, words) in keys {
            column =
                canvas.put(
                    key: key, CellText(untrusted: key.name), CellText(untrusted: words), row: line.row, column: column,
                    end: line.endColumn) + 2
        }
    }

    /// What is wrong stands above the keys, whole.
    private func drawFault(in room: inout Rect, canvas: inout Canvas) {
        guard let fault = wizard.fault else { return }
        let lines = fault.wrapped(columns: max(10, room.columns))
        let rect = room.takeBottom(min(lines.count, max(1, room.rows / 2)))
        for (index, line) in lines.prefix(rect.rows).enumerated() {
            canvas.put(
                CellText(untrusted: line), row: rect.row + index, column: rect.column, end: rect.endColumn, .error)
        }
    }

    @discardableResult
    private func drawLines(
        _ texts: [String], in rect: Rect, _ role: Role = .text, canvas: inout Canvas
    ) -> Rect {
        var rest = rect
        for line in texts.flatMap({ $0.wrapped(columns: max(10, rect.columns)) }) where rest.rows > 0 {
            let at = rest.takeTop(1)
            canvas.put(CellText(untrusted: line), row: at.row, column: at.column, end: at.endColumn, role)
        }
        return rest
    }

    /// A line of a list, chosen or not; it can be clicked.
    private func drawChoice(_ text: String, index: Int, isChosen: Bool, in line: Rect, canvas: inout Canvas) {
        canvas.isInSelection = isChosen
        if isChosen {
            canvas.fill(line, .text)
            canvas.stamp("▌", row: line.row, column: line.column, .title)
            canvas.rest(row: line.row, column: line.column)
        }
        canvas.put(CellText(untrusted: text), row: line.row, column: line.column + 2, end: line.endColumn)
        canvas.isInSelection = false
        canvas.target(line, .line(index))
    }

    /// - Parameter isHidden: shows a dot for each character.
    private func drawField(
        _ field: TextField, isFocused: Bool, isHidden: Bool = false, in line: Rect, canvas: inout Canvas
    ) {
        canvas.fill(line, .input)
        let characters = isHidden ? field.characters.map { _ in Character("•") } : field.characters
        // The end of what is typed stays in sight.
        let room = max(1, line.columns - 2)
        let first = max(0, min(field.cursor, characters.count) - room)
        let shown = String(characters[first...])
        canvas.put(CellText(untrusted: shown), row: line.row, column: line.column + 1, end: line.endColumn, .input)
        guard isFocused else { return }
        let before = CellText(untrusted: String(characters[first..<field.cursor])).width
        canvas.rest(row: line.row, column: min(line.endColumn - 1, line.column + 1 + before), isInsertion: true)
    }

    // MARK: Steps

    private func drawKinds(in room: Rect, canvas: inout Canvas) {
        var rest = drawLines([wizard.hint], in: room, .dim, canvas: &canvas)
        if rest.rows > 4 { _ = rest.takeTop(1) }
        for (index, kind) in LinkKind.allCases.enumerated() where rest.rows > 0 {
            drawChoice(
                ConnectWizard.words(kind), index: index, isChosen: index == wizard.focus, in: rest.takeTop(1),
                canvas: &canvas)
        }
    }

    private func drawAddress(in room: Rect, canvas: inout Canvas) {
        var rest = drawLines(["Address of its server"], in: room, .title, canvas: &canvas)
        drawField(wizard.address, isFocused: true, in: rest.takeTop(1), canvas: &canvas)
        drawLines([wizard.hint], in: rest, .dim, canvas: &canvas)
    }

    private func drawKey(in room: Rect, canvas: inout Canvas) {
        var rest = room
        if wizard.ways.count > 1 {
            for (index, way) in wizard.ways.enumerated() where rest.rows > 0 {
                drawChoice(
                    wizard.words(way), index: index,
                    isChosen: way == wizard.way,
                    in: rest.takeTop(1), canvas: &canvas)
            }
        }
        if wizard.way == .typed {
            if wizard.kind == .prusalink {
                drawLabelled(
                    "user", wizard.user, isFocused: wizard.keyField == .user, in: rest.takeTop(1), canvas: &canvas)
            }
            drawLabelled(
                wizard.kind == .prusalink ? "password" : "key", wizard.secret,
                isFocused: wizard.keyField == .secret, isHidden: true, in: rest.takeTop(1), canvas: &canvas)
        }
        if rest.rows > 2 { _ = rest.takeTop(1) }
        drawLines([wizard.hint], in: rest, .dim, canvas: &canvas)
    }

    private func drawLabelled(
        _ label: String, _ field: TextField, isFocused: Bool, isHidden: Bool = false, in line: Rect,
        canvas: inout Canvas
    ) {
        guard !line.isEmpty else { return }
        canvas.put(
            CellText(untrusted: label), row: line.row, column: line.column, end: line.endColumn,
            isFocused ? .title : .dim)
        let box = Rect(row: line.row, column: line.column + 10, rows: 1, columns: line.columns - 10)
        drawField(field, isFocused: isFocused, isHidden: isHidden, in: box, canvas: &canvas)
    }

    private func drawAllow(in room: Rect, canvas: inout Canvas) {
        guard let request = wizard.keyRequest else {
            drawLines(["Asking OctoPrint for a key."], in: room, canvas: &canvas)
            return
        }
        var rest = drawLines(
            ["Open this page in a browser, log in, and press Allow for farmtop:"], in: room, canvas: &canvas)
        rest = drawLines(["\(request.address.base)"], in: rest, .code, canvas: &canvas)
        if rest.rows > 2 { _ = rest.takeTop(1) }
        let left = max(0, request.expiresAt.seconds(since: now))
        drawLines(
            ["Waiting, \(Clock.words(left)) more. This goes on by itself."], in: rest, .dim, canvas: &canvas)
    }

    private func drawCertificate(in room: Rect, canvas: inout Canvas) {
        let whose =
            switch wizard.certificateOwner {
            case .server: wizard.base?.authority ?? "the server"
            case .camera(let index):
                "the camera \(wizard.cameras.indices.contains(index) ? wizard.cameras[index].name : "")"
            }
        var rest = drawLines(
            ["\(whose) shows a certificate that nobody has approved. Its SHA-256 fingerprint:"], in: room,
            canvas: &canvas)
        // 16 pairs a line, as browsers break it.
        let pairs = (wizard.askedFingerprint?.description ?? "").split(separator: ":")
        for start in stride(from: 0, to: pairs.count, by: 16) where rest.rows > 0 {
            let line = rest.takeTop(1)
            let text = pairs[start..<min(pairs.count, start + 16)].joined(separator: ":")
            canvas.put(CellText(untrusted: text), row: line.row, column: line.column, end: line.endColumn, .code)
        }
        drawLines([wizard.hint], in: rest, .dim, canvas: &canvas)
    }

    private func drawFound(in room: Rect, canvas: inout Canvas) {
        var left = room
        var picture = room.takingRight(room.columns >= 60 ? room.columns * 2 / 5 : 0)
        if picture.columns > 0 {
            left = Rect(
                row: room.row, column: room.column, rows: room.rows, columns: room.columns - picture.columns - 1)
        }
        let most = max(0, left.rows - wizard.cameraChoices.count - 2)
        var rest = drawLines(Array(wizard.findingLines.prefix(most)), in: left, canvas: &canvas)
        if rest.rows > wizard.cameraChoices.count + 2 { _ = rest.takeTop(1) }
        if rest.rows > wizard.cameraChoices.count { rest = drawLines([wizard.hint], in: rest, .title, canvas: &canvas) }
        for (index, choice) in wizard.cameraChoices.enumerated() where rest.rows > 0 {
            let line = rest.takeTop(1)
            drawChoice(wizard.words(choice), index: index, isChosen: index == wizard.focus, in: line, canvas: &canvas)
            guard choice == .typed, index == wizard.focus, line.columns > 24 else { continue }
            let field = Rect(row: line.row, column: line.column + 18, rows: 1, columns: line.columns - 18)
            drawField(wizard.cameraAddress, isFocused: true, in: field, canvas: &canvas)
        }
        guard picture.columns > 4, case .offered(let index) = wizard.cameraChoice else { return }
        picture = picture.inset(rows: 0, columns: 0)
        guard let pixels = wizard.pictures[index] else {
            if wizard.cameras[index].picture != nil {
                canvas.put("loading", row: picture.row + picture.rows / 2, column: picture.column + 2, .dim)
            }
            return
        }
        draw(pixels, in: picture, canvas: &canvas)
    }

    private func draw(_ pixels: Pixels, in rect: Rect, canvas: inout Canvas) {
        let fit = CellPicture.fit(width: pixels.width, height: pixels.height, in: rect)
        let picture = CellPicture(pixels, size: fit, style: style, depth: depth)
        for row in 0..<picture.rows {
            for column in 0..<picture.columns {
                canvas.put(
                    picture.cells[row * picture.columns + column], row: rect.row + row,
                    column: rect.endColumn - picture.columns + column)
            }
        }
    }

    private func drawDetails(in room: Rect, canvas: inout Canvas) {
        var rest = room
        for (index, field) in wizard.details.fields.enumerated() where rest.rows > 0 {
            let line = rest.takeTop(1)
            let isFocused = index == wizard.details.focus
            switch field.value {
            case .text(let text):
                drawLabelled(field.label, text, isFocused: isFocused, in: line, canvas: &canvas)
            case .choice(let choices, let chosen):
                canvas.put(
                    CellText(untrusted: field.label), row: line.row, column: line.column, isFocused ? .title : .dim)
                canvas.put(
                    CellText(untrusted: isFocused ? "‹ \(choices[chosen]) ›" : choices[chosen]), row: line.row,
                    column: line.column + 10, end: line.endColumn, isFocused ? .title : .text)
            }
        }
        if rest.rows > 2 { _ = rest.takeTop(1) }
        let focused = wizard.details.fields[wizard.details.focus]
        drawLines([focused.fault ?? focused.hint], in: rest, focused.fault == nil ? .dim : .error, canvas: &canvas)
    }
}

extension Rect {
    /// The right part of it.
    fileprivate func takingRight(_ columns: Int) -> Rect {
        var rest = self
        return rest.takeRight(columns)
    }
}
