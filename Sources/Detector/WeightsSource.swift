internal import Glibc

/// Where the numbers of a network come from. Read once, in pieces, from several threads at once.
///
/// Files are read with `pread`, not mapped: a file that another program cuts short while it is mapped would kill the
/// process, and mapped pages would count as memory beside the packed weights.
public struct WeightsSource: Sendable {
    /// Size when the source was opened; a file that is shorter when it is read gives an error.
    public let byteCount: Int
    /// Fills the buffer from an offset; the caller stays within `byteCount`.
    let read: @Sendable (_ offset: Int, _ into: UnsafeMutableRawBufferPointer) throws(ModelError) -> Void
    /// All has been read: what was only needed for that may leave memory.
    let finish: @Sendable () -> Void

    private init(
        byteCount: Int,
        finish: @escaping @Sendable () -> Void = {},
        read: @escaping @Sendable (_ offset: Int, _ into: UnsafeMutableRawBufferPointer) throws(ModelError) -> Void
    ) {
        self.byteCount = byteCount
        self.read = read
        self.finish = finish
    }

    /// `count` numbers from a byte offset.
    func numbers<Number: BitwiseCopyable>(
        _ type: Number.Type, count: Int, at offset: Int
    ) throws(ModelError) -> [Number] {
        var failure: ModelError?
        let numbers = [Number](unsafeUninitializedCapacity: count) { buffer, initialised in
            do throws(ModelError) {
                try read(offset, UnsafeMutableRawBufferPointer(buffer))
                initialised = count
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return numbers
    }

    /// Bytes in memory.
    public static func bytes(_ bytes: [UInt8]) -> WeightsSource {
        WeightsSource(byteCount: bytes.count) { (offset, buffer) throws(ModelError) in
            bytes.withUnsafeBytes { buffer.copyMemory(from: .init(rebasing: $0[offset..<offset + buffer.count])) }
        }
    }

    /// Constant bytes of the program's own file, such as an embedded model. Once read they leave memory, which would hold
    /// them beside the packed weights; the file has them when somebody reads again.
    public static func embedded(_ start: UnsafeRawPointer, count: Int) -> WeightsSource {
        let address = UInt(bitPattern: start)
        return WeightsSource(byteCount: count) {
            let page = UInt(sysconf(Int32(_SC_PAGESIZE)))
            let first = (address + page - 1) / page * page
            let end = (address + UInt(count)) / page * page
            guard end > first else { return }
            // Advice: the worst that a refusal costs is the memory.
            _ = madvise(UnsafeMutableRawPointer(bitPattern: first), Int(end - first), MADV_DONTNEED)
        } read: { (offset, buffer) throws(ModelError) in
            guard let start = UnsafeRawPointer(bitPattern: address) else { return }
            buffer.copyMemory(from: UnsafeRawBufferPointer(start: start + offset, count: buffer.count))
        }
    }

    /// A file. It is open for as long as the value lives.
    public static func file(_ path: String) throws(ModelError) -> WeightsSource {
        let file = try OpenFile(path)
        return WeightsSource(byteCount: file.byteCount) { (offset, buffer) throws(ModelError) in
            try file.read(offset, into: buffer)
        }
    }
}

private final class OpenFile: Sendable {
    let path: String
    let descriptor: Int32
    let byteCount: Int

    init(_ path: String) throws(ModelError) {
        self.path = path
        // Without O_NONBLOCK a named pipe would wait for somebody who writes.
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(path: path, reason: Self.lastError()) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let reason = Self.lastError()
            close(descriptor)
            throw .unreadable(path: path, reason: reason)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .unreadable(path: path, reason: "it is not a regular file")
        }
        byteCount = Int(status.st_size)
    }

    deinit { close(descriptor) }

    func read(_ offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(ModelError) {
        var done = 0
        while done < buffer.count {
            let count = pread(
                descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done, off_t(offset + done))
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                throw .unreadable(path: path, reason: count == 0 ? "it ended early" : Self.lastError())
            }
            done += count
        }
    }

    private static func lastError() -> String { String(cString: strerror(errno)) }
}
