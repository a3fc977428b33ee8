/// How many columns a terminal gives a scalar. Agrees with `wcwidth` of glibc 2.36, which is what ncurses asks;
/// a terminal and ncurses that disagree about one scalar shift every column after it.
public enum ScalarWidth {
    /// The newest Unicode version that glibc 2.36 knows.
    private static let newestKnown = (major: 14, minor: 0)

    /// 0, 1 or 2; nil for what is not printed at all: controls, surrogates, separators, unassigned.
    public static func columns(_ scalar: Unicode.Scalar) -> Int? {
        if scalar.value < 0x7F { return scalar.value < 0x20 ? nil : 1 }
        if scalar.value < 0x300 { return scalar.value < 0xA0 ? nil : 1 }
        guard isPrinted(scalar) else { return nil }
        if contains(scalar.value, in: zeroWidth) { return 0 }
        return contains(scalar.value, in: doubleWidth) ? 2 : 1
    }

    private static func isPrinted(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: return false
        case .privateUse: return true
        default: break
        }
        guard let age = scalar.properties.age else { return false }
        return (age.major, age.minor) <= newestKnown
    }

    private static func contains(_ value: UInt32, in ranges: [ClosedRange<UInt32>]) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < value {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low < ranges.count && ranges[low].contains(value)
    }
}
