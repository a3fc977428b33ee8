import Farm

/// A timestamp's wire form, `2026-11-23T13:03:16.501618Z`, without the strings that `Timestamp.description` makes on the way.
enum RFC3339 {
    static func append(_ time: Timestamp, to bytes: inout [UInt8]) {
        let civil = CivilTime(time)
        append(civil.year, digits: 4, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        append(civil.month, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        append(civil.day, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: "T"))
        append(civil.hour, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        append(civil.minute, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        append(civil.second, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: "."))
        append(civil.microsecond, digits: 6, to: &bytes)
        bytes.append(UInt8(ascii: "Z"))
    }

    private static func append(_ value: Int, digits: Int, to bytes: inout [UInt8]) {
        var divisor = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
            divisor /= 10
        }
    }
}
