internal import CKernels
public import Farm

extension Precision {
    /// Those that this machine can compute.
    public static var available: [Precision] { allCases.filter { !$0.instructions.isEmpty } }

    /// Those of this machine's instructions that compute it.
    public var instructions: [InstructionSet] {
        switch self {
        case .float32: InstructionSet.available
        case .bfloat16: ck_bfloat16_available() ? [.avx512] : []
        case .int8: ck_int8_available() ? [.avx512] : []
        }
    }

    var kernel: ck_precision {
        switch self {
        case .float32: CK_FLOAT32
        case .bfloat16: CK_BFLOAT16
        case .int8: CK_INT8
        }
    }
}
