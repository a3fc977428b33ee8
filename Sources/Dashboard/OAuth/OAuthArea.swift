internal import Farm

extension Area {
    static let oauth = Area(name: "oauth")
}

extension Place {
    static let oauth = Place("OAuth", area: .oauth)
}

/// The OAuth area: apps that ask for access, clients and their tokens.
struct OAuthArea: DashboardArea {
    static let area = Area.oauth
    static let summary = "OAuth: apps that ask for access, clients and their tokens"

    var oauth = OAuthPage()

    let place = Place.oauth
    let showsAges = true

    func draw(in canvas: inout Canvas, _ context: Context) {
        OAuthView(oauth: oauth, context: context).draw(in: &canvas)
    }

    func client(in context: Context) -> ClientSummary? {
        let clients = context.farm.clients
        return clients.indices.contains(oauth.cursor.index) ? clients[oauth.cursor.index] : nil
    }

    func copied(in context: Context) -> CopiedText? {
        client(in: context).map { CopiedText(name: "id of \($0.name)", text: $0.publicID) }
    }

    // MARK: What happens meanwhile

    mutating func apply(_ change: DashboardChange, in context: Context) -> [DashboardRequest] {
        switch change {
        case .snapshot: if let wanted = oauth.wanted { select(wanted, context) }
        case .disconnected: oauth.tokensOf = nil
        case .refused(.listTokens): oauth.tokens = []
        // Its new name may have moved it.
        case .replied(.client(let client), _): select(client.publicID, context)
        case .replied(.credentials(let credentials), _): select(credentials.client.publicID, context)
        case .replied(.tokens(let tokens), _): oauth.tokens = tokens.sorted { $0.createdAt > $1.createdAt }
        case .replied(_, to: .approveConsent), .replied(_, to: .revokeToken), .replied(_, to: .revokeTokens):
            oauth.tokensOf = nil
        default: break
        }
        return []
    }

    /// Now, or as soon as it is there.
    private mutating func select(_ id: String, _ context: Context) {
        let index = context.farm.clients.firstIndex { $0.publicID == id }
        oauth.wanted = index == nil ? id : nil
        oauth.cursor.index = index ?? oauth.cursor.index
    }

    mutating func settle(in context: Context) -> [DashboardRequest] {
        let layout = oauth.layout(context)
        oauth.cursor.settle(count: context.farm.clients.count, visible: layout.rows.rows)
        oauth.tokenCursor.settle(count: oauth.tokens.count, visible: layout.tokens.rows)
        guard context.isLive, context.area == Self.area, let client = client(in: context)?.publicID,
            oauth.tokensOf != client
        else { return [] }
        oauth.tokensOf = client
        oauth.tokens = []
        oauth.isInTokens = false
        return [.request(.listTokens(client: client), done: "")]
    }
}
