extension Schema {
    /// The machines behind printers, their cameras, and which clients may move them.
    ///
    /// `has_credentials` without `credentials` is a key that a backup left out. A camera that runs a program or reads a file is
    /// never stored: it comes from the configuration file alone.
    static let machines = """
        CREATE TABLE machine_links (
            printer_id INTEGER PRIMARY KEY REFERENCES printers (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
            kind TEXT NOT NULL,
            address TEXT NOT NULL,
            fingerprint BLOB,
            light_name TEXT,
            has_credentials INTEGER NOT NULL,
            credentials BLOB,
            is_confirmed INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            CHECK (has_credentials OR credentials IS NULL)
        ) STRICT;

        CREATE TABLE cameras (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            printer_id INTEGER NOT NULL REFERENCES printers (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
            name TEXT NOT NULL,
            source TEXT NOT NULL CHECK (source IN ('snapshot', 'mjpeg', 'printer')),
            address TEXT CHECK ((address IS NULL) = (source = 'printer')),
            flip_horizontal INTEGER NOT NULL,
            flip_vertical INTEGER NOT NULL,
            rotation INTEGER NOT NULL CHECK (rotation IN (0, 90, 180, 270)),
            interval_seconds INTEGER NOT NULL CHECK (interval_seconds BETWEEN 1 AND 300),
            is_primary INTEGER NOT NULL,
            has_credentials INTEGER NOT NULL,
            credentials BLOB,
            is_confirmed INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            CHECK (has_credentials OR credentials IS NULL)
        ) STRICT;
        CREATE INDEX cameras_of_printer ON cameras (printer_id);

        ALTER TABLE oauth_clients ADD COLUMN may_move_machines INTEGER NOT NULL DEFAULT 0;
        """
}
