import Foundation
import Glibc
import Synchronization
import Testing

/// A terminal whose keyboard and screen are a test's. A thread reads all that is sent, so that nobody waits for it.
final class PseudoTerminal: Sendable {
    let controller: Int32
    let line: Int32
    let path: String
    private let reader: Reader

    struct Unavailable: Error, CustomStringConvertible {
        var description = "The terminal did not do in time what was waited for."
    }

    /// What the thread holds: not the terminal, so that it ends with the test.
    private final class Reader: Sendable {
        let controller: Int32
        let received = Mutex<[UInt8]>([])
        /// The reader has let go of the controller, or shall.
        let isHungUp = Atomic(false)
        let isGone = Atomic(false)

        init(_ controller: Int32) { self.controller = controller }

        func read() {
            var buffer = [UInt8](repeating: 0, count: 65536)
            while !isHungUp.load(ordering: .acquiring) {
                var descriptor = pollfd(fd: controller, events: Int16(POLLIN), revents: 0)
                guard poll(&descriptor, 1, 20) > 0 else { continue }
                let count = Glibc.read(controller, &buffer, buffer.count)
                // EIO while no one has the line open: a child may open it yet.
                if count > 0 { received.withLock { $0 += buffer[..<count] } } else { usleep(1000) }
            }
            close(controller)
            isGone.store(true, ordering: .releasing)
        }
    }

    init(rows: UInt16 = 24, columns: UInt16 = 80) throws {
        var (controller, line): (Int32, Int32) = (-1, -1)
        // Not `ttyname`, whose answer the next test to ask overwrites.
        var name = [CChar](repeating: 0, count: 64)
        guard openpty(&controller, &line, nil, nil, nil) == 0, ttyname_r(line, &name, name.count) == 0 else {
            let reason = String(cString: strerror(errno))
            throw Unavailable(
                description: "No pseudo terminal can be opened: \(reason). Is /dev/pts mounted? "
                    + "mount -t devpts devpts /dev/pts -o ptmxmode=0666,gid=5,mode=0620")
        }
        path = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        self.controller = controller
        self.line = line
        // A child must not hold the terminal open beside us.
        for descriptor in [controller, line] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        let reader = Reader(controller)
        self.reader = reader
        resize(rows: rows, columns: columns)
        Thread.detachNewThread { reader.read() }
    }

    /// Takes the terminal away, as a closed window does.
    func hangUp() async throws {
        reader.isHungUp.store(true, ordering: .releasing)
        try await wait(for: "the hang-up") { reader.isGone.load(ordering: .acquiring) }
    }

    deinit {
        reader.isHungUp.store(true, ordering: .releasing)
        close(line)
    }

    func resize(rows: UInt16, columns: UInt16) {
        var window = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(controller, UInt(TIOCSWINSZ), &window)
    }

    func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(controller, bytes, bytes.count)
    }

    /// Everything sent so far.
    var bytes: [UInt8] { reader.received.withLock { $0 } }
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Waits until all that was sent before is in `text`: what a program wrote before it ended may still be on its way.
    func catchUp() async throws {
        let mark = Array("\u{1}caught up\u{1}".utf8)
        _ = write(line, mark, mark.count)
        try await wait(for: "what was sent") { bytes.suffix(mark.count).elementsEqual(mark) }
        reader.received.withLock { $0.removeLast(mark.count) }
    }

    func clear() { reader.received.withLock { $0 = [] } }

    /// Echo and line editing are on: what a shell expects.
    var isCooked: Bool {
        var mode = termios()
        tcgetattr(line, &mode)
        return mode.c_lflag & tcflag_t(ICANON) != 0 && mode.c_lflag & tcflag_t(ECHO) != 0
            && mode.c_lflag & tcflag_t(ISIG) != 0
    }

    /// Waits until `condition` holds; a test that waits in vain fails.
    func wait(
        for what: Comment, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () -> Bool
    ) async throws {
        for _ in 0..<1000 {
            if condition() { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record(
            "waited in vain for \(what.rawValue); the terminal got \(text.debugDescription)",
            sourceLocation: sourceLocation)
        throw Unavailable()
    }
}
