import Farm
import OAuth

/// Bytes that count up, so that tests know them.
struct CountingRandomSource: RandomSource {
    var first: UInt8
    func bytes(_ count: Int) -> [UInt8] { (0..<count).map { first &+ UInt8(truncatingIfNeeded: $0) } }
}

let noon = Timestamp(microseconds: 1_795_600_800_000_000)

func form(_ text: String) throws(FormError) -> FormParameters { try FormParameters(parsing: Array(text.utf8)) }

let operatorAccount = Account(id: 1, name: "operator", createdAt: noon)

func client(
    secret: String? = "right", scope: Scope = .all, grants: [Grant] = [.clientCredentials], lifetime: Int64? = nil
) -> OAuthClient {
    OAuthClient(
        id: 7, publicID: "app", name: "App", accountID: 1,
        secret: secret.map { SecretDigest(of: $0, salt: Array(repeating: 3, count: 16)) }, scope: scope, grants: grants,
        redirectURIs: [], tokenLifetimeSeconds: lifetime, createdAt: noon)
}

/// What a token endpoint does with a body and a header, without HTTP.
func grant(
    _ body: String, header: String? = nil, client: OAuthClient? = client(), account: Account = operatorAccount,
    defaultLifetime: Int64 = TokenGrant.longestLifetimeSeconds
) throws -> TokenGrant {
    let form = try form(body)
    let presented = try PresentedClient.parse(authorizationHeader: header, form: form)
    let request = try TokenRequest(form: form, presented: presented)
    let known = client.flatMap { $0.publicID == presented.id ? $0 : nil }
    try presented.authenticate(as: known, of: known == nil ? nil : account)
    guard let known else { throw OAuthError.invalidClient(usedBasic: presented.usedBasic) }
    return try TokenGrant.clientCredentials(
        request, client: known, account: account, defaultLifetimeSeconds: defaultLifetime)
}
