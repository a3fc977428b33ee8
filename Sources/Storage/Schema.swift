import GRDB

/// The tables, and how an older database becomes this one. Columns carry the wire's words; times are microseconds since
/// 1970, UTC.
///
/// A migration that has shipped is never changed: the next one corrects it.
enum Schema {
    /// `PRAGMA user_version` after the last migration.
    static let version = 12
    /// `PRAGMA application_id`: "farm" in ASCII.
    static let applicationID = 0x6661_726D

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 farm") { database in
            try database.execute(sql: firstTables)
            try database.execute(sql: "PRAGMA application_id = \(applicationID)")
            try database.execute(sql: "PRAGMA user_version = 1")
        }
        migrator.registerMigration("2 grants") { database in
            try database.execute(sql: grantTables)
            try database.execute(sql: "PRAGMA user_version = 2")
        }
        migrator.registerMigration("3 webhook outbox") { database in
            try database.execute(sql: webhookOutbox)
            try database.execute(sql: "PRAGMA user_version = 3")
        }
        migrator.registerMigration("4 failure probability") { database in
            try database.execute(sql: failureProbability)
            try database.execute(sql: "PRAGMA user_version = 4")
        }
        migrator.registerMigration("5 steady time") { database in
            try database.execute(sql: steadyTime)
            try database.execute(sql: "PRAGMA user_version = 5")
        }
        migrator.registerMigration("6 machines") { database in
            try database.execute(sql: machines)
            try database.execute(sql: "PRAGMA user_version = 6")
        }
        migrator.registerMigration("7 tags and fingerprints") { database in
            try database.execute(sql: tagsAndFingerprints)
            try database.execute(sql: "PRAGMA user_version = 7")
        }
        migrator.registerMigration("8 notifications") { database in
            try database.execute(sql: notifications)
            try database.execute(sql: "PRAGMA user_version = 8")
        }
        migrator.registerMigration("9 regions") { database in
            try database.execute(sql: regions)
            try database.execute(sql: "PRAGMA user_version = 9")
        }
        migrator.registerMigration("10 bed") { database in
            try database.execute(sql: keptBeds)
            try database.execute(sql: "PRAGMA user_version = 10")
        }
        migrator.registerMigration("11 verdicts") { database in
            try database.execute(sql: verdicts)
            try database.execute(sql: "PRAGMA user_version = 11")
        }
        migrator.registerMigration("12 restores") { database in
            try database.execute(sql: restores)
            try database.execute(sql: "PRAGMA user_version = 12")
        }
        return migrator
    }

    // Foreign keys are deferred so that the rows of one command may come in any order; `StoreTransaction` checks them at the end of
    // each command. AUTOINCREMENT remembers the highest id of a table whatever was removed.
    private static let firstTables = """
        CREATE TABLE accounts (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            created_at INTEGER NOT NULL,
            disabled_at INTEGER
        ) STRICT;

        CREATE TABLE printers (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            account_id INTEGER NOT NULL REFERENCES accounts (id) DEFERRABLE INITIALLY DEFERRED,
            name TEXT NOT NULL,
            action_on_failure TEXT NOT NULL,
            watching_enabled INTEGER NOT NULL,
            tools_off_on_pause INTEGER NOT NULL,
            bed_off_on_pause INTEGER NOT NULL,
            retract_on_pause REAL NOT NULL,
            lift_z_on_pause REAL NOT NULL,
            detective_sensitivity REAL NOT NULL,
            min_timelapse_secs_on_finish INTEGER NOT NULL,
            min_timelapse_secs_on_cancel INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            archived_at INTEGER,
            deleted_at INTEGER,
            auth_token TEXT NOT NULL,
            current_print_id INTEGER REFERENCES prints (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
            prediction_num INTEGER NOT NULL,
            prediction_num_lifetime INTEGER NOT NULL,
            p REAL NOT NULL,
            ewm_mean REAL NOT NULL,
            rolling_mean_short REAL NOT NULL,
            rolling_mean_long REAL NOT NULL,
            normalized_p REAL NOT NULL
        ) STRICT;
        CREATE INDEX printers_by_current_print ON printers (current_print_id) WHERE current_print_id IS NOT NULL;

        CREATE TABLE prints (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            printer_id INTEGER NOT NULL REFERENCES printers (id) DEFERRABLE INITIALLY DEFERRED,
            account_id INTEGER NOT NULL REFERENCES accounts (id) DEFERRABLE INITIALLY DEFERRED,
            filename TEXT NOT NULL,
            started_at INTEGER NOT NULL,
            finished_at INTEGER,
            cancelled_at INTEGER,
            alerted_at INTEGER,
            alert_acknowledged_at INTEGER,
            alert_muted_at INTEGER,
            paused_at INTEGER,
            pause_requested_at INTEGER,
            pause_confirmed INTEGER NOT NULL,
            alert_overwrite TEXT,
            filament_used REAL,
            print_time REAL,
            frame_count INTEGER NOT NULL,
            max_normalized_p REAL NOT NULL,
            not_watched_at INTEGER,
            predictions_thinned INTEGER NOT NULL DEFAULT 0,
            CHECK (finished_at IS NULL OR cancelled_at IS NULL)
        ) STRICT;
        CREATE INDEX prints_by_start ON prints (started_at);
        CREATE INDEX prints_of_account ON prints (account_id, started_at);
        CREATE INDEX prints_of_printer ON prints (printer_id, started_at);
        CREATE INDEX prints_by_end ON prints (coalesce(cancelled_at, finished_at));
        CREATE INDEX prints_to_thin ON prints (coalesce(cancelled_at, finished_at)) WHERE predictions_thinned = 0;
        CREATE INDEX prints_cancelled ON prints (started_at) WHERE cancelled_at IS NOT NULL;
        CREATE INDEX prints_without_verdict ON prints (started_at)
            WHERE alerted_at IS NOT NULL AND alert_overwrite IS NULL;

        CREATE TABLE predictions (
            print_id INTEGER NOT NULL REFERENCES prints (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
            prediction_num INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            prediction_num_lifetime INTEGER NOT NULL,
            p REAL NOT NULL,
            ewm_mean REAL NOT NULL,
            rolling_mean_short REAL NOT NULL,
            rolling_mean_long REAL NOT NULL,
            normalized_p REAL NOT NULL,
            detections BLOB,
            PRIMARY KEY (print_id, prediction_num)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE frame_pictures (
            print_id INTEGER NOT NULL REFERENCES prints (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
            frame INTEGER NOT NULL,
            bytes INTEGER NOT NULL,
            PRIMARY KEY (print_id, frame)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE printer_events (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            event_type TEXT NOT NULL,
            event_class TEXT NOT NULL,
            event_title TEXT NOT NULL,
            event_text TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            account_id INTEGER NOT NULL REFERENCES accounts (id) DEFERRABLE INITIALLY DEFERRED,
            printer_id INTEGER NOT NULL REFERENCES printers (id) DEFERRABLE INITIALLY DEFERRED,
            print_id INTEGER REFERENCES prints (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
            frame INTEGER
        ) STRICT;
        CREATE INDEX printer_events_by_time ON printer_events (created_at);
        CREATE INDEX printer_events_of_account ON printer_events (account_id);
        CREATE INDEX printer_events_of_printer ON printer_events (printer_id);
        CREATE INDEX printer_events_of_print ON printer_events (print_id);

        CREATE TABLE oauth_clients (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            public_id TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            account_id INTEGER NOT NULL REFERENCES accounts (id) DEFERRABLE INITIALLY DEFERRED,
            secret_salt BLOB,
            secret_digest BLOB,
            scope TEXT NOT NULL,
            grants TEXT NOT NULL,
            redirect_uris TEXT NOT NULL,
            token_lifetime_seconds INTEGER,
            created_at INTEGER NOT NULL,
            rotated_at INTEGER,
            disabled_at INTEGER,
            CHECK ((secret_salt IS NULL) = (secret_digest IS NULL))
        ) STRICT;

        CREATE TABLE access_tokens (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            digest BLOB NOT NULL UNIQUE,
            client_id INTEGER NOT NULL REFERENCES oauth_clients (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
            account_id INTEGER NOT NULL REFERENCES accounts (id) DEFERRABLE INITIALLY DEFERRED,
            scope TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            revoked_at INTEGER,
            last_used_at INTEGER
        ) STRICT;
        CREATE INDEX access_tokens_of_client ON access_tokens (client_id);
        """

    // No foreign keys: what happened is told also when its print is removed meanwhile.
    private static let webhookOutbox = """
        CREATE TABLE webhook_outbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            delivery_id TEXT NOT NULL UNIQUE,
            event_type TEXT NOT NULL,
            is_warning INTEGER NOT NULL,
            print_paused INTEGER NOT NULL,
            printer_id INTEGER NOT NULL,
            printer_name TEXT NOT NULL,
            print_id INTEGER NOT NULL,
            filename TEXT NOT NULL,
            started_at INTEGER NOT NULL,
            ended_at INTEGER,
            frame INTEGER,
            created_at INTEGER NOT NULL,
            tries INTEGER NOT NULL,
            refusals INTEGER NOT NULL,
            next_try_at INTEGER NOT NULL
        ) STRICT;
        """
}
