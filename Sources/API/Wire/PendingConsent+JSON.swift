import Farm
import Text
import WireSchema

extension JSONWriter {
    /// For the operator: who asks for what, from where; never the code.
    mutating func consent(_ consent: PendingConsent, isWaiting: Bool) {
        object { json in
            json.member("id", consent.id)
            json.member("waiting", isWaiting)
            json.member("client_id", consent.clientPublicID)
            json.member("client", consent.clientName)
            json.member("account", consent.accountName)
            json.member("scope", consent.scope.description)
            json.member("grant_type", consent.grant.rawValue)
            json.member("redirect_uri", consent.redirectURI)
            json.member("address", consent.address)
            json.member("created_at", consent.createdAt)
            json.member("expires_at", consent.expiresAt)
        }
    }
}
