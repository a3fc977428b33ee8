internal import Farm

/// Where the parts of the OAuth area lie.
struct OAuthLayout: Equatable {
    let header: Rect
    /// A line for each app that waits, at most four.
    let consents: Rect
    let heads: Rect
    let rows: Rect
    /// One line above the box, when there is a webhook.
    let webhook: Rect
    let box: Rect
    /// One line a token, inside the box.
    let tokens: Rect
    let status: Rect
    let keys: Rect

    /// - Parameters:
    ///   - consents: how many apps wait.
    ///   - showsTokens: the keys move among the tokens; a small screen shows them instead of the clients then.
    init(_ size: GridSize, consents count: Int, hasWebhook: Bool, showsTokens: Bool) {
        var body = Rect(size)
        let isSmall = FarmLayout(size).kind == .compact
        header = body.takeTop(1)
        keys = body.takeBottom(1)
        status = isSmall ? keys : body.takeBottom(1)
        if !isSmall { _ = body.takeTop(1) }  // a rule
        box = isSmall ? body.takeBottom(0) : body.takeBottom(min(16, max(9, body.rows / 2)))
        consents = body.takeTop(min(count, isSmall ? 2 : 4))
        heads = isSmall ? body.takeTop(0) : body.takeTop(1)
        webhook = body.takeBottom(hasWebhook && !isSmall ? 1 : 0)
        if isSmall, showsTokens {
            tokens = body
            rows = body.takeTop(0)
            return
        }
        rows = body
        var inner = box.inset(rows: 1, columns: 1)
        _ = inner.takeTop(5)
        tokens = inner
    }
}

extension OAuthPage {
    func layout(_ context: Context) -> OAuthLayout {
        OAuthLayout(
            context.size, consents: context.farm.consents.count, hasWebhook: context.farm.status.webhook != nil,
            showsTokens: isInTokens)
    }
}

struct OAuthView: ContextReader {
    let oauth: OAuthPage
    let context: Context

    private var selectedClient: ClientSummary? {
        farm.clients.indices.contains(oauth.cursor.index) ? farm.clients[oauth.cursor.index] : nil
    }

    func draw(in canvas: inout Canvas) {
        let layout = oauth.layout(context)
        drawOAuthHeader(in: layout.header, canvas: &canvas)
        if !layout.heads.isEmpty { canvas.rule(row: layout.header.endRow) }
        drawConsents(in: layout.consents, canvas: &canvas)
        if options.isRemote {
            canvas.put(
                "Clients are shown only on the machine that runs the farm.", row: layout.rows.row, column: 3,
                end: layout.rows.endColumn, .dim)
        } else if farm.clients.isEmpty {
            canvas.put(
                CellText(untrusted: "No clients yet. Press \(keys.name(.newClient)) to make one, or run:"),
                row: layout.rows.row, column: 3,
                end: layout.rows.endColumn)
            canvas.put(
                "farmtop client add my-app --json", row: layout.rows.row + 1, column: 5, end: layout.rows.endColumn,
                .code)
        } else if layout.rows.isEmpty {
            drawTokens(in: layout.tokens, canvas: &canvas)
        } else {
            drawClients(in: layout, canvas: &canvas)
            if let client = selectedClient, !layout.box.isEmpty { drawClient(client, in: layout, canvas: &canvas) }
        }
        if let webhook = farm.status.webhook, !layout.heads.isEmpty {
            drawWebhook(webhook, in: layout.webhook, canvas: &canvas)
        }
    }

    private func drawOAuthHeader(in rect: Rect, canvas: inout Canvas) {
        var parts = Segments()
        parts.add("OAUTH", .title, priority: 9)
        if oauth.layout(context).rows.isEmpty, let client = selectedClient {
            parts.add(CellText(untrusted: "‹ \(client.name)"), .text, priority: 10)
        }
        parts.add(CellText(untrusted: count(farm.clients.count, "client")), .header, priority: 8)
        parts.add(
            CellText(untrusted: count(farm.clients.reduce(0) { $0 + $1.liveTokens }, "live token")), .header,
            priority: 7)
        if !farm.consents.isEmpty {
            parts.add(
                CellText(untrusted: "\(farm.consents.count) asking for access"), .warning,
                priority: 8)
        }
        if farm.status.rejectedCredentials > 0 {
            parts.add(
                CellText(untrusted: "\(farm.status.rejectedCredentials) rejected"), .warning, priority: 6)
        }
        if let address = farm.status.address {
            parts.add(CellText(untrusted: "issuer \(Self.host(address))"), .dim, priority: 5)
        }
        parts.fit(rect.columns - 2)
        parts.draw(row: rect.row, column: rect.column + 1, end: rect.endColumn, in: &canvas)
    }

