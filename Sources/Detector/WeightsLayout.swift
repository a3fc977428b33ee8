/// Where each convolution's numbers lie in a `.weights` file: biases, then scales, means and variances if batch
/// normalised, then filters as (out, in / groups, height, width); all little-endian float32.
struct WeightsLayout: Equatable, Sendable {
    /// Byte offset of each layer's first number; equal to the next one's for layers without weights.
    let offsets: [Int]
    let headerBytes: Int

    /// Checks that the file is exactly as long as the network needs.
    init(_ graph: NetworkGraph, _ source: WeightsSource) throws(ModelError) {
        let numbers = graph.layers.reduce(0) { $0 + $1.parameters }
        func mismatch(header: Int) -> ModelError {
            .weightsSize(
                model: graph.model, expectedBytes: header + 4 * numbers, foundBytes: source.byteCount)
        }
        guard source.byteCount >= 20 else { throw mismatch(header: 20) }
        // major, minor, revision; then the images seen, 64-bit since version 0.2.
        let version = try source.numbers(Int32.self, count: 2, at: 0).map { Int(Int32(littleEndian: $0)) }
        let wide = version[0] * 10 + version[1] >= 2
        headerBytes = 12 + (wide ? 8 : 4)
        var offset = headerBytes
        var offsets: [Int] = []
        for layer in graph.layers {
            offsets.append(offset)
            offset += 4 * layer.parameters
        }
        self.offsets = offsets
        guard offset == source.byteCount else { throw mismatch(header: headerBytes) }
    }
}
