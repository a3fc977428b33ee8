/// Columns of text for a terminal: two spaces between them, cells cleaned, numbers to the right.
struct Table {
    struct Column {
        var title: String
        var isNumber = false
    }
    var columns: [Column]
    var rows: [[String]] = []

    /// Titles ending in `#` stand over numbers.
    init(_ titles: String...) {
        columns = titles.map { title in
            title.hasSuffix("#") ? Column(title: String(title.dropLast()), isNumber: true) : Column(title: title)
        }
    }

    mutating func add(_ cells: String...) { add(cells) }

    mutating func add(_ cells: [String]) { rows.append(cells.map(printable)) }

    /// No spaces at the ends of lines.
    var text: String {
        let lines = [columns.map(\.title)] + rows
        let widths = columns.indices.map { column in lines.map { cellWidth($0[column]) }.max() ?? 0 }
        return lines.map { cells in
            var line = ""
            for (index, cell) in cells.enumerated() {
                let gap = String(repeating: " ", count: widths[index] - cellWidth(cell))
                line += (index > 0 ? "  " : "") + (columns[index].isNumber ? gap + cell : cell + gap)
            }
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
        .joined(separator: "\n")
    }
}

/// Columns of the terminal that a text takes: 2 for East Asian wide characters and emoji, 0 for marks.
func cellWidth(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { width, scalar in
        let properties = scalar.properties
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return width
        default: break
        }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1B000...0x1B2FF, 0x20000...0x3FFFD:
            return width + 2
        default: return width + (properties.isEmojiPresentation ? 2 : 1)
        }
    }
}

/// `2h11m`, `3m05s`, `12s`, `4d02h`: for lists. Negative spans, from a clock set back, count as none.
func shortSpan(seconds: Double) -> String {
    let whole = seconds.isFinite ? Int(max(0, min(seconds, 1e10))) : 0
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    if whole < 60 { return "\(whole)s" }
    if whole < 3600 { return "\(whole / 60)m\(two(whole % 60))s" }
    if whole < 86_400 { return "\(whole / 3600)h\(two(whole / 60 % 60))m" }
    return "\(whole / 86_400)d\(two(whole / 3600 % 24))h"
}