    private func drawClients(in layout: OAuthLayout, canvas: inout Canvas) {
        let rect = layout.rows
        let isNarrow = rect.columns < 60
        let nameEnd = rect.column + 3 + (isNarrow ? rect.columns - 14 : min(30, rect.columns / 4))
        let right = rect.endColumn - 1
        if !layout.heads.isEmpty {
            canvas.put("CLIENT", row: layout.heads.row, column: rect.column + 3, .dim)
            canvas.put("GRANTS", row: layout.heads.row, column: nameEnd + 1, .dim)
            canvas.put("SCOPE", row: layout.heads.row, column: right - 33, .dim)
            canvas.put("ACCOUNT", row: layout.heads.row, column: right - 22, .dim)
            canvas.putRight("USED", row: layout.heads.row, end: right - 7, .dim)
            canvas.putRight("TOKENS", row: layout.heads.row, end: right, .dim)
        }
        var row = rect.row
        for index in oauth.cursor.lines(count: farm.clients.count, visible: rect.rows) {
            let client = farm.clients[index]
            if index == oauth.cursor.index {
                canvas.isInSelection = true
                canvas.fill(Rect(row: row, column: rect.column, rows: 1, columns: rect.columns), .text)
                canvas.stamp("▌", row: row, column: rect.column, .title)
                if !oauth.isInTokens { canvas.rest(row: row, column: rect.column) }
            }
            let isOff = client.disabledAt != nil
            canvas.put(isOff ? "×" : "·", row: row, column: rect.column + 1, isOff ? .warning : .dim)
            canvas.put(
                CellText(untrusted: client.name), row: row, column: rect.column + 3, end: nameEnd, isOff ? .dim : .text)
            if !isNarrow {
                canvas.put(
                    CellText(untrusted: isOff ? "disabled" : Self.words(client.grants)), row: row, column: nameEnd + 1,
                    end: right - 34, isOff ? .warning : .dim)
                canvas.put(
                    CellText(untrusted: client.scope.description), row: row, column: right - 33, end: right - 23, .dim)
                canvas.put(CellText(untrusted: client.accountName), row: row, column: right - 22, end: right - 11, .dim)
            }
            let used = client.lastUsedAt.map { Clock.age(now.seconds(since: $0)) } ?? "never"
            canvas.putRight(CellText(untrusted: used), row: row, end: isNarrow ? right - 4 : right - 7, .dim)
            canvas.putRight(CellText(untrusted: "\(client.liveTokens)"), row: row, end: right)
            canvas.isInSelection = false
            row += 1
        }
    }

    private static func words(_ grants: [Grant]) -> String {
        grants.map { grant in
            switch grant {
            case .clientCredentials: "client"
            case .authorizationCode: "code"
            case .refreshToken: "refresh"
            case .deviceCode: "device"
            }
        }.joined(separator: " + ")
    }

    private func drawClient(_ client: ClientSummary, in layout: OAuthLayout, canvas: inout Canvas) {
        let inner = canvas.box(
            layout.box, title: CellText(untrusted: client.name),
            note: client.isConfidential ? "confidential" : "public")
        let facts: [(String, String)] = [
            ("id", client.publicID),
            ("redirects", client.redirectURIs.isEmpty ? "none" : client.redirectURIs.joined(separator: " ")),
            (
                "made",
                local(client.createdAt).date
                    + (client.rotatedAt.map { ", new secret \(local($0).date)" } ?? "")
                    + (client.tokenLifetimeSeconds.map { ", tokens last \(Clock.length(Double($0)))" } ?? "")
            ),
        ]
        for (index, fact) in facts.enumerated() {
            canvas.put(CellText(untrusted: fact.0), row: inner.row + index, column: inner.column + 1, .dim)
            canvas.put(
                CellText(untrusted: fact.1), row: inner.row + index, column: inner.column + 12, end: inner.endColumn,
                index == 0 ? .code : .text)
        }
        drawRefusals(of: client, row: inner.row + facts.count, in: inner, canvas: &canvas)
        drawTokens(in: layout.tokens, canvas: &canvas)
    }

    private func drawTokens(in rect: Rect, canvas: inout Canvas) {
        guard !rect.isEmpty else { return }
        let isNarrow = rect.columns < 60
        for (title, column) in [
            (CellText("TOKEN"), 2), ("KIND", 12), ("SCOPE", 21), ("ENDS IN", 33), ("USED", 43), ("BY", 53),
        ] where !isNarrow {
            canvas.put(title, row: rect.row - 1, column: rect.column + column, end: rect.endColumn, .dim)
        }
        if oauth.tokens.isEmpty { canvas.put("no live tokens", row: rect.row, column: rect.column + 2, .dim) }
        var row = rect.row
        for index in oauth.tokenCursor.lines(count: oauth.tokens.count, visible: rect.rows) {
            let token = oauth.tokens[index]
            if oauth.isInTokens, index == oauth.tokenCursor.index {
                canvas.isInSelection = true
                canvas.fill(Rect(row: row, column: rect.column, rows: 1, columns: rect.columns), .text)
                canvas.stamp("▌", row: row, column: rect.column, .title)
                canvas.rest(row: row, column: rect.column)
            }
            defer {
                canvas.isInSelection = false
                row += 1
            }
            canvas.put(CellText(untrusted: "\(token.id)"), row: row, column: rect.column + 2, end: rect.column + 11)
            canvas.put(
                CellText(untrusted: token.kind.rawValue), row: row, column: rect.column + 12,
                token.kind == .refresh ? .info : .text)
            let life = token.expiresAt.seconds(since: now)
            let ends = CellText(untrusted: life > 10 * 365 * 86_400 ? "never" : Clock.length(life))
            if isNarrow {
                canvas.putRight("ends in", row: row, end: rect.endColumn - 8, .dim)
                canvas.putRight(ends, row: row, end: rect.endColumn - 1, life < 3600 ? .warning : .text)
                continue
            }
            canvas.put(CellText(untrusted: token.scope.description), row: row, column: rect.column + 21, .dim)
            canvas.put(ends, row: row, column: rect.column + 33, life < 3600 ? .warning : .text)
            canvas.put(
                CellText(untrusted: token.lastUsedAt.map { Clock.age(now.seconds(since: $0)) + " ago" } ?? "never"),
                row: row,
                column: rect.column + 43, .dim)
            canvas.put(
                CellText(untrusted: Self.words([token.grant])), row: row, column: rect.column + 53,
                end: rect.endColumn, .dim)
        }
    }
}
