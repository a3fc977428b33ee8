internal import Farm

/// What the farm was asked and has not answered yet.
struct FarmRequests: Sendable {
    /// What a request is for.
    struct Pending: Equatable, Sendable {
        var action: FarmAction
        /// Said when it is done.
        var done: String
        /// The group that it was asked for in.
        var group: UInt64?
    }

    private var pending: [RequestID: Pending] = [:]
    private var last: UInt64 = 0
    /// By the number of their first request.
    private var groups: [UInt64: RequestGroup] = [:]
    /// The form whose action is under way: it opens again if the farm refuses it, so that nothing need be typed twice.
    private var submitted: (request: RequestID, form: any DashboardOverlay)?

    /// The last one that the open overlay has asked, whose answer it waits for.
    private var ofOverlay: RequestID?
    /// Pictures of the open overlay on their way to become pixels.
    private var decoding: [RequestID: Int] = [:]

    mutating func add(_ action: FarmAction, done: String, form: (any DashboardOverlay)? = nil) -> DashboardEffect {
        last += 1
        let id = RequestID(rawValue: last)
        pending[id] = Pending(action: action, done: done)
        if let form { submitted = (id, form) }
        return .perform(action, id)
    }

    /// Asks for several things at once; what came of them is said together.
    mutating func add(_ actions: [FarmAction], done: String) -> [DashboardEffect] {
        guard actions.count > 1 else { return actions.map { add($0, done: done) } }
        let number = last + 1
        groups[number] = RequestGroup(count: actions.count, done: done)
        return actions.map { action in
            let effect = add(action, done: "")
            pending[RequestID(rawValue: last)]?.group = number
            return effect
        }
    }

    /// Takes an answer into the group of its request.
    /// - Returns: the group as it is now; nil for a request that is in none.
    mutating func take(_ request: Pending, _ change: (inout RequestGroup) -> Void) -> RequestGroup? {
        guard let number = request.group, var group = groups[number] else { return nil }
        change(&group)
        groups[number] = group.waiting > 0 ? group : nil
        return group
    }

    /// Asks for an overlay: the answer goes to it alone, unless it asks something else before.
    /// - Parameter done: said where the overlay is left before it is done.
    mutating func addOfOverlay(_ action: FarmAction, done: String = "") -> DashboardEffect {
        let effect = add(action, done: done)
        ofOverlay = RequestID(rawValue: last)
        return effect
    }

    mutating func decode(_ jpeg: [UInt8], picture: Int) -> DashboardEffect {
        last += 1
        let id = RequestID(rawValue: last)
        decoding[id] = picture
        return .decodePicture(jpeg, id)
    }

    /// Another overlay is open, or none: what the last one asked is nobody's any more.
    mutating func forgetOverlay() {
        ofOverlay = nil
        decoding = [:]
    }

    /// - Returns: whether the open overlay waits for it; then it no longer does.
    mutating func isOverlays(_ id: RequestID) -> Bool {
        guard id == ofOverlay else { return false }
        ofOverlay = nil
        return true
    }

    /// - Returns: which of the overlay's pictures it is; nil for one of an overlay that is gone.
    mutating func decoded(_ id: RequestID) -> Int? { decoding.removeValue(forKey: id) }

    /// - Returns: nil for an answer to nothing that was asked.
    mutating func answered(_ id: RequestID) -> Pending? { pending.removeValue(forKey: id) }

    /// What was filled in for this request.
    func form(of id: RequestID) -> (any DashboardOverlay)? { submitted?.request == id ? submitted?.form : nil }
}
