import Farm
import Foundation
import GRDB

extension TokenFamily: StoredRow {
    static let table = "token_families"
    static let columns = [
        "id", "client_id", "account_id", "grant_type", "scope", "code_digest", "refresh_key_digest", "refresh_digest",
        "created_at", "expires_at", "refreshed_at", "revoked_at",
    ]
    static let upsert = upsertStatement()

    var values: [(any DatabaseValueConvertible)?] {
        [
            id.rawValue, clientID.rawValue, accountID.rawValue, grant.rawValue, scope.description,
            Data(codeDigest.bytes), refresh.map { Data($0.key.bytes) }, refresh.map { Data($0.token.bytes) },
            createdAt.microseconds, expiresAt.microseconds, refreshedAt?.microseconds, revokedAt?.microseconds,
        ]
    }

    init(_ row: StoredColumns) throws {
        let key = try row.optionalBytes("refresh_key_digest").map(TokenDigest.init(bytes:))
        let token = try row.optionalBytes("refresh_digest").map(TokenDigest.init(bytes:))
        self.init(
            id: try row.id("id"), clientID: try row.id("client_id"), accountID: try row.id("account_id"),
            grant: try row.word("grant_type"), scope: try row.scope("scope"),
            codeDigest: TokenDigest(bytes: try row.bytes("code_digest")),
            refresh: key.flatMap { key in token.map { RefreshDigests(key: key, token: $0) } },
            createdAt: try row.time("created_at"), expiresAt: try row.time("expires_at"))
        refreshedAt = try row.optionalTime("refreshed_at")
        revokedAt = try row.optionalTime("revoked_at")
    }
}
