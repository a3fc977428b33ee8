/// The evidence as a BLOB, about a kilobyte and a half.
extension FailureEvidence {
    private static let version: UInt8 = 1
    /// More explanations than any table may have.
    private static let mostWeights = 4096
    static let mostSpans = 24

    /// As it is stored; `init(packed:)` reads it.
    public var packed: [UInt8] {
        var bytes = PackedBytes(version: Self.version)
        bytes.put(probability)
        bytes.put(lastAt)
        bytes.put(lastGap)
        bytes.put(age)
        bytes.put(odds)
        bytes.put(clean)
        bytes.put(failing)
        bytes.put(openBin.startedAt)
        bytes.put(openBin.covered)
        bytes.put(openBin.pictures)
        bytes.put(openBin.sum)
        bytes.put(openBin.highest)
        bytes.put(own)
        bytes.put(ownKinds)
        bytes.put(ownHours)
        bytes.put(sinceOwn)
        bytes.put(UInt8(clamping: spans.count))
        for span in spans.suffix(Int(UInt8.max)) { bytes.put(span) }
        heldBack.put(to: &bytes)
        bytes.put(dismissal != nil)
        if let dismissal { bytes.put(dismissal) }
        return bytes.bytes
    }

    /// Nil for bytes that `packed` cannot have written.
    public init?(packed bytes: [UInt8]) {
        guard var reader = PackedReader(bytes, version: Self.version),
            let probability = reader.double(in: 0...1), let lastAt = reader.moment(),
            let lastGap = reader.float(in: 0...60), let age = reader.float(in: 0...1e9),
            let odds = reader.double(in: 0...1e12),
            let clean = reader.floats(in: 0...1, counts: 0...Self.mostWeights),
            let failing = reader.floats(in: 0...1, counts: 0...Self.mostWeights),
            let openBin = reader.bin(), let own = reader.byScore(in: 0...1),
            let ownKinds = reader.floats(in: 0...1, counts: 0...CameraHistory.mostKinds),
            let ownHours = reader.float(in: 0...1e9), let sinceOwn = reader.float(in: 0...1e9),
            let count = reader.integer(UInt8.self), count <= Self.mostSpans
        else { return nil }
        self.init(probability: probability)
        (self.lastAt, self.lastGap, self.age, self.odds, self.clean, self.failing) = (
            lastAt, lastGap, age, odds, clean, failing
        )
        (self.openBin, self.own, self.ownKinds) = (openBin, own, ownKinds)
        (self.ownHours, self.sinceOwn) = (ownHours, sinceOwn)
        for _ in 0..<count {
            guard let span = reader.span() else { return nil }
            spans.append(span)
        }
        guard let heldBack = reader.history(), let isDismissed = reader.bool() else { return nil }
        self.heldBack = heldBack
        if isDismissed {
            guard let dismissal = reader.dismissal(Self.mostWeights) else { return nil }
            self.dismissal = dismissal
        }
        guard reader.isAtEnd else { return nil }
    }
}

extension PackedBytes {
    fileprivate mutating func put(_ span: FailureEvidence.Span) {
        for seconds in span.seconds { put(seconds) }
        put(UInt8(clamping: span.kinds.count))
        for seconds in span.kinds.prefix(CameraHistory.mostKinds) { put(seconds) }
        put(span.highest)
        put(span.isWatched)
        put(span.isTaught)
    }

    fileprivate mutating func put(_ dismissal: FailureEvidence.Dismissal) {
        put(dismissal.odds)
        put(dismissal.clean)
        put(dismissal.failing)
        put(dismissal.probability)
        put(dismissal.scores)
        dismissal.taught.put(to: &self)
        put(dismissal.isHolding)
        put(dismissal.calm)
    }
}

extension PackedReader {
    fileprivate mutating func bin() -> FailureEvidence.Bin? {
        var bin = FailureEvidence.Bin()
        guard let startedAt = moment(), let covered = float(in: 0...1e6), let pictures = integer(Int32.self),
            pictures >= 0, let sum = float(in: 0...1e12), let highest = float(in: 0...1e6)
        else { return nil }
        (bin.startedAt, bin.covered, bin.pictures, bin.sum, bin.highest) = (startedAt, covered, pictures, sum, highest)
        return bin
    }

    fileprivate mutating func span() -> FailureEvidence.Span? {
        var span = FailureEvidence.Span()
        for index in span.seconds.indices {
            guard let seconds = integer(UInt16.self) else { return nil }
            span.seconds[index] = seconds
        }
        guard let kinds = integer(UInt8.self), kinds <= CameraHistory.mostKinds else { return nil }
        for _ in 0..<kinds {
            guard let seconds = integer(UInt16.self) else { return nil }
            span.kinds.append(seconds)
        }
        guard let highest = float(in: 0...1), let isWatched = bool(), let isTaught = bool() else { return nil }
        (span.highest, span.isWatched, span.isTaught) = (highest, isWatched, isTaught)
        return span
    }

    fileprivate mutating func dismissal(_ mostWeights: Int) -> FailureEvidence.Dismissal? {
        guard let odds = double(in: 0...1e12), let clean = floats(in: 0...1, counts: 0...mostWeights),
            let failing = floats(in: 0...1, counts: 0...mostWeights), let probability = double(in: 0...1),
            let scores = byScore(in: 0...1), let taught = history(), let isHolding = bool(),
            let calm = float(in: 0...1e6)
        else { return nil }
        var dismissal = FailureEvidence.Dismissal(
            odds: odds, clean: clean, failing: failing, probability: probability, scores: scores, taught: taught,
            isHolding: isHolding)
        dismissal.calm = calm
        return dismissal
    }
}
