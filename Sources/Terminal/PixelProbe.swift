/// What a terminal answered to a question of ours.
enum TerminalReply: Equatable, Sendable {
    /// It takes pictures, or has said why not.
    case graphics(isReady: Bool)
    /// Name and version, as it writes them.
    case name(String)
    /// Its background colour (OSC 11).
    case background(isLight: Bool)
    /// What every terminal answers.
    case attributes
}

/// Finds out whether the terminal draws pictures in cells that name them.
struct PixelProbe {
    let policy: PixelPicturePolicy
    private var isReady = false
    private var name = ""
    /// The last answer has not come.
    private(set) var isWaiting = true

    init(policy: PixelPicturePolicy) { self.policy = policy }

    /// - Returns: once, with the last answer: whether pictures may be sent. Nil before and afterwards.
    mutating func take(_ reply: TerminalReply) -> Bool? {
        guard isWaiting else { return nil }
        switch reply {
        case .graphics(let ready): isReady = ready
        case .name(let text): name = text
        case .background: break
        case .attributes:
            isWaiting = false
            return isReady && (policy == .answering || Self.placesByCells(name))
        }
        return nil
    }

    /// Others take pictures, but show nothing where cells name them.
    private static func placesByCells(_ name: String) -> Bool {
        let name = name.lowercased()
        return ["kitty", "ghostty", "rio"].contains { name.hasPrefix($0) }
    }
}
