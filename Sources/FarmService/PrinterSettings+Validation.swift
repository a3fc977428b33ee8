import Farm
import Text

extension PrinterSettings {
    /// The settings with their texts trimmed.
    /// - Parameter before: what they are to replace; a region that was taken earlier is no reason to refuse another change.
    /// - Throws: `invalid` with every field out of its range.
    func validated(before: PrinterSettings? = nil) throws(FarmError) -> PrinterSettings {
        var next = self
        var errors: [FieldError] = []
        if cameraRegion.isBlind, cameraRegion != before?.cameraRegion {
            errors.append(
                FieldError(
                    "camera_region",
                    "The ignored areas cover all that is judged: no failure would be seen. Leave some of it."))
        }
        for setting in PrinterSetting.all {
            switch setting.checked(setting.value(self)) {
            case .success(let value): setting.set(value, in: &next)
            case .failure(let problem): errors.append(FieldError(setting.name.description, problem.message))
            }
        }
        guard errors.isEmpty else { throw .invalid(errors) }
        return next
    }
}

extension PrinterSetting {
    /// The value as it is kept, or what is wrong with it.
    fileprivate func checked(_ value: SettingValue) -> Result<SettingValue, TextProblem> {
        switch (rule, value) {
        case (.text(let limit), .text(let text)): checkedText(text, limit: limit).map(SettingValue.text)
        case (.number(let range), .number(let found)):
            if !found.isFinite {
                .failure(TextProblem(message: "A valid number is required."))
            } else if found < range.lowerBound {
                .failure(TextProblem(message: atLeast(number(range.lowerBound))))
            } else if found > range.upperBound {
                .failure(
                    TextProblem(message: "Ensure this value is less than or equal to \(number(range.upperBound))."))
            } else {
                .success(value)
            }
        case (.whole(let least), .whole(let found)) where found < least:
            .failure(TextProblem(message: atLeast("\(least)")))
        default: .success(value)
        }
    }

    private func atLeast(_ least: String) -> String { "Ensure this value is greater than or equal to \(least)." }
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
