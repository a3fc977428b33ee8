package import Wire

extension Duration {
    /// Enough on the busiest machine: for what must come, and for limits that must not end it.
    package static var ample: Duration { .seconds(600) }
}

extension WebSocketSession.Limits {
    /// With times that nothing reaches.
    package static var ample: Self { Self(silence: .ample, sending: .ample) }
}
