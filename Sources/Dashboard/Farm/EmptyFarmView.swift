internal import Farm

extension DashboardState {
    private enum Line {
        case text(String)
        case code(String)
        case gap
    }

    /// What to do next when there are no printers, with commands to copy.
    func drawEmptyFarm(in layout: FarmLayout, canvas: inout Canvas) {
        let rect =
            layout.heads.isEmpty
            ? layout.rows
            : Rect(
                row: layout.heads.row, column: layout.heads.column, rows: layout.rows.rows + 1,
                columns: layout.rows.columns)
        var row = rect.row + (rect.rows > 14 ? 1 : 0)
        let indent = rect.columns < 60 ? 1 : 3
        for line in layout.kind == .compact ? shortWelcome : welcome(rows: rect.rows, columns: rect.columns) {
            guard row < rect.endRow else { return }
            switch line {
            case .text(let text):
                canvas.put(CellText(untrusted: text), row: row, column: rect.column + indent, end: rect.endColumn)
            case .code(let text):
                canvas.put(
                    CellText(untrusted: text), row: row, column: rect.column + indent + 2, end: rect.endColumn, .code)
            case .gap: break
            }
            row += 1
        }
    }

    private var base: String { farm.status.address ?? "http://127.0.0.1:3334" }

    private var shortWelcome: [Line] {
        [
            .text("Make a client for your app:"), .code("farmtop client add my-app --json"),
            .text("or a printer here: c"), .text("API \(farm.status.address ?? "not listening")"),
            .text("To the local network:"), .code("farmtop --listen 0.0.0.0:3334"),
        ]
    }

    /// A command in one line, or where that is too long in two, as a shell takes it.
    private func command(_ start: String, _ end: String, columns: Int) -> [Line] {
        let whole = start + " " + end
        return CellText(untrusted: whole).width <= columns - 6
            ? [.code(whole)] : [.code(start + " \\"), .code("    " + end)]
    }

    private func welcome(rows: Int, columns: Int) -> [Line] {
        var lines: [Line] =
            [
                .text("Apps report to this farm; here is how to connect the first one."), .gap,
                .text("1  Make a client. Its id and secret are printed once:"),
                .code("farmtop client add my-app --json"),
                .text("2  Trade them for a token:"),
            ] + command("curl -u ID:SECRET -d grant_type=client_credentials", "\(base)/o/token/", columns: columns) + [
                .text("3  Make a printer, here with c or over the API:")
            ] + command("curl -H 'X-API-KEY: TOKEN' -d name=mk3", "\(base)/api/v1/printers/", columns: columns) + [
                .gap,
                .text(
                    farm.status.address.map { "The API listens on \(Self.host($0))\(Self.reach($0))." }
                        ?? "The API is not listening; see the log or farmtop doctor."),
                .text("To open it to the local network, start:"), .code("farmtop --listen 0.0.0.0:3334"),
            ]
        if rows > 16, !options.dataFolder.isEmpty {
            lines += [
                .gap, .text("Data           \(options.dataFolder)"), .text("Configuration  \(options.configPath)"),
            ]
        }
        if lines.count > rows { lines.removeAll { if case .gap = $0 { true } else { false } } }
        return lines
    }

    private static func reach(_ address: String) -> String {
        let host = host(address)
        return host.hasPrefix("127.") || host.hasPrefix("localhost") || host.hasPrefix("[::1]")
            ? ", for this machine only" : ""
    }
}
