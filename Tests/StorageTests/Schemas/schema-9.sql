PRAGMA application_id = 1717662317;
PRAGMA user_version = 9;

CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO grdb_migrations VALUES ('1 farm');
INSERT INTO grdb_migrations VALUES ('2 grants');
INSERT INTO grdb_migrations VALUES ('3 webhook outbox');
INSERT INTO grdb_migrations VALUES ('4 failure probability');
INSERT INTO grdb_migrations VALUES ('5 steady time');
INSERT INTO grdb_migrations VALUES ('6 machines');
INSERT INTO grdb_migrations VALUES ('7 tags and fingerprints');
INSERT INTO grdb_migrations VALUES ('8 notifications');
INSERT INTO grdb_migrations VALUES ('9 regions');

CREATE TABLE accounts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    disabled_at INTEGER
) STRICT;
INSERT INTO accounts VALUES (1, 'operator', 1795600800123456, 1795600801123456);

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
, needs_teaching INTEGER NOT NULL DEFAULT 0, camera_region TEXT NOT NULL DEFAULT '') STRICT;
INSERT INTO printers VALUES (5, 1, 'mk3 ✓ ' || char(27) || '[31m', 'NONE', 0, 0, 1, 0.1, 0.2, 1.1, -1, 12, 1795600802123456, 1795600803123456, 1795600804123456, '83e56251d846ce1bdeaf', 10, 17, 1017, 3.00000000000000044408e-01, 4.94065645841247e-324, 3.33333333333333314829e-01, 1.79769313486231562234e+308, 9.99999999999999888977e-01, 1, 'bed=100,200,600,550 ignore=0,0,90,40');
INSERT INTO printers VALUES (6, 1, 'mk3 ✓ ' || char(27) || '[31m', 'NONE', 0, 0, 1, 0.1, 0.2, 1.1, -1, 12, 1795600802123456, 1795600803123456, 1795600804123456, '83e56251d846ce1bdeaf', NULL, 17, 1017, 3.00000000000000044408e-01, 4.94065645841247e-324, 3.33333333333333314829e-01, 1.79769313486231562234e+308, 9.99999999999999888977e-01, 1, 'bed=100,200,600,550 ignore=0,0,90,40');

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
    alert_overwrite TEXT,
    filament_used REAL,
    print_time REAL,
    frame_count INTEGER NOT NULL,
    max_normalized_p REAL NOT NULL,
    not_watched_at INTEGER,
    predictions_thinned INTEGER NOT NULL DEFAULT 0, result TEXT, failure_reason TEXT, max_failure_probability REAL, alert_state TEXT NOT NULL DEFAULT 'none', pause_not_confirmed_at INTEGER, pause_spent INTEGER NOT NULL DEFAULT 0, started_steady INTEGER, print_time_approximate INTEGER NOT NULL DEFAULT 0, deleted_at INTEGER,
    CHECK (finished_at IS NULL OR cancelled_at IS NULL)
) STRICT;
INSERT INTO prints VALUES (9, 5, 1, 'bén' || char(1) || 'chy "x".gcode', 1795600805123456, NULL, 1795600807123456, 1795600808123456, 1795600809123456, 1795600810123456, 1795600811123456, NULL, 'NOT_FAILED', 12.5, 3.00000000000000044408e-01, 42, 0.7, 1795600813123456, 0, 'failed', 'détaché', 0.8, 'none', NULL, 0, NULL, 0, NULL);
INSERT INTO prints VALUES (10, 5, 1, 'a.gcode', 1795600800123456, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0.0, NULL, 0, NULL, NULL, NULL, 'none', NULL, 0, NULL, 0, NULL);

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
    detections BLOB, failure_probability REAL,
    PRIMARY KEY (print_id, prediction_num)
) STRICT, WITHOUT ROWID;
INSERT INTO predictions VALUES (9, 3, 1795600803123456, 1003, 3.00000000000000044408e-01, 4.94065645841247e-324, 3.33333333333333314829e-01, 1.79769313486231562234e+308, 9.99999999999999888977e-01, X'333333333333EB3F66666666660659400000000000C062C059F3F8C21F6EA5010000000000406F409A9999999999B93F000000000000F03F000000000000004000000000000008400000000000001040', 1.42857142857142849212e-01);
INSERT INTO predictions VALUES (9, 4, 1795600804123456, 1004, 3.00000000000000044408e-01, 4.94065645841247e-324, 3.33333333333333314829e-01, 1.79769313486231562234e+308, 9.99999999999999888977e-01, X'333333333333EB3F66666666660659400000000000C062C059F3F8C21F6EA5010000000000406F409A9999999999B93F000000000000F03F000000000000004000000000000008400000000000001040', 1.42857142857142849212e-01);

