import Farm
import Foundation
import GRDB

/// Scope and grants are the wire's space-separated words; redirect URIs a JSON array, as nothing is a safe separator.
extension OAuthClient: StoredRow {
    static let table = "oauth_clients"
    static let columns = [
        "id", "public_id", "name", "account_id", "secret_salt", "secret_digest", "scope", "grants", "redirect_uris",
        "token_lifetime_seconds", "created_at", "rotated_at", "disabled_at", "may_move_machines",
    ]
    static let upsert = upsertStatement()

    var values: [(any DatabaseValueConvertible)?] {
        get throws {
            let uris = String(decoding: try JSONEncoder().encode(redirectURIs), as: UTF8.self)
            return [
                id.rawValue, publicID, name, accountID.rawValue, secret.map { Data($0.salt) },
                secret.map { Data($0.digest) },
                scope.description, grants.map(\.rawValue).joined(separator: " "), uris,
                tokenLifetimeSeconds, createdAt.microseconds, rotatedAt?.microseconds, disabledAt?.microseconds,
                mayMoveMachines,
            ]
        }
    }

    init(_ row: StoredColumns) throws {
        let salt = try row.optionalBytes("secret_salt")
        let digest = try row.optionalBytes("secret_digest")
        self.init(
            id: try row.id("id"), publicID: try row.text("public_id"), name: try row.text("name"),
            accountID: try row.id("account_id"),
            secret: salt.flatMap { salt in digest.map { SecretDigest(salt: salt, digest: $0) } },
            scope: try row.scope("scope"), grants: try row.decoded("grants", Self.grants),
            redirectURIs: try row.decoded("redirect_uris", Self.strings),
            tokenLifetimeSeconds: try row.optionalInteger("token_lifetime_seconds"),
            createdAt: try row.time("created_at"))
        rotatedAt = try row.optionalTime("rotated_at")
        disabledAt = try row.optionalTime("disabled_at")
        mayMoveMachines = try row.flag("may_move_machines")
    }

    /// Nil when a word is no grant.
    private static func grants(_ text: String) -> [Grant]? {
        let words = text.split(separator: " ")
        let grants = words.compactMap { Grant(rawValue: String($0)) }
        return grants.count == words.count ? grants : nil
    }

    private static func strings(_ json: String) -> [String]? {
        try? JSONDecoder().decode([String].self, from: Data(json.utf8))
    }
}
