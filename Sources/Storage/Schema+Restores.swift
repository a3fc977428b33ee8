extension Schema {
    /// A farm that was restored from a backup has a row in `unconfirmed_restore` until a person says that the other farm is off.
    /// `awaited_verdicts` has the prints whose alert was dismissed and whose pictures were not looked at yet. And notices of the
    /// webhook grow old by the clock that nobody can set.
    static let restores = """
        CREATE TABLE unconfirmed_restore (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            restored_at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE awaited_verdicts (
            print_id INTEGER PRIMARY KEY REFERENCES prints (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
        ) STRICT;

        ALTER TABLE webhook_outbox ADD COLUMN created_steady INTEGER;
        """
}
