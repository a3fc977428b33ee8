internal import Farm

extension [PrinterSnapshot] {
    /// Gives printers whose names look alike their number behind the name, so that each line means one machine.
    /// - Returns: the names that these printers have.
    mutating func tellApart() -> [PrinterID: String] {
        var seen: [String: Int] = [:]
        for snapshot in self { seen[snapshot.shownName, default: 0] += 1 }
        guard seen.count < count else { return [:] }
        var names: [PrinterID: String] = [:]
        for index in indices where seen[self[index].shownName] ?? 0 > 1 {
            let name = self[index].name
            names[self[index].id] = name
            self[index].printer.settings.name = "\(name) #\(self[index].id)"
        }
        return names
    }
}

extension PrinterSnapshot {
    /// As it looks on the screen, where two names may look the same and be two.
    fileprivate var shownName: String {
        name.utf8.allSatisfy { $0 < 128 } ? name : CellText(untrusted: name).description
    }
}
