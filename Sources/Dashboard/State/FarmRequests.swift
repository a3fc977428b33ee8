internal import Farm

/// What the farm was asked and has not answered yet.
struct FarmRequests: Sendable {
    /// What a request is for.
    struct Pending: Equatable, Sendable {
        var action: FarmAction
        /// Said when it is done.
        var done: String
    }

    private var pending: [RequestID: Pending] = [:]
    private var last: UInt64 = 0
    /// The form whose action is under way: it opens again if the farm refuses it, so that nothing need be typed twice.
    private var submitted: (request: RequestID, form: any DashboardOverlay)?

    mutating func add(_ action: FarmAction, done: String, form: (any DashboardOverlay)? = nil) -> DashboardEffect {
        last += 1
        let id = RequestID(rawValue: last)
        pending[id] = Pending(action: action, done: done)
        if let form { submitted = (id, form) }
        return .perform(action, id)
    }

    /// - Returns: nil for an answer to nothing that was asked.
    mutating func answered(_ id: RequestID) -> Pending? { pending.removeValue(forKey: id) }

    /// What was filled in for this request.
    func form(of id: RequestID) -> (any DashboardOverlay)? { submitted?.request == id ? submitted?.form : nil }
}
