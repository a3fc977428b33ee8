internal import Farm

/// The list of clients, and the tokens of the selected one.
struct OAuthPage: Equatable, Sendable {
    var cursor = ListCursor()
    /// Of the client named in `tokensOf`, newest first.
    var tokens: [TokenSummary] = []
    var tokensOf: String?
    /// The keys move in the list of tokens.
    var isInTokens = false
    var tokenCursor = ListCursor()

    var selectedToken: TokenSummary? {
        tokens.indices.contains(tokenCursor.index) ? tokens[tokenCursor.index] : nil
    }
}
