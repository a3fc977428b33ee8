public import Farm

extension TemporalStatistics {
    /// The statistics after one more frame.
    /// - Parameters:
    ///   - p: sum of the confidences in the frame (`p_sum`), 0 or more.
    ///   - sensitivity: `detective_sensitivity` of the printer, 0.8...1.2.
    /// Source: the behaviour of Obico's predict endpoint; `Golden/temporal.json` was recorded from it.
    public func adding(p: Double, sensitivity: Double) -> TemporalStatistics {
        var next = self
        next.predictionNum += 1
        next.predictionNumLifetime += 1
        next.p = p
        let alpha = 2 / (TemporalParameters.ewmSpan + 1)
        next.ewmMean = p * alpha + ewmMean * (1 - alpha)
        next.rollingMeanShort = rollingMean(
            rollingMeanShort, p: p, count: next.predictionNum, window: TemporalParameters.shortWindow)
        next.rollingMeanLong = rollingMean(
            rollingMeanLong, p: p, count: next.predictionNumLifetime, window: TemporalParameters.longWindow)
        next.normalizedP = next.normalized(sensitivity: sensitivity)
        return next
    }

    /// What a new print, and the end of one, leave: the long mean and the lifetime count belong to the printer.
    public func resettingPrint() -> TemporalStatistics {
        var next = TemporalStatistics()
        next.predictionNumLifetime = predictionNumLifetime
        next.rollingMeanLong = rollingMeanLong
        return next
    }

    /// Where warning and failure begin on this printer, in the unit of `ewm_mean − rolling_mean_long`.
    public var thresholds: FailureThresholds {
        let aboveHistory = (rollingMeanShort - rollingMeanLong) * TemporalParameters.historyMultiple
        let warning = min(
            max(TemporalParameters.lowThreshold, aboveHistory), TemporalParameters.highThreshold)
        return FailureThresholds(warning: warning, failure: warning * TemporalParameters.escalation)
    }

    /// `normalized_p`, 0...1: a third per step from clean to warning to failure, full at one and a half failures.
    func normalized(sensitivity: Double) -> Double {
        let score = (ewmMean - rollingMeanLong) * sensitivity
        let (warning, failure) = (thresholds.warning, thresholds.failure)
        if score > failure { return map(score, from: failure...(failure * 1.5), to: (2.0 / 3)...1) }
        if score > warning { return map(score, from: warning...failure, to: (1.0 / 3)...(2.0 / 3)) }
        return map(score, from: 0...warning, to: 0...(1.0 / 3))
    }
}

/// Rolling mean: the running mean until `window` frames have passed, then each frame weighs 1 / window. As Obico
/// counts, the n-th frame divides by n + 1.
private func rollingMean(_ mean: Double, p: Double, count: Int64, window: Int64) -> Double {
    mean + (p - mean) / Double(window <= count ? window : count + 1)
}

/// Linear map, clamped to the target range.
private func map(_ value: Double, from source: ClosedRange<Double>, to target: ClosedRange<Double>) -> Double {
    let share = (value - source.lowerBound) / (source.upperBound - source.lowerBound)
    return min(
        max(target.lowerBound, target.lowerBound + share * (target.upperBound - target.lowerBound)),
        target.upperBound)
}
