import Detector
import Farm

/// What `detector.precision` and `--precision` ask for.
enum PrecisionChoice: String, CaseIterable, Sendable {
    /// float32 or bfloat16, whichever is faster here, for the network inside the program alone: its card has what bfloat16 changes.
    /// Until that is measured, bfloat16 where the processor has it.
    case auto
    case float32, bfloat16, int8

    func precision(isBundled: Bool) -> Precision {
        switch self {
        case .auto: isBundled && Precision.available.contains(.bfloat16) ? .bfloat16 : .float32
        case .float32: .float32
        case .bfloat16: .bfloat16
        case .int8: .int8
        }
    }
}
