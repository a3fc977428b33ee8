extension Schema {
    /// Pictures of the empty bed. `luma` has a byte for each of `width` × `height` pixels, row by row.
    static let keptBeds = """
        CREATE TABLE kept_beds (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            printer_id INTEGER NOT NULL REFERENCES printers (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            luma BLOB NOT NULL CHECK (length(luma) = width * height),
            kept_at INTEGER NOT NULL,
            is_learnt INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX kept_beds_of_printer ON kept_beds (printer_id);
        """
}
