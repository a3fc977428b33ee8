/// Stable for the life of the account.
public typealias AccountID = Identifier<Account>

/// An owner's namespace: printers, prints, clients and tokens belong to one. Never removed, only disabled.
public struct Account: Equatable, Sendable, Codable {
    public var id: AccountID
    public var name: String
    public var createdAt: Timestamp
    /// Nil: enabled. Its clients and tokens are refused meanwhile, and work again afterwards.
    public var disabledAt: Timestamp?

    public init(id: AccountID, name: String, createdAt: Timestamp, disabledAt: Timestamp? = nil) {
        self.id = id
        self.name = name
        self.createdAt = createdAt
        self.disabledAt = disabledAt
    }

    /// The account that a first run makes.
    public static let firstName = "operator"
}
