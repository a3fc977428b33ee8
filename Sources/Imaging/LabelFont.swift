/// The few characters of a confidence label, drawn for this program: 5 columns, 7 rows.
enum LabelFont {
    static let width = 5, height = 7

    /// Rows from the top; bit 4 is the left column. Other characters are blank.
    static func rows(of character: Character) -> [UInt8] {
        switch character {
        case "0": [0b01110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110]
        case "1": [0b00100, 0b01100, 0b10100, 0b00100, 0b00100, 0b00100, 0b11111]
        case "2": [0b01110, 0b10001, 0b00001, 0b00110, 0b01000, 0b10000, 0b11111]
        case "3": [0b11110, 0b00001, 0b00001, 0b01110, 0b00001, 0b00001, 0b11110]
        case "4": [0b10010, 0b10010, 0b10010, 0b11111, 0b00010, 0b00010, 0b00010]
        case "5": [0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110]
        case "6": [0b01110, 0b10000, 0b11110, 0b10001, 0b10001, 0b10001, 0b01110]
        case "7": [0b11111, 0b00001, 0b00010, 0b00100, 0b00100, 0b01000, 0b01000]
        case "8": [0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110]
        case "9": [0b01110, 0b10001, 0b10001, 0b10001, 0b01111, 0b00001, 0b01110]
        case "%": [0b11001, 0b11001, 0b00010, 0b00100, 0b01000, 0b10011, 0b10011]
        default: Array(repeating: 0, count: height)
        }
    }
}
