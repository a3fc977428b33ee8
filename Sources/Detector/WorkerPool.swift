internal import CKernels

/// Threads that work on one thing at a time. See `ck_pool`.
final class WorkerPool: @unchecked Sendable {
    // Used by one caller at a time, which its owners see to.
    let handle: OpaquePointer
    var threads: Int { Int(ck_pool_threads(handle)) }

    /// nil when the system refuses memory or a thread.
    init?(threads: Int) {
        guard let handle = ck_pool_create(Int32(clamping: threads)) else { return nil }
        self.handle = handle
    }

    deinit { ck_pool_destroy(handle) }

    /// Calls `work` once for each of 0..<items, on several threads, and returns when all are done.
    func run(_ items: Int, _ work: (_ item: Int) -> Void) {
        withoutActuallyEscaping(work) { work in
            var box = Work(call: work)
            withUnsafeMutablePointer(to: &box) { pointer in
                ck_pool_run(
                    handle, Int32(clamping: items),
                    { context, item, _ in
                        context?.assumingMemoryBound(to: Work.self).pointee.call(Int(item))
                    }, pointer)
            }
        }
    }

    private struct Work {
        var call: (Int) -> Void
    }
}

/// The vector instructions that the kernels use.
public enum InstructionSet: String, Sendable, CaseIterable {
    case portable, neon, avx2, avx512

    /// Those that this machine can run, the slowest first.
    public static var available: [InstructionSet] { allCases.filter { ck_isa_available($0.kernel) } }
    /// The fastest set of this machine; `portable` runs on all.
    public static var best: InstructionSet { allCases.first { $0.kernel == ck_isa_best() } ?? .portable }

    /// "AVX-512" and so on.
    public var name: String { String(cString: ck_isa_name(kernel)) }

    /// What one core reaches here with multiply-adds in registers alone, in 10⁹ operations a second: the ceiling of a
    /// kernel on this machine at this moment. Takes about 50 milliseconds.
    public func measurePeakGFLOPS() -> Double {
        var best = 0.0
        for _ in 0..<5 {
            var operations = 0.0
            let time = ContinuousClock().measure { operations = ck_peak(kernel, 2_000_000) }
            best = max(best, operations / time.milliseconds / 1e6)
        }
        return best
    }

    var kernel: ck_isa {
        switch self {
        case .portable: CK_ISA_PORTABLE
        case .neon: CK_ISA_NEON
        case .avx2: CK_ISA_AVX2
        case .avx512: CK_ISA_AVX512
        }
    }
}
