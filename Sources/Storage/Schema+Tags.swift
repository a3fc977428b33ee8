extension Schema {
    /// The groups that printers are in, and the certificates of https cameras that a person has compared.
    static let tagsAndFingerprints = """
        CREATE TABLE printer_tags (
            printer_id INTEGER NOT NULL REFERENCES printers (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
            tag TEXT NOT NULL,
            PRIMARY KEY (printer_id, tag)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX printer_tags_by_tag ON printer_tags (tag);

        ALTER TABLE cameras ADD COLUMN fingerprint BLOB;
        """
}
