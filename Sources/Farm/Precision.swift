/// In how many bits 1×1 convolutions, most of the work of a small network, multiply.
public enum Precision: String, Sendable, Codable, CaseIterable {
    /// As Darknet does.
    case float32
    /// Inputs and weights of 1×1 convolutions are rounded to 8 significant bits; products and sums, and all other layers,
    /// stay in single precision. Twice the multiplications an instruction on processors with AVX-512 BF16, others refuse it.
    case bfloat16
    /// Inputs of 1×1 convolutions become whole numbers of 8 bits, 256 steps for each pixel, and weights 255 steps for each filter; their
    /// sums are exact, and all other layers stay in single precision. Four times the multiplications an instruction on
    /// processors with AVX-512 VNNI, others refuse it.
    case int8
}
