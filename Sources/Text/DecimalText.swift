/// A value with so many digits after the point, rounded half away from zero: `2.50`, and no `-0.00`.
/// - Parameter digits: 0...6.
/// - Returns: nil for what is not finite, and from 10¹² on, where nobody reads digits after the point.
public func decimalText(_ value: Double, digits: Int) -> String? {
    guard value.isFinite, abs(value) < 1e12 else { return nil }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let units = Int64((abs(value) * scale).rounded())
    let sign = value < 0 && units != 0 ? "-" : ""
    guard digits > 0 else { return sign + String(units) }
    let (whole, rest) = units.quotientAndRemainder(dividingBy: Int64(scale))
    let fraction = String(rest)
    return sign + String(whole) + "." + String(repeating: "0", count: digits - fraction.utf8.count) + fraction
}

/// A part of a time or date: `07`. Longer numbers stay whole.
public func twoDigits(_ value: Int) -> String { (0..<10).contains(value) ? "0\(value)" : String(value) }
