internal import CCurses
public import Dashboard
import Glibc
import Synchronization

/// The terminal of this process: keys in, grids out.
///
/// `run` takes the thread that calls it; everything else may be called from any thread. However `run` ends, and if the
/// process crashes or exits meanwhile, the terminal is given back as it was.
public final class TerminalLoop: Sendable {
    /// Found once, before the first screen.
    public let capabilities: TerminalCapabilities
    let options: TerminalOptions
    let input: Int32
    let output: Int32
    /// Readable when something was asked or a signal came.
    let eventDescriptor: Int32
    private let isWoken = Atomic(false)
    private let requests = Mutex(Requests())

    /// What other threads, or the program itself, want done between two frames.
    struct Requests: Equatable {
        var isStopped = false
        var isSuspended = false
        var isRedrawn = false
        var mouse: Bool?
        /// Written as they are, in this order.
        var bytes: [UInt8] = []
        var setsTitle = false
    }

    /// Looks at the terminal and sets the process's locale; nothing is sent yet.
    /// - Throws: what is wrong with the terminal, or `alreadyOpen` while another loop runs in this process.
    public init(options: TerminalOptions, input: Int32 = 0, output: Int32 = 1) throws(TerminalError) {
        guard isatty(input) == 1, isatty(output) == 1 else { throw .notATerminal }
        capabilities = try TerminalCapabilities(options: options, output: output)
        self.options = options
        self.input = input
        self.output = output
        eventDescriptor = event_open()
        guard eventDescriptor >= 0 else { throw .noEventDescriptor(errno: errno) }
    }

    deinit { close(eventDescriptor) }

    /// The terminal's size now; 80x24 where it does not tell.
    public var size: GridSize { windowSize ?? GridSize(rows: 24, columns: 80) }

    /// A cell in pixels; the shape that most have where the terminal does not tell.
    var cellSize: PixelCell {
        var window = winsize()
        guard ioctl(output, UInt(TIOCGWINSZ), &window) == 0, window.ws_row > 0, window.ws_col > 0 else {
            return PixelCell(width: 10, height: 20)
        }
        let (width, height) = (Int(window.ws_xpixel / window.ws_col), Int(window.ws_ypixel / window.ws_row))
        return width > 0 && height > 0 ? PixelCell(width: width, height: height) : PixelCell(width: 10, height: 20)
    }

    /// Nil where the terminal does not tell.
    var windowSize: GridSize? {
        var window = winsize()
        guard ioctl(output, UInt(TIOCGWINSZ), &window) == 0, window.ws_row > 0, window.ws_col > 0 else { return nil }
        return GridSize(rows: Int(window.ws_row), columns: Int(window.ws_col))
    }

    /// Shows the program until it stops, a signal ends it or the terminal goes away. `onEvent` is first told the size.
    /// - Throws: `alreadyOpen` if another `run` is under way in this process, `refused` if ncurses cannot draw here.
    public func run(_ program: TerminalProgram) throws(TerminalError) -> TerminalEnding {
        let session = try TerminalSession(loop: self, program: program)
        defer { session.close() }
        return session.run()
    }

    // MARK: From any thread

    /// Something is new: `onWake` and a frame follow, at most 30 times a second.
    public func wake() {
        guard !isWoken.exchange(true, ordering: .acquiringAndReleasing) else { return }
        event_ring(eventDescriptor)
    }

    /// `run` returns soon.
    public func stop() { ask { $0.isStopped = true } }

    /// Gives the terminal back and stops the process, as Ctrl-Z does; the screen is drawn anew when it continues.
    public func suspend() { ask { $0.isSuspended = true } }

    /// Clears the terminal and sends everything again, should something else have written there.
    public func redraw() { ask { $0.isRedrawn = true } }

    /// Whether clicks come as events; without them the terminal selects text.
    public func setMouse(_ isOn: Bool) { ask { $0.mouse = isOn } }

    /// Rings, or flashes, as the terminal is set up.
    public func bell() { send(Escape.bell) }

    /// Names the window; its old name comes back at the end. Does nothing on terminals without a title.
    public func setTitle(_ title: String) {
        guard capabilities.hasTitle else { return }
        let isUTF8 = capabilities.isUTF8
        ask {
            $0.bytes += Escape.title(title, isASCII: !isUTF8)
            $0.setsTitle = true
        }
    }

    /// Asks the terminal to put text into the clipboard (OSC 52). False if this terminal has no such sequence; whether
    /// it obeys cannot be known.
    @discardableResult
    public func copy(_ text: String) -> Bool {
        guard capabilities.hasClipboard else { return false }
        send(Escape.clipboard(text))
        return true
    }

    /// Control strings that move nothing and draw nothing, such as picture data, between two frames.
    public func send(_ bytes: [UInt8]) { ask { $0.bytes += bytes } }

    private func ask(_ change: (inout Requests) -> Void) {
        requests.withLock { change(&$0) }
        event_ring(eventDescriptor)
    }

    func takeRequests() -> Requests {
        requests.withLock { requests in
            defer { requests = Requests() }
            return requests
        }
    }

    /// True if `wake` was called since the last time.
    func takeWake() -> Bool { isWoken.exchange(false, ordering: .acquiringAndReleasing) }
}
