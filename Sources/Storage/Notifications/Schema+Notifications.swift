extension Schema {
    /// What there is to tell (`notify_occasions`), what each channel has told of it (`notify_tellings`, `notify_channels`), and
    /// the messages on their way (`notify_outbox`).
    ///
    /// `recent` holds the steady times of a channel's messages of the last hour, in microseconds, parted by blanks. `message` is
    /// the message as JSON. No foreign keys to printers and prints: what happened is told also when they are removed meanwhile.
    static let notifications = """
        CREATE TABLE notify_occasions (
            id INTEGER PRIMARY KEY,
            topic TEXT NOT NULL,
            severity TEXT NOT NULL,
            printer_id INTEGER,
            print_id INTEGER,
            printer_name TEXT NOT NULL,
            filename TEXT,
            text TEXT NOT NULL,
            frame INTEGER,
            opened_at INTEGER NOT NULL,
            opened_steady INTEGER NOT NULL,
            over_since INTEGER,
            relapses INTEGER NOT NULL,
            answered_at INTEGER,
            answer TEXT,
            actor TEXT,
            actor_name TEXT
        ) STRICT;

        CREATE TABLE notify_tellings (
            channel TEXT NOT NULL,
            occasion_id INTEGER NOT NULL
                REFERENCES notify_occasions (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
            first_at INTEGER NOT NULL,
            last_at INTEGER NOT NULL,
            count INTEGER NOT NULL,
            escalated INTEGER NOT NULL,
            recovered INTEGER NOT NULL,
            PRIMARY KEY (channel, occasion_id)
        ) STRICT;
        CREATE INDEX notify_tellings_of_occasion ON notify_tellings (occasion_id);

        CREATE TABLE notify_channels (
            channel TEXT PRIMARY KEY,
            recent TEXT NOT NULL
        ) STRICT;

        CREATE TABLE notify_outbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            channel TEXT NOT NULL,
            delivery_id TEXT NOT NULL UNIQUE,
            message TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            tries INTEGER NOT NULL,
            refusals INTEGER NOT NULL,
            next_try_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX notify_outbox_of_channel ON notify_outbox (channel, id);
        """
}
