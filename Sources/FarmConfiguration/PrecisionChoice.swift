/// What `detector.precision` and `--precision` ask for.
package enum PrecisionChoice: String, CaseIterable, Sendable {
    /// float32 or bfloat16, whichever is faster here, for the network inside the program alone: its card has what bfloat16 changes.
    /// Until that is measured, bfloat16 where the processor has it.
    case auto
    case float32, bfloat16, int8
}
