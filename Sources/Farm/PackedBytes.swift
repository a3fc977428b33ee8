/// Numbers as little-endian bytes, one after another: what the stored forms of `CameraHistory` and `FailureEvidence` are made of.
struct PackedBytes {
    private(set) var bytes: [UInt8] = []

    init(version: UInt8) {
        bytes.reserveCapacity(3072)
        bytes.append(version)
    }

    mutating func put<Number: FixedWidthInteger>(_ value: Number) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
    mutating func put(_ value: Float) { put(value.bitPattern) }
    mutating func put(_ value: Double) { put(value.bitPattern) }
    mutating func put(_ value: Bool) { put(UInt8(value ? 1 : 0)) }
    /// At most 65,535 numbers.
    mutating func put(_ values: [Float]) {
        put(UInt16(values.count))
        for value in values { put(value) }
    }
    mutating func put(_ moment: Timestamp?) {
        put(moment != nil)
        if let moment { put(moment.microseconds) }
    }
}

/// Reads what `PackedBytes` wrote. Nothing that it returns is infinite, not a number or out of its range; from the first fault on
/// everything is nil.
struct PackedReader {
    private var rest: ArraySlice<UInt8>

    /// Nil when the bytes are of another version.
    init?(_ bytes: [UInt8], version: UInt8) {
        guard bytes.first == version else { return nil }
        rest = bytes.dropFirst()
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func integer<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) -> Number? {
        let size = Number.bitWidth / 8
        guard rest.count >= size else {
            rest = []
            return nil
        }
        let value = rest.prefix(size).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        rest = rest.dropFirst(size)
        return Number(truncatingIfNeeded: value)
    }

    mutating func float(in range: ClosedRange<Float>) -> Float? {
        integer(UInt32.self).map(Float.init(bitPattern:)).flatMap { range.contains($0) ? $0 : nil }
    }

    mutating func double(in range: ClosedRange<Double>) -> Double? {
        integer(UInt64.self).map(Double.init(bitPattern:)).flatMap { range.contains($0) ? $0 : nil }
    }

    mutating func bool() -> Bool? {
        integer(UInt8.self).flatMap { $0 < 2 ? $0 == 1 : nil }
    }

    /// - Parameter counts: how many numbers there may be.
    mutating func floats(in range: ClosedRange<Float>, counts: ClosedRange<Int>) -> [Float]? {
        guard let count = integer(UInt16.self).map(Int.init), counts.contains(count), rest.count >= count * 4 else {
            return nil
        }
        var values: [Float] = []
        values.reserveCapacity(count)
        for _ in 0..<count {
            guard let value = float(in: range) else { return nil }
            values.append(value)
        }
        return values
    }

    /// Seconds or shares by score: none, or one for each range of scores.
    mutating func byScore(in range: ClosedRange<Float>) -> [Float]? {
        floats(in: range, counts: 0...CameraHistory.scoreBins).flatMap {
            $0.isEmpty || $0.count == CameraHistory.scoreBins ? $0 : nil
        }
    }

    /// A moment that may be missing: the outer nil is a fault. Moments are within 10,000 years of 1970, so that their
    /// differences do not overflow.
    mutating func moment() -> Timestamp?? {
        guard let isThere = bool() else { return .none }
        guard isThere else { return .some(nil) }
        let limit: Int64 = 315_569_520_000_000_000
        guard let microseconds = integer(Int64.self), (-limit...limit).contains(microseconds) else { return .none }
        return .some(Timestamp(microseconds: microseconds))
    }
}
