internal import CCurses
import Dashboard
import Glibc

/// One run of a program on a terminal, from taking the screen to giving it back. One thread's.
final class TerminalSession {
    private let loop: TerminalLoop
    private let program: TerminalProgram
    private let screen: Screen
    private let standardError: StandardErrorDetour
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var decoder: KeyDecoder
    private var pacer = FramePacer()
    private var isMouseOn: Bool
    private var hasPushedTitle = false
    /// Set while answers of the terminal are awaited.
    private var probe: PixelProbe?
    /// Set once it is known that it does.
    private var pictures: PixelTransfer?
    /// When a held ESC means Escape, and when the next tick is; on the clock of `now`.
    private var decoderDeadline: Duration?
    private var tickDeadline: Duration?
    private var size: GridSize

    /// Enough for a screenful of keys; a longer paste comes in several reads.
    private static let readSize = 4096

    init(loop: TerminalLoop, program: TerminalProgram) throws(TerminalError) {
        guard curses_claim() else { throw .alreadyOpen }
        self.loop = loop
        self.program = program
        start = clock.now
        decoder = KeyDecoder(keys: loop.capabilities.keys)
        isMouseOn = loop.options.mouse && loop.capabilities.hasMouse
        // Before ncurses, which would catch some signals itself.
        signals_catch(loop.eventDescriptor)
        let plan = Self.rescuePlan(loop)
        guard rescue_arm(loop.output, plan, plan.count) else {
            Self.release()
            throw .notATerminal
        }
        do {
            screen = try Screen(capabilities: loop.capabilities, input: loop.input, output: loop.output)
        } catch {
            Self.release()
            throw error
        }
        standardError = StandardErrorDetour(to: loop.options.standardErrorDescriptor)
        size = loop.windowSize ?? screen.size
        if size != screen.size { screen.resize(to: size) }
    }

    /// What leaves the screen in a crash, where ncurses may not be called any more.
    private static func rescuePlan(_ loop: TerminalLoop) -> [UInt8] {
        let capabilities = loop.capabilities
        let note = loop.options.crashNote.isEmpty ? "" : "\r\n\(loop.options.crashNote)\r\n"
        let pictures = capabilities.mayDrawPixels ? PixelProtocol.numbers.flatMap(PixelProtocol.delete) : []
        return pictures + (capabilities.hasMouse ? Escape.mouseOff : [])
            + (capabilities.hasBracketedPaste ? Escape.pasteOff : [])
            + capabilities.leaveSequences + Array("\r\n".utf8) + Array(note.utf8)
    }

    // MARK: The loop

    func run() -> TerminalEnding {
        enterModes()
        program.onEvent(.resize(size))
        draw()
        ask()
        while true {
            planTick()
            let readiness = wait()
            let now = now
            var isDrawingDue = false
            if let ending = answerSignals(&isDrawingDue) { return ending }
            switch readiness {
            case .gone: return .hangUp
            case .input:
                guard let bytes = readInput() else { return .hangUp }
                isDrawingDue = handle(decoder.feed(bytes, at: now)) || isDrawingDue
                if adoptReplies() { isDrawingDue = true }
                decoderDeadline = decoder.patience.map { now + $0 }
            case .nothing:
                if let deadline = decoderDeadline, deadline <= now {
                    isDrawingDue = handle(decoder.timeOut(at: now)) || isDrawingDue
                    decoderDeadline = nil
                }
            }
            if let deadline = tickDeadline, deadline <= now {
                program.onTick()
                isDrawingDue = true
            }
            if loop.takeWake() { pacer.wake() }
            if pacer.take(at: now) {
                program.onWake()
                isDrawingDue = true
            }
            if isDrawingDue { draw() }
            if isOutputReady { sendPicture() }
            if let ending = answerRequests() { return ending }
        }
    }

    /// What the terminal is asked after the first frame. The last question of each set is one that all answer.
    private func ask() {
        let capabilities = loop.capabilities
        guard capabilities.mayDrawPixels || capabilities.mayTellBackground else { return }
        probe = PixelProbe(policy: capabilities.mayDrawPixels ? loop.options.pixelPictures : .never)
        if capabilities.mayTellBackground { write(Escape.backgroundQuestion) }
        write(capabilities.mayDrawPixels ? PixelProtocol.question : Escape.attributesQuestion)
    }

    private var now: Duration { start.duration(to: clock.now) }

    private func planTick() { tickDeadline = program.untilNextTick().map { now + max(.zero, $0) } }

    private func draw() {
        guard let grid = program.frame() else { return }
        pictures?.want(grid.pictures)
        if let pictures { screen.name(pictures.numbers) }
        screen.show(grid)
    }

    // MARK: Pictures

    /// - Returns: true if the program was told of an answer.
    private func adoptReplies() -> Bool {
        var isTold = false
        for reply in decoder.takeReplies() {
            if case .background(let isLight) = reply, probe != nil {
                program.onEvent(.background(isLight: isLight))
                isTold = true
            }
            guard let isAble = probe?.take(reply) else { continue }
            probe = nil
            guard isAble else { continue }
            pictures = PixelTransfer()
            program.onEvent(.pixelPictures(loop.cellSize))
            isTold = true
        }
        return isTold
    }

    /// The next piece of a picture. Once it is whole, its cells name it.
    private func sendPicture() {
        guard var transfer = pictures else { return }
        pictures = nil  // one owner, or each step would copy it
        let before = transfer.numbers
        write(transfer.step())
        if transfer.numbers != before {
            screen.name(transfer.numbers)
            screen.showAgain()
        }
        pictures = transfer
    }

