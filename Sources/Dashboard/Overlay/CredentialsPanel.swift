internal import Farm

/// A client that was just made, or got a new secret: the secret is shown this once.
struct CredentialsPanel: DashboardOverlay, Equatable {
    let credentials: ClientCredentials

    func handle(_ key: Key, in context: Context) -> [DashboardRequest] {
        switch key {
        case .character("y"):
            guard let secret = credentials.secret else { return [] }
            return [
                .say("The secret is on the clipboard, if the terminal allows it.", .success), .effect(.copy(secret)),
            ]
        case .character("i"):
            return [
                .say("The id is on the clipboard, if the terminal allows it.", .success),
                .effect(.copy(credentials.client.publicID)),
            ]
        case .escape, .control("c"): return [.close]
        default: return [.say("y copies the secret, i the id; esc hides them for good.", .warning)]
        }
    }

    func hints(_ context: Context) -> [KeyBar.Hint] {
        let secret = credentials.secret == nil ? [] : [KeyBar.Hint("y", "copy secret")]
        return secret + [.init("i", "copy id"), .init("esc", "done")]
    }

    func draw(in canvas: inout Canvas, _ context: Context) {
        var lines: [(String, String)] = [("name", credentials.client.name), ("id", credentials.client.publicID)]
        if let secret = credentials.secret { lines.append(("secret", secret)) }
        let widest = lines.map { CellText(untrusted: $0.1).width }.max() ?? 0
        let room = canvas.panel(rows: lines.count + 3, columns: max(widest + 8, 50), title: "Client")
        var row = room.row
        for (label, value) in lines {
            canvas.put(CellText(untrusted: label), row: row, column: room.column, .dim)
            // A secret that does not fit goes on in the next line: half of it would be of no use.
            for part in Self.chunks(value, columns: max(8, room.columns - 8)) where row < room.endRow {
                canvas.put(CellText(untrusted: part), row: row, column: room.column + 8, end: room.endColumn, .code)
                row += 1
            }
        }
        if row < room.endRow - 1 {
            canvas.put(
                credentials.secret == nil
                    ? "A public client has no secret." : "The secret is shown this once and kept nowhere.",
                row: row, column: room.column, end: room.endColumn, .warning)
        }
        if let message = context.message {
            canvas.put(
                CellText(untrusted: message.text), row: room.endRow - 1, column: room.column, end: room.endColumn, .hint
            )
        } else {
            let secret = credentials.secret == nil ? [] : [(Key.character("y"), "copy secret")]
            canvas.put(keys: secret + [(.character("i"), "copy id"), (.escape, "done")], gap: 3, in: room)
        }
        canvas.rest(row: room.endRow - 1, column: room.column)
    }

    private static func chunks(_ text: String, columns: Int) -> [String] {
        var rest = Substring(text)
        var parts: [String] = []
        while !rest.isEmpty {
            parts.append(String(rest.prefix(columns)))
            rest = rest.dropFirst(columns)
        }
        return parts
    }
}
