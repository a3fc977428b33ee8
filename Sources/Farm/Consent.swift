/// Unique until the program ends.
public typealias ConsentID = Identifier<PendingConsent>

/// An app that waits for the operator's word. The code that the app's user sees is not part of it: whoever approves has
/// to read it there.
public struct PendingConsent: Equatable, Sendable, Codable, Identifiable {
    /// Counts from 1 with each start: pending consents live in memory only.
    public var id: ConsentID
    /// Numbers the client in this farm.
    public var clientID: ClientID
    /// `client_id` on the wire.
    public var clientPublicID: String
    /// As the operator named it when it was registered: the app does not choose it.
    public var clientName: String
    /// Whose printers the app would see.
    public var accountName: String
    /// What is asked for.
    public var scope: Scope
    /// `authorizationCode`: a browser waits; `deviceCode`: a device.
    public var grant: Grant
    /// Where the browser goes afterwards; nil with the device grant.
    public var redirectURI: String?
    /// The address of the browser or device, without its port.
    public var address: String
    public var createdAt: Timestamp
    /// From then on nobody can approve it.
    public var expiresAt: Timestamp

    public init(
        id: ConsentID, clientID: ClientID, clientPublicID: String, clientName: String, accountName: String,
        scope: Scope, grant: Grant, redirectURI: String?, address: String, createdAt: Timestamp, expiresAt: Timestamp
    ) {
        self.id = id
        self.clientID = clientID
        self.clientPublicID = clientPublicID
        self.clientName = clientName
        self.accountName = accountName
        self.scope = scope
        self.grant = grant
        self.redirectURI = redirectURI
        self.address = address
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}
