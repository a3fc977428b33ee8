internal import Farm

/// The list of clients, and the tokens of the selected one.
struct OAuthPage: Equatable, Sendable {
    var cursor = ListCursor()
    /// To be selected as soon as it is there: a client that was just made. Any move cancels that.
    var wanted: String?
    /// The tokens of the client named in `tokensOf`, newest first.
    var tokens: [TokenSummary] = []
    var tokensOf: String?
    /// The keys move in the list of tokens.
    var isInTokens = false
    var tokenCursor = ListCursor()

    var selectedToken: TokenSummary? {
        tokens.indices.contains(tokenCursor.index) ? tokens[tokenCursor.index] : nil
    }
}
