internal import Glibc

/// Floats at a 64-byte boundary, uninitialised.
final class AlignedFloats: @unchecked Sendable {
    // Who writes is the owner's affair: weights are written while a network loads and only read afterwards.
    let start: UnsafeMutablePointer<Float>
    let count: Int

    /// nil when the system refuses the memory.
    init?(count: Int) {
        var pointer: UnsafeMutableRawPointer?
        let bytes = max(count, 16) * MemoryLayout<Float>.stride
        // Large tensors sit in huge pages where the system has them: fewer address look-ups in the inner loops.
        let huge = bytes >= 1 << 24
        guard posix_memalign(&pointer, huge ? 1 << 21 : 64, bytes) == 0, let pointer else { return nil }
        if huge { madvise(pointer, bytes, MADV_HUGEPAGE) }
        start = pointer.bindMemory(to: Float.self, capacity: max(count, 16))
        self.count = count
    }

    deinit { free(start) }
}