CREATE TABLE frame_pictures (
    print_id INTEGER NOT NULL REFERENCES prints (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    frame INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (print_id, frame)
) STRICT, WITHOUT ROWID;
INSERT INTO frame_pictures VALUES (9, 4, 3);

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
, actor TEXT NOT NULL DEFAULT 'client', actor_name TEXT) STRICT;
INSERT INTO printer_events VALUES (3, 'FAILURE_ALERTED', 'WARNING', 'title', 'text', 1795600800123456, 1, 5, 9, 4, 'client', 'orca');

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
    disabled_at INTEGER, may_move_machines INTEGER NOT NULL DEFAULT 0,
    CHECK ((secret_salt IS NULL) = (secret_digest IS NULL))
) STRICT;
INSERT INTO oauth_clients VALUES (7, 'public-7', 'App', 1, X'000102030405060708090A0B0C0D0E0F', X'101112131415161718191A1B1C1D1E1F202122232425262728292A2B2C2D2E2F', 'read', 'urn:ietf:params:oauth:grant-type:device_code client_credentials', '["https:\/\/a\/\"b\\,","com.example:\/ x\n"]', 60, 1795600800123456, 1795600801123456, 1795600802123456, 0);

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
, grant_type TEXT NOT NULL DEFAULT 'client_credentials', family_id INTEGER REFERENCES token_families (id)
    ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED) STRICT;
INSERT INTO access_tokens VALUES (8, X'0808080808080808080808080808080808080808080808080808080808080808', 7, 1, 'read write', 1795600800123456, 4949200800123456, NULL, 1795600803123456, 'client_credentials', NULL);

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
INSERT INTO token_families VALUES (6, 7, 1, 'urn:ietf:params:oauth:grant-type:device_code', 'write', X'7676767676767676767676767676767676767676767676767676767676767676', X'7777777777777777777777777777777777777777777777777777777777777777', X'7878787878787878787878787878787878787878787878787878787878787878', 1795600800123456, 1795601800123456, 1795600804123456, NULL);

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
, pause_requested INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO webhook_outbox VALUES (1, 'a', 'PrintFailure', 1, 1, 5, 'mk3 ✓', 9, 'a.gcode', 1795600800123456, 1795600801123456, 4, 1795600802123456, 0, 0, 1795600802123456, 1);