    /// Frees the terminal's pictures. Those that are still wanted are sent again.
    private func releasePictures() {
        guard let bytes = pictures?.release() else { return }
        write(bytes)
        screen.name([:])
    }

    /// An answer that came after the end would be typed at the shell.
    private func awaitReplies() {
        let deadline = now + .milliseconds(300)
        while probe != nil, now < deadline {
            var descriptor = pollfd(fd: loop.input, events: Int16(POLLIN), revents: 0)
            guard poll(&descriptor, 1, milliseconds(until: deadline)) > 0, let bytes = readInput() else { return }
            _ = decoder.feed(bytes, at: now)
            for reply in decoder.takeReplies() where probe?.take(reply) != nil { probe = nil }
        }
    }

    /// - Returns: true if the program was told of anything.
    private func handle(_ events: [TerminalEvent]) -> Bool {
        for event in events {
            if event == .key(.control("z")) {
                loop.suspend()
            } else {
                program.onEvent(event)
            }
        }
        return !events.isEmpty
    }

    // MARK: Waiting

    /// The terminal takes more of a picture.
    private var isOutputReady = false

    private enum Readiness { case input, nothing, gone }

    private func wait() -> Readiness {
        var descriptors = [
            pollfd(fd: loop.input, events: Int16(POLLIN), revents: 0),
            pollfd(fd: loop.eventDescriptor, events: Int16(POLLIN), revents: 0),
        ]
        isOutputReady = false
        if pictures?.isSending == true {
            descriptors.append(pollfd(fd: loop.output, events: Int16(POLLOUT), revents: 0))
        }
        let deadline = [decoderDeadline, tickDeadline, pacer.due].compactMap { $0 }.min()
        guard poll(&descriptors, nfds_t(descriptors.count), deadline.map(milliseconds(until:)) ?? -1) > 0 else {
            return .nothing
        }
        if descriptors[1].revents != 0 { event_drain(loop.eventDescriptor) }
        isOutputReady = descriptors.count > 2 && Int32(descriptors[2].revents) & POLLOUT != 0
        let input = Int32(descriptors[0].revents)
        if input & POLLIN != 0 { return .input }
        return input & (POLLHUP | POLLERR | POLLNVAL) != 0 ? .gone : .nothing
    }

    /// Rounded up: one wait, not two, for each deadline.
    private func milliseconds(until deadline: Duration) -> Int32 {
        let rest = max(.zero, deadline - now)
        return Int32(clamping: Int64((rest / Duration.milliseconds(1)).rounded(.up)))
    }

    /// Nil at the terminal's end.
    private func readInput() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: Self.readSize)
        let count = read(loop.input, &buffer, buffer.count)
        if count < 0, errno == EINTR || errno == EAGAIN { return [] }
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    // MARK: Signals and requests

    private func answerSignals(_ isDrawingDue: inout Bool) -> TerminalEnding? {
        let signals = signals_take()
        guard signals != 0 else { return nil }
        func came(_ signal: Int32) -> Bool { signals & (1 << UInt64(signal)) != 0 }
        for signal in [SIGTERM, SIGINT, SIGHUP] where came(signal) { return .signal(signal) }
        if came(SIGTSTP) {
            suspend()
            isDrawingDue = true
        } else if came(SIGCONT) {
            // Stopped by SIGSTOP: the shell had the terminal, and may have left anything there.
            releasePictures()
            screen.leave()
            enterModes()
            redraw()
        }
        if came(SIGWINCH), adoptSize() { isDrawingDue = true }
        return nil
    }

    private func answerRequests() -> TerminalEnding? {
        let requests = loop.takeRequests()
        if requests.setsTitle, !hasPushedTitle, !loop.capabilities.restoresTitleItself {
            hasPushedTitle = true
            write(Escape.pushTitle)
        }
        write(requests.bytes)
        if let mouse = requests.mouse, loop.capabilities.hasMouse, mouse != isMouseOn {
            isMouseOn = mouse
            write(mouse ? Escape.mouseOn : Escape.mouseOff)
        }
        if requests.isStopped { return .stopped }
        if requests.isRedrawn {
            releasePictures()
            screen.forget()
            redraw()
        }
        if requests.isSuspended {
            suspend()
            draw()
        }
        return nil
    }

    /// - Returns: true if the size is another one, and the program was told.
    private func adoptSize() -> Bool {
        guard let new = loop.windowSize, new != size else { return false }
        size = new
        screen.resize(to: new)
        program.onEvent(.resize(new))
        return true
    }

    private func suspend() {
        awaitReplies()
        releasePictures()
        leaveModes()
        screen.leave()
        rescue_hold(true)
        standardError.end()
        signals_stop_process()
        standardError.begin()
        rescue_hold(false)
        enterModes()
        if !adoptSize() { redraw() }
    }

    /// The program may think that nothing changed; the last grid is sent again then.
    private func redraw() { screen.showAgain() }

    // MARK: Modes that ncurses does not know

    private func enterModes() {
        if isMouseOn { write(Escape.mouseOn) }
        if loop.capabilities.hasBracketedPaste { write(Escape.pasteOn) }
    }

    private func leaveModes() {
        if isMouseOn { write(Escape.mouseOff) }
        if loop.capabilities.hasBracketedPaste { write(Escape.pasteOff) }
    }

    private static func release() {
        rescue_disarm()
        signals_release()
        curses_release()
    }

    func close() {
        awaitReplies()
        releasePictures()
        leaveModes()
        if hasPushedTitle { write(Escape.popTitle) }
        screen.close()
        standardError.end()
        Self.release()
    }

    /// Straight to the terminal; ncurses holds nothing back between frames.
    private func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(loop.output, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            // A terminal that is gone is noticed by `wait`.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
