internal import CKernels

/// In how many bits 1×1 convolutions, most of the work of a small network, multiply.
public enum Precision: String, Sendable, CaseIterable {
    /// As Darknet does.
    case float32
    /// Inputs and weights of 1×1 convolutions are rounded to 8 significant bits; products and sums, and all other layers,
    /// stay in single precision. Twice the multiplications an instruction on processors with AVX-512 BF16, others refuse it.
    case bfloat16

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
