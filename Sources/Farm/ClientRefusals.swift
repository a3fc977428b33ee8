/// How often the API refused one client in the last 24 hours.
public struct ClientRefusals: Equatable, Sendable, Codable {
    /// How many entries `unauthorized` and `tooMany` have.
    public static let hours = 24

    /// A client that is known: refusals of unknown ones are only counted in all.
    public var clientID: ClientID
    /// Answers 401 in each hour of the last 24, the current one last: a wrong secret, a token that is no longer good.
    public var unauthorized: [Int]
    /// Answers 429, likewise.
    public var tooMany: [Int]

    public init(clientID: ClientID, unauthorized: [Int], tooMany: [Int]) {
        self.clientID = clientID
        self.unauthorized = unauthorized
        self.tooMany = tooMany
    }
}
