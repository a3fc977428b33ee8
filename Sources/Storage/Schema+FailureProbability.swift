extension Schema {
    /// What 0.2 added: the failure probability and what it is made of, confirmed pauses, endings, and who did what.
    ///
    /// In 0.1 `paused_at` was set by a pause request; here by its confirmation alone. An open print keeps its state: asked
    /// and not confirmed, confirmed, or resumed after a request.
    static let failureProbability = """
        ALTER TABLE predictions ADD COLUMN failure_probability REAL;

        ALTER TABLE printers ADD COLUMN needs_teaching INTEGER NOT NULL DEFAULT 0;
        UPDATE printers SET needs_teaching = 1 WHERE deleted_at IS NULL;

        ALTER TABLE prints ADD COLUMN result TEXT;
        ALTER TABLE prints ADD COLUMN failure_reason TEXT;
        ALTER TABLE prints ADD COLUMN max_failure_probability REAL;
        ALTER TABLE prints ADD COLUMN alert_state TEXT NOT NULL DEFAULT 'none';
        ALTER TABLE prints ADD COLUMN pause_not_confirmed_at INTEGER;
        ALTER TABLE prints ADD COLUMN pause_spent INTEGER NOT NULL DEFAULT 0;
        UPDATE prints SET result = CASE WHEN cancelled_at IS NOT NULL THEN 'cancelled' ELSE 'success' END
            WHERE cancelled_at IS NOT NULL OR finished_at IS NOT NULL;
        UPDATE prints SET pause_spent = 1
            WHERE pause_requested_at IS NOT NULL AND result IS NULL;
        UPDATE prints SET alert_state = CASE
                WHEN alert_acknowledged_at IS NULL OR alert_acknowledged_at < alerted_at THEN 'standing'
                WHEN alert_overwrite = 'NOT_FAILED' THEN 'dismissed'
                ELSE 'acknowledged' END
            WHERE alerted_at IS NOT NULL AND result IS NULL;
        UPDATE prints SET paused_at = NULL
            WHERE pause_requested_at IS NOT NULL AND pause_confirmed = 0 AND result IS NOT NULL;
        UPDATE prints SET pause_requested_at = NULL
            WHERE pause_requested_at IS NOT NULL AND (result IS NOT NULL OR pause_confirmed = 1 OR paused_at IS NULL);
        UPDATE prints SET paused_at = NULL WHERE pause_requested_at IS NOT NULL;
        ALTER TABLE prints DROP COLUMN pause_confirmed;

        ALTER TABLE printer_events ADD COLUMN actor TEXT NOT NULL DEFAULT 'client';
        ALTER TABLE printer_events ADD COLUMN actor_name TEXT;
        UPDATE printer_events SET actor = 'farmtop' WHERE event_type IN ('FAILURE_ALERTED', 'NOT_WATCHED');
        UPDATE printer_events SET actor = 'person' WHERE event_text LIKE '%the operator%' AND actor = 'client';

        ALTER TABLE webhook_outbox ADD COLUMN pause_requested INTEGER NOT NULL DEFAULT 0;

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
        CREATE INDEX failure_evidence_of_print ON failure_evidence (print_id);
        """
}
