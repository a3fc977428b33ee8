extension Schema {
    /// What was seen where a person said that it is no failure, and what a picture counts for it. `look` has a byte for each of
    /// 16 × 16 areas. A region's number is made of its text, so that each prediction carries eight bytes of it; 0 is the whole
    /// picture, NULL a prediction from before.
    static let verdicts = """
        CREATE TABLE verdicts (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            printer_id INTEGER NOT NULL REFERENCES printers (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
            print_id INTEGER NOT NULL,
            region TEXT NOT NULL,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            box_x REAL NOT NULL,
            box_y REAL NOT NULL,
            box_width REAL NOT NULL,
            box_height REAL NOT NULL,
            confidence REAL NOT NULL,
            look BLOB NOT NULL CHECK (length(look) = 256),
            given_at INTEGER NOT NULL,
            pictures INTEGER NOT NULL,
            last_at INTEGER
        ) STRICT;
        CREATE INDEX verdicts_of_printer ON verdicts (printer_id);

        CREATE TABLE camera_regions (
            id INTEGER PRIMARY KEY,
            region TEXT NOT NULL
        ) STRICT;

        ALTER TABLE predictions ADD COLUMN counted REAL;
        ALTER TABLE predictions ADD COLUMN region_id INTEGER;
        ALTER TABLE prints ADD COLUMN alert_withheld_at INTEGER;
        ALTER TABLE failure_evidence ADD COLUMN without_memory BLOB;
        """
}
