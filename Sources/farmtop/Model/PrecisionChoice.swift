import Detector
import Farm
import FarmConfiguration

extension PrecisionChoice {
    func precision(isBundled: Bool) -> Precision {
        switch self {
        case .auto: isBundled && Precision.available.contains(.bfloat16) ? .bfloat16 : .float32
        case .float32: .float32
        case .bfloat16: .bfloat16
        case .int8: .int8
        }
    }
}