CREATE TABLE camera_histories (
    printer_id INTEGER NOT NULL REFERENCES printers (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    source TEXT NOT NULL,
    model_digest TEXT NOT NULL,
    region TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    history BLOB NOT NULL,
    PRIMARY KEY (printer_id, source, model_digest, region, width, height)
) STRICT;
INSERT INTO camera_histories VALUES (5, 'a', 'b', 'c', 640, 480, X'0100000000');

CREATE TABLE failure_evidence (
    printer_id INTEGER PRIMARY KEY REFERENCES printers (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    print_id INTEGER NOT NULL REFERENCES prints (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    source TEXT NOT NULL,
    model_digest TEXT NOT NULL,
    region TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    is_failing INTEGER NOT NULL,
    evidence BLOB NOT NULL
) STRICT;
INSERT INTO failure_evidence VALUES (5, 10, 'a', 'b', 'c', 640, 480, 0, X'01000000000000D03F000000000000000000555555555555D53F000000000000000000000000000000000000000000000000000000000000000000000000000000');

CREATE TABLE clock_readings (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    boot_id TEXT,
    since_boot INTEGER NOT NULL,
    wall INTEGER NOT NULL,
    steady INTEGER NOT NULL,
    exact_since INTEGER NOT NULL
) STRICT;
INSERT INTO clock_readings VALUES (1, 'b', 5000000, 1795600800123456, 1795600800123456, 1795600800123456);

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
INSERT INTO machine_links VALUES (5, 'octoprint', 'https://octopi.local:8443/octo', X'C8C7C6C5C4C3C2C1C0BFBEBDBCBBBAB9B8B7B6B5B4B3B2B1B0AFAEADACABAAA9', 'output_pin caselight', 0, NULL, 1, 1795600807123456);

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
    created_at INTEGER NOT NULL, fingerprint BLOB,
    CHECK (has_credentials OR credentials IS NULL)
) STRICT;
INSERT INTO cameras VALUES (9, 5, 'front ✓', 'mjpeg', 'http://[::1]/v?a=1', 0, 1, 270, 300, 0, 0, NULL, 0, 1795600808123456, X'C8C7C6C5C4C3C2C1C0BFBEBDBCBBBAB9B8B7B6B5B4B3B2B1B0AFAEADACABAAA9');

CREATE TABLE printer_tags (
    printer_id INTEGER NOT NULL REFERENCES printers (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    tag TEXT NOT NULL,
    PRIMARY KEY (printer_id, tag)
) STRICT, WITHOUT ROWID;
INSERT INTO printer_tags VALUES (5, 'hall-2');

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
INSERT INTO notify_occasions VALUES (77, 'camera_lost', 'warning', 5, 9, 'mk3 ✓', 'a.gcode', 'No picture.', 4, 1795600800123456, 1795600800123456, 1795600800123461, 2, 1795600809123456, 'acknowledged', 'channel', 'phone');

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
INSERT INTO notify_tellings VALUES ('phone', 77, 1795600800123456, 1795600800123456, 1, 0, 0);

CREATE TABLE notify_channels (
    channel TEXT PRIMARY KEY,
    recent TEXT NOT NULL
) STRICT;
INSERT INTO notify_channels VALUES ('phone', '1795600800123456');

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
INSERT INTO notify_outbox VALUES (1, 'phone', 'n', '{"createdAt":1795600800123456,"severity":"warning","topic":"camera_lost","nextAfter":1795600860123456,"form":{"escalation":{"from":"phone","minutes":7}},"deliveryID":"n","subjects":[{"answered":"acknowledged by phone","severity":"warning","topic":"camera_lost","text":"No picture.","frame":4,"printerID":5,"printID":9,"printerName":"mk3 ✓","filename":"a.gcode","openedAt":1795600800123456,"occasionID":77}],"answers":["acknowledge"]}', 1795600800123456, 0, 0, 1795600800123456);

DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES ('accounts', 1);
INSERT INTO sqlite_sequence VALUES ('printers', 6);
INSERT INTO sqlite_sequence VALUES ('prints', 10);
INSERT INTO sqlite_sequence VALUES ('printer_events', 3);
INSERT INTO sqlite_sequence VALUES ('oauth_clients', 7);
INSERT INTO sqlite_sequence VALUES ('access_tokens', 8);
INSERT INTO sqlite_sequence VALUES ('token_families', 6);
INSERT INTO sqlite_sequence VALUES ('webhook_outbox', 1);
INSERT INTO sqlite_sequence VALUES ('cameras', 9);
INSERT INTO sqlite_sequence VALUES ('notify_outbox', 1);

CREATE INDEX printers_by_current_print ON printers (current_print_id) WHERE current_print_id IS NOT NULL;
CREATE INDEX prints_by_start ON prints (started_at);
CREATE INDEX prints_of_account ON prints (account_id, started_at);
CREATE INDEX prints_of_printer ON prints (printer_id, started_at);
CREATE INDEX prints_by_end ON prints (coalesce(cancelled_at, finished_at));
CREATE INDEX prints_to_thin ON prints (coalesce(cancelled_at, finished_at)) WHERE predictions_thinned = 0;
CREATE INDEX prints_cancelled ON prints (started_at) WHERE cancelled_at IS NOT NULL;
CREATE INDEX prints_without_verdict ON prints (started_at)
    WHERE alerted_at IS NOT NULL AND alert_overwrite IS NULL;
CREATE INDEX printer_events_by_time ON printer_events (created_at);
CREATE INDEX printer_events_of_account ON printer_events (account_id);
CREATE INDEX printer_events_of_printer ON printer_events (printer_id);
CREATE INDEX printer_events_of_print ON printer_events (print_id);
CREATE INDEX access_tokens_of_client ON access_tokens (client_id);
CREATE INDEX token_families_of_client ON token_families (client_id);
CREATE INDEX access_tokens_of_family ON access_tokens (family_id) WHERE family_id IS NOT NULL;
CREATE INDEX failure_evidence_of_print ON failure_evidence (print_id);
CREATE INDEX cameras_of_printer ON cameras (printer_id);
CREATE INDEX printer_tags_by_tag ON printer_tags (tag);
CREATE INDEX notify_tellings_of_occasion ON notify_tellings (occasion_id);
CREATE INDEX notify_outbox_of_channel ON notify_outbox (channel, id);
