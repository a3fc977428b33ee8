public import Farm

/// What the API reads from the store beside `FarmBackend`.
extension FarmService {
    /// The predictions of one print, oldest first, thinned evenly to at most `limit`.
    public func storedPredictions(of id: PrintID, limit: Int) async throws -> [Prediction] {
        try await read { [store] in try store.predictions(of: id, after: 0, limit: limit) }
    }

    /// The events that the caller may see, newest first.
    public func history(
        for caller: Caller, kinds: [FarmEvent.Kind]?, severities: [FarmEvent.Severity]?, start: Int, limit: Int
    ) async throws -> [FarmEvent] {
        try await read { [store] in
            try store.events(
                account: caller.accountID, printer: nil, print: nil, kinds: kinds, severities: severities,
                start: start, limit: limit)
        }
    }

    /// Nil when there is none; throws `forbidden` for another account's.
    public func event(_ id: EventID, caller: Caller) async throws -> FarmEvent? {
        guard let event = try await read({ [store] in try store.event(id) }) else { return nil }
        guard caller.mayAccess(event.accountID) else { throw FarmError.forbidden }
        return event
    }
}
