public import Dashboard

/// What runs on the terminal. Every closure is called on the thread that called `TerminalLoop.run`, one at a time.
public struct TerminalProgram {
    /// A key, the mouse, a paste, or a new size.
    public var onEvent: (TerminalEvent) -> Void
    /// `TerminalLoop.wake` was called since the last time, once or often: take in what is new.
    public var onWake: () -> Void
    /// The time of `untilNextTick` has come.
    public var onTick: () -> Void
    /// How long until something changes by itself; nil: never. Asked after every other closure.
    public var untilNextTick: () -> Duration?
    /// The screen to show; nil if it is the last one. Asked after events, news and ticks.
    public var frame: () -> Grid?

    public init(
        onEvent: @escaping (TerminalEvent) -> Void, onWake: @escaping () -> Void = {},
        onTick: @escaping () -> Void = {}, untilNextTick: @escaping () -> Duration? = { nil },
        frame: @escaping () -> Grid?
    ) {
        self.onEvent = onEvent
        self.onWake = onWake
        self.onTick = onTick
        self.untilNextTick = untilNextTick
        self.frame = frame
    }
}

/// Why `TerminalLoop.run` returned.
public enum TerminalEnding: Equatable, Sendable {
    /// `TerminalLoop.stop` was called.
    case stopped
    /// SIGTERM, SIGINT or SIGHUP came.
    case signal(Int32)
    /// The terminal is gone.
    case hangUp
}
