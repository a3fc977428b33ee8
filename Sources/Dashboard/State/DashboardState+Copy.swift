internal import Farm

extension DashboardState {
    /// What `y` puts on the clipboard, and what it is called.
    var copyText: (name: String, text: String)? {
        if let detail { return Self.copyText(print(of: detail), focusedPrinter) }
        switch area {
        case .farm: return Self.copyText(nil, selectedPrinter)
        case .history: return Self.copyText(history.selected, nil)
        case .oauth: return selectedClient.map { ("id of \($0.name)", $0.publicID) }
        case .system:
            let lines = systemLines
            guard lines.indices.contains(system.index) else { return nil }
            return ("line", CellText(untrusted: lines[system.index].text).description)
        case .log:
            return log.selected.map { entry in
                let time = local(entry.at)
                let line = "\(time.date) \(time.hourMinuteSecond) \(entry.level.word) \(entry.source) \(entry.text)"
                // It may be pasted into a shell.
                return ("line", CellText(untrusted: line).description)
            }
        }
    }

    private static func copyText(_ print: Print?, _ printer: PrinterSnapshot?) -> (name: String, text: String)? {
        if let printer { return ("id of \(printer.name), \(printer.id),", "\(printer.id)") }
        return print.map { ("id of the print \($0.filename), \($0.id),", "\($0.id)") }
    }

    mutating func copySelected() -> [DashboardEffect] {
        guard let copy = copyText else { return [] }
        say("The \(copy.name) is on the clipboard, if the terminal allows it.", .success)
        return [.copy(copy.text)]
    }
}
