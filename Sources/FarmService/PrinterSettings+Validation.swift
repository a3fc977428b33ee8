import Farm
import Text

extension PrinterSettings {
    /// The settings with the name trimmed.
    /// - Throws: `invalid` with every field out of its range.
    func validated() throws(FarmError) -> PrinterSettings {
        var next = self
        var errors: [FieldError] = []
        switch checkedText(name, limit: 256) {
        case .success(let text): next.name = text
        case .failure(let problem): errors.append(FieldError("name", problem.message))
        }
        func check(_ field: String, _ value: Double, in range: ClosedRange<Double>) {
            if !value.isFinite {
                errors.append(FieldError(field, "A valid number is required."))
            } else if value < range.lowerBound {
                errors.append(
                    FieldError(field, "Ensure this value is greater than or equal to \(number(range.lowerBound))."))
            } else if value > range.upperBound {
                errors.append(
                    FieldError(field, "Ensure this value is less than or equal to \(number(range.upperBound))."))
            }
        }
        check("retract_on_pause", retractOnPause, in: 0...100)
        check("lift_z_on_pause", liftZOnPause, in: 0...100)
        check("detective_sensitivity", detectiveSensitivity, in: 0.8...1.2)
        for (field, value) in [
            ("min_timelapse_secs_on_finish", minTimelapseSecsOnFinish),
            ("min_timelapse_secs_on_cancel", minTimelapseSecsOnCancel),
        ] where value < -1 {
            errors.append(FieldError(field, "Ensure this value is greater than or equal to -1."))
        }
        guard errors.isEmpty else { throw .invalid(errors) }
        return next
    }
}

/// Whole numbers without a fraction, as the wire's messages have them.
private func number(_ value: Double) -> String {
    value == value.rounded() ? String(Int(value)) : String(value)
}

struct TextProblem: Error { var message: String }

/// A text field after trimming, or what is wrong with it. Characters are Unicode scalars.
func checkedText(_ text: String, limit: Int) -> Result<String, TextProblem> {
    let trimmed = text.trimmingWhitespace()
    if trimmed.isEmpty { return .failure(TextProblem(message: "This field may not be blank.")) }
    if trimmed.unicodeScalars.contains("\0") {
        return .failure(TextProblem(message: "Null characters are not allowed."))
    }
    if trimmed.unicodeScalars.count > limit {
        return .failure(TextProblem(message: "Ensure this field has no more than \(limit) characters."))
    }
    return .success(trimmed)
}
