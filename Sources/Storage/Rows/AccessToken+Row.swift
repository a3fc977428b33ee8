import Farm
import Foundation
import GRDB

extension AccessToken: StoredRow {
    static let table = "access_tokens"
    static let columns = [
        "id", "digest", "client_id", "account_id", "scope", "created_at", "expires_at", "revoked_at", "last_used_at",
        "grant_type", "family_id",
    ]
    static let upsert = upsertStatement()

    var values: [(any DatabaseValueConvertible)?] {
        [
            id.rawValue, Data(digest.bytes), clientID.rawValue, accountID.rawValue, scope.description,
            createdAt.microseconds, expiresAt.microseconds, revokedAt?.microseconds, lastUsedAt?.microseconds,
            grant.rawValue, familyID?.rawValue,
        ]
    }

    init(_ row: StoredColumns) throws {
        self.init(
            id: try row.id("id"), digest: TokenDigest(bytes: try row.bytes("digest")),
            clientID: try row.id("client_id"),
            accountID: try row.id("account_id"), grant: try row.word("grant_type"),
            familyID: try row.optionalID("family_id"), scope: try row.scope("scope"),
            createdAt: try row.time("created_at"), expiresAt: try row.time("expires_at"))
        revokedAt = try row.optionalTime("revoked_at")
        lastUsedAt = try row.optionalTime("last_used_at")
    }
}
