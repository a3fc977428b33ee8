import Farm

/// The keys that farmtop has asked machines' servers for, until they are used or nobody waits for them any more. They are in
/// memory alone.
actor KeyRequests {
    /// A person walks to a browser and logs in.
    static let waitsFor = Duration.seconds(300)
    static let limit = 20

    private struct Entry {
        var request: KeyRequest
        var key: Secret?
        /// By the clock that nobody can set.
        var askedAt: Duration
        var task: Task<Void, Never>
    }
    private var entries: [KeyRequestID: Entry] = [:]
    private var lastID: KeyRequestID = 0

    /// Asks, and returns once the server shows the question, or why it does not.
    /// - Parameters:
    ///   - now: for whoever reads when it ends.
    ///   - elapsed: decides that.
    func begin(
        _ settings: LinkSettings, _ prober: any MachineProber, now: Timestamp, elapsed: Duration
    ) async throws(FarmError) -> KeyRequest {
        expire(elapsed)
        guard entries.count < Self.limit else {
            throw .unavailable(reason: "Too many keys are being asked for.", retryAfterSeconds: 60)
        }
        lastID = KeyRequestID(lastID.rawValue + 1)
        let id = lastID
        let (shown, signal) = AsyncStream.makeStream(of: Void.self)
        let task = Task { [self] in
            let answer: KeyRequest.Answer
            var key: Secret?
            do throws(LinkFault) {
                key = try await prober.allowedKey(settings) { signal.finish() }
                answer = key == nil ? .denied : .allowed
            } catch {
                answer = .failed(error)
            }
            decide(id, answer, key)
            signal.finish()
        }
        entries[id] = Entry(
            request: KeyRequest(id: id, address: settings.address, expiresAt: now + Self.waitsFor), key: nil,
            askedAt: elapsed, task: task)
        for await _ in shown {}
        guard let request = entries[id]?.request else { throw .noSuchKeyRequest }
        return request
    }

    func request(_ id: KeyRequestID, at elapsed: Duration) throws(FarmError) -> KeyRequest {
        expire(elapsed)
        guard let request = entries[id]?.request else { throw .noSuchKeyRequest }
        return request
    }

    /// The key that was allowed, for the address that was asked.
    func key(
        _ id: KeyRequestID, for address: LinkAddress, at elapsed: Duration
    ) throws(FarmError) -> LinkCredentials {
        expire(elapsed)
        guard let entry = entries[id], let key = entry.key, entry.request.address == address else {
            throw .noSuchKeyRequest
        }
        return .apiKey(key)
    }

    /// - Returns: whether there was one.
    @discardableResult
    func forget(_ id: KeyRequestID) -> Bool {
        guard let entry = entries.removeValue(forKey: id) else { return false }
        entry.task.cancel()
        return true
    }

    private func decide(_ id: KeyRequestID, _ answer: KeyRequest.Answer, _ key: Secret?) {
        entries[id]?.request.answer = answer
        entries[id]?.key = key
    }

    private func expire(_ elapsed: Duration) {
        for (id, entry) in entries where entry.askedAt + Self.waitsFor <= elapsed { forget(id) }
    }
}
