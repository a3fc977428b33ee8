internal import CKernels
public import Farm

extension Precision {
    /// Those that this machine can compute.
    public static var available: [Precision] { ck_bfloat16_available() ? allCases : [.float32] }

    /// Those of this machine's instructions that compute it.
    public var instructions: [InstructionSet] {
        switch self {
        case .float32: InstructionSet.available
        case .bfloat16: ck_bfloat16_available() ? [.avx512] : []
        }
    }
}
