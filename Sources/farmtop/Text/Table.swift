import Text

/// Columns of text for a terminal: two spaces between them, cells cleaned, numbers to the right. Names that anybody may choose are
/// cut where others stand behind them, so that one of 256 letters moves no column out of sight; `--json` has them whole.
struct Table {
    struct Column {
        var title: String
        var isNumber = false
    }
    var columns: [Column]
    var rows: [[String]] = []

    /// Titles ending in `#` stand over numbers.
    init(_ titles: String...) { self.init(titles) }

    init(_ titles: [String]) {
        columns = titles.map { title in
            title.hasSuffix("#") ? Column(title: String(title.dropLast()), isNumber: true) : Column(title: title)
        }
    }

    mutating func add(_ cells: String...) { add(cells) }

    mutating func add(_ cells: [String]) {
        rows.append(
            cells.enumerated().map { index, cell in
                let isCut = index < columns.count - 1 && Self.chosen.contains(columns[index].title)
                return isCut ? printable(cell).cut(to: Self.longestName) : printable(cell)
            })
    }

    /// Titles over names of printers, files and people.
    private static let chosen: Set = ["NAME", "PRINTER", "FILE", "ACCOUNT", "CLIENT"]
    /// Columns of a terminal.
    private static let longestName = 40

    /// No spaces at the ends of lines.
    var text: String {
        let lines = [columns.map(\.title)] + rows
        let widths = columns.indices.map { column in lines.map { displayWidth($0[column]) }.max() ?? 0 }
        return lines.map { cells in
            var line = ""
            for (index, cell) in cells.enumerated() {
                let gap = String(repeating: " ", count: widths[index] - displayWidth(cell))
                line += (index > 0 ? "  " : "") + (columns[index].isNumber ? gap + cell : cell + gap)
            }
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
        .joined(separator: "\n")
    }
}

/// `2h11m`, `3m05s`, `12s`, `4d02h`: for lists. Negative spans, from a clock set back, count as none.
func shortSpan(seconds: Double) -> String {
    let whole = seconds.isFinite ? Int(max(0, min(seconds, 1e10))) : 0
    if whole < 60 { return "\(whole)s" }
    if whole < 3600 { return "\(whole / 60)m\(twoDigits(whole % 60))s" }
    if whole < 86_400 { return "\(whole / 3600)h\(twoDigits(whole / 60 % 60))m" }
    return "\(whole / 86_400)d\(twoDigits(whole / 3600 % 24))h"
}

extension String {
    /// As much as so many columns of a terminal hold, with `…` for the rest.
    fileprivate func cut(to columns: Int) -> String {
        guard displayWidth(self) > columns else { return self }
        var kept = ""
        for character in self {
            guard displayWidth(kept + String(character)) < columns else { break }
            kept.append(character)
        }
        return kept + "…"
    }
}
