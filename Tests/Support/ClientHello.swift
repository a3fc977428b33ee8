/// What a TLS client offers: a listener takes its first message and answers nothing.
public final class ClientHello: Sendable {
    public enum Failure: Error { case noHello }

    private let listener: LocalListener
    private let hellos: AsyncStream<Result<[UInt16], any Error>>
    /// On 127.0.0.1.
    public var port: Int { Int(listener.port) }

    public init() throws {
        let (hellos, came) = AsyncStream.makeStream(of: Result<[UInt16], any Error>.self)
        self.hellos = hellos
        listener = try LocalListener()
        listener.serve { connection in came.yield(Result { try Self.suites(connection) }) }
    }

    /// The cipher suites of the next client's first message (RFC 8446 §4.1.2).
    public func offeredSuites() async throws -> [UInt16] {
        for await suites in hellos { return try suites.get() }
        throw CancellationError()
    }

    private static func suites(_ connection: LocalConnection) throws -> [UInt16] {
        var bytes: [UInt8] = []
        // Record and handshake header, version, random; then the session's id and the suites, each with its length.
        while bytes.count < 5 || bytes.count < 5 + (Int(bytes[3]) << 8 | Int(bytes[4])) {
            let more = connection.read()
            guard !more.isEmpty else { throw Failure.noHello }
            bytes += more
        }
        let session = 43
        guard bytes[0] == 22, bytes.count > session else { throw Failure.noHello }
        let start = session + 1 + Int(bytes[session])
        guard bytes.count > start + 1 else { throw Failure.noHello }
        let length = Int(bytes[start]) << 8 | Int(bytes[start + 1])
        guard bytes.count >= start + 2 + length else { throw Failure.noHello }
        return stride(from: start + 2, to: start + 2 + length, by: 2).map {
            UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
        }
    }

    /// Suites of TLS 1.3, and those of TLS 1.2 with an ephemeral key and GCM or ChaCha20-Poly1305; random ones are ignored (RFC 8701).
    public static func isForwardSecret(_ suite: UInt16) -> Bool {
        (0x1301...0x1305).contains(suite) || [0xC02B, 0xC02C, 0xC02F, 0xC030, 0xCCA8, 0xCCA9].contains(suite)
            || suite & 0x0F0F == 0x0A0A
    }
}
