extension Schema {
    /// Tokens that come of a consent, in families; and how each access token was got.
    static let grantTables = """
        CREATE TABLE token_families (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            client_id INTEGER NOT NULL REFERENCES oauth_clients (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
            account_id INTEGER NOT NULL REFERENCES accounts (id) DEFERRABLE INITIALLY DEFERRED,
            grant_type TEXT NOT NULL,
            scope TEXT NOT NULL,
            code_digest BLOB NOT NULL UNIQUE,
            refresh_key_digest BLOB UNIQUE,
            refresh_digest BLOB,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            refreshed_at INTEGER,
            revoked_at INTEGER,
            CHECK ((refresh_key_digest IS NULL) = (refresh_digest IS NULL))
        ) STRICT;
        CREATE INDEX token_families_of_client ON token_families (client_id);

        ALTER TABLE access_tokens ADD COLUMN grant_type TEXT NOT NULL DEFAULT 'client_credentials';
        ALTER TABLE access_tokens ADD COLUMN family_id INTEGER REFERENCES token_families (id)
            ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;
        CREATE INDEX access_tokens_of_family ON access_tokens (family_id) WHERE family_id IS NOT NULL;
        """
}
