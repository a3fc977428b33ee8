extension Grid {
    /// Replaces what an ASCII-only terminal cannot show: drawing characters by look-alikes, other text by `?`.
    mutating func reduceToASCII() {
        for index in cells.indices {
            let cell = cells[index]
            guard !cell.grapheme.isASCII || cell.width != 1 else { continue }
            if cell.width == 0 {
                cells[index].grapheme = "?"
            } else {
                cells[index].grapheme = ASCIILookalikes.table[cell.grapheme] ?? "?"
            }
            cells[index].width = 1
        }
    }
}

private enum ASCIILookalikes {
    static let table: [Grapheme: Grapheme] = [
        "─": "-", "│": "|", "┌": "+", "┐": "+", "└": "+", "┘": "+", "├": "+", "┤": "+", "┬": "+", "┴": "+", "┼": "+",
        "━": "=", "┃": "|", "┏": "+", "┓": "+", "┗": "+", "┛": "+", "╌": "-", "┄": "-", "╎": "|",
        "▁": ".", "▂": ".", "▃": ":", "▄": "-", "▅": "=", "▆": "+", "▇": "*", "█": "#",
        "▌": ">", "▉": "#", "▊": "#", "▋": "=", "▍": "=", "▎": "|", "▏": "|", "▐": "|", "▀": "\"", "░": ".", "▒": ":",
        "▓": "#",
        "·": ".", "•": "*", "…": "~", "‹": "<", "›": ">", "→": ">", "←": "<", "↑": "^", "↓": "v", "▲": "^", "▼": "v",
        "✓": "+", "✗": "x", "■": "#", "‖": "=", "×": "x", "≥": ">", "≤": "<", "−": "-", "—": "-", "–": "-",
        "±": "~", "Σ": "S", "◆": "*", "●": "*", "○": "o", "⏎": "<", "▸": ">", "▾": "v",
    ]
}
