import Text

/// A number of a list with so many digits after the point; `-` for what is no number.
func decimals(_ value: Double, _ digits: Int) -> String { decimalText(value, digits: digits) ?? "-" }
