package import Wire

extension Duration {
    /// Longer than all tests together on the busiest machine, as they share its processors: for what must come, and for limits that
    /// must not end it.
    package static var ample: Duration { .seconds(3600) }
}

extension WebSocketSession.Limits {
    /// With times that nothing reaches.
    package static var ample: Self { Self(silence: .ample, sending: .ample) }
}
