import CJPEG
import Farm

/// libjpeg at work on one file: its steps, with its failures as `FrameError`.
///
/// Non-copyable: it owns libjpeg's memory. The bytes must outlive it.
struct JPEGDecoder: ~Copyable {
    private let handle: OpaquePointer

    init(bytes: UnsafeBufferPointer<UInt8>) throws(FrameError) {
        guard let handle = cjpeg_open(bytes.baseAddress, bytes.count, JPEGLimits.workingMemory) else {
            throw .tooLarge(reason: "there is no memory to decode it")
        }
        self.handle = handle
    }

    deinit { cjpeg_close(handle) }

    func readHeader() throws(FrameError) -> CJPEGFrame {
        var frame = CJPEGFrame()
        try check(cjpeg_read_header(handle, &frame))
        return frame
    }

    func start(buffered: Bool) throws(FrameError) { try check(cjpeg_start(handle, buffered)) }

    func readStep() throws(FrameError) -> CJPEGStep {
        var step = CJPEG_STEP_ROW
        try check(cjpeg_read_step(handle, &step))
        return step
    }

    func startOutput() throws(FrameError) { try check(cjpeg_start_output(handle)) }

    /// - Parameter rows: room for `count` rows.
    func readRows(into rows: UnsafeMutablePointer<UInt8>, count: Int) throws(FrameError) {
        try check(cjpeg_read_rows(handle, rows, UInt32(count)))
    }

    func finish() throws(FrameError) { try check(cjpeg_finish(handle)) }

    var scan: CJPEGScan { cjpeg_scan(handle) }
    var complaints: CJPEGComplaints { cjpeg_complaints(handle) }
    var firstWarning: String { String(cString: cjpeg_first_warning(handle)) }

    private func check(_ result: CJPEGResult) throws(FrameError) {
        switch result {
        case CJPEG_OK: return
        case CJPEG_OUT_OF_MEMORY: throw .tooLarge(reason: "decoding it takes too much memory")
        default: throw .notUsable(reason: "libjpeg stopped with \"\(String(cString: cjpeg_message(handle)))\"")
        }
    }
}
