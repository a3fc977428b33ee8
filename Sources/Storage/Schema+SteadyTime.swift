extension Schema {
    /// Durations by the clock that nobody can set: when prints began on it, and what the clocks said last. And prints that are
    /// deleted stay as a row.
    static let steadyTime = """
        ALTER TABLE prints ADD COLUMN started_steady INTEGER;
        ALTER TABLE prints ADD COLUMN print_time_approximate INTEGER NOT NULL DEFAULT 0;

        ALTER TABLE prints ADD COLUMN deleted_at INTEGER;

        CREATE TABLE clock_readings (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            boot_id TEXT,
            since_boot INTEGER NOT NULL,
            wall INTEGER NOT NULL,
            steady INTEGER NOT NULL,
            exact_since INTEGER NOT NULL
        ) STRICT;
        """
}
