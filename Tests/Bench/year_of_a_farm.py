#!/usr/bin/env python3
"""Builds the database of a farm that has worked for a year, and measures how long its operator waits.

    year_of_a_farm.py [--farmtop PATH] [--folder DIR] [--printers 100] [--days 365] [--check]

Rows are simulated straight in SQL, as the farm would have kept them: three prints of four hours a day and printer, a
prediction every ten seconds for the last thirty days and every minute before, events, pictures around the alerts, ended
tokens. Then the program serves that folder and is measured: start-up, the list of printers, pages of the history, and the
time a start_print takes while retention removes what is too old. A folder that holds the year already is used again.
With --check the exit code is 1 where a bar is missed. 100 printers take about 4 GB of disk. Standard library only.
"""
import argparse, http.client, json, os, re, shutil, signal, sqlite3, statistics, subprocess, sys, tempfile, time

BARS = {"startup_ms": 300, "list_ms": 10, "history_ms": 50}
DAY = 86_400_000_000


def build(options, database):
    """Micro-seconds since 1970 everywhere; the year ends now."""
    end = int(time.time() * 1e6)
    begin = end - options.days * DAY
    slots = options.days * 3
    run = database.execute
    run("PRAGMA synchronous = OFF")
    run("PRAGMA cache_size = -500000")
    run("BEGIN")
    run("CREATE TEMP TABLE slot AS WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?) "
        "SELECT i FROM n", (slots,))
    run("""
        INSERT INTO printers (id, account_id, name, action_on_failure, watching_enabled, tools_off_on_pause, bed_off_on_pause,
            retract_on_pause, lift_z_on_pause, detective_sensitivity, min_timelapse_secs_on_finish, min_timelapse_secs_on_cancel,
            created_at, auth_token, prediction_num, prediction_num_lifetime, p, ewm_mean, rolling_mean_short, rolling_mean_long,
            normalized_p)
        SELECT i + 1, 1, 'printer ' || (i + 1), 'PAUSE', 1, 1, 0, 6.5, 2.5, 1, 600, 600, ?, lower(hex(randomblob(10))),
            0, 0, 0, 0, 0, 0, 0 FROM slot WHERE i < ?""", (begin, options.printers))
    # A print every eight hours, four hours long; each printer begins a little later than the one before.
    run("""
        INSERT INTO prints (printer_id, account_id, filename, started_at, finished_at, cancelled_at, alerted_at,
            alert_state, alert_overwrite, filament_used, print_time, frame_count, max_normalized_p, max_failure_probability, result,
            predictions_thinned)
        SELECT printer, 1, 'part-' || i || '-' || printer || '.gcode', start,
            iif((i + printer) % 20 = 0, NULL, start + 14400000000), iif((i + printer) % 20 = 0, start + 14400000000, NULL),
            iif((i + printer) % 25 = 0, start + 7200000000, NULL), iif((i + printer) % 25 = 0, 'acknowledged', 'none'),
            iif((i + printer) % 50 = 0, 'FAILED', NULL), 12.5, 14400, 1440, 0.2, iif((i + printer) % 25 = 0, 0.7, 0.05),
            iif((i + printer) % 20 = 0, 'cancelled', 'success'), start + 14400000000 < ?
        FROM (SELECT i, printers.id AS printer, ? + i * 28800000000 + printers.id * 60000000 AS start FROM slot, printers)
        ORDER BY start""", (end - 30 * DAY, begin))
    # The newest print of each printer is still open.
    run("UPDATE prints SET finished_at = NULL, cancelled_at = NULL, result = NULL, print_time = NULL, frame_count = 600 "
        "WHERE id IN (SELECT max(id) FROM prints GROUP BY printer_id)")
    run("UPDATE printers SET current_print_id = (SELECT max(id) FROM prints WHERE printer_id = printers.id), "
        "prediction_num = 600, prediction_num_lifetime = 600")
    for kind, severity, moment, where in [
            ("STARTED", "INFO", "started_at", "1"),
            ("FAILURE_ALERTED", "WARNING", "alerted_at", "alerted_at IS NOT NULL"),
            ("ENDED", "SUCCESS", "coalesce(cancelled_at, finished_at)", "coalesce(cancelled_at, finished_at) IS NOT NULL")]:
        run(f"""INSERT INTO printer_events (event_type, event_class, event_title, event_text, created_at, account_id,
            printer_id, print_id, frame) SELECT '{kind}', '{severity}', 'Print Job', filename || ' by an app.', {moment}, 1,
            printer_id, id, NULL FROM prints WHERE {where} ORDER BY {moment}""")
    run("COMMIT")
    predictions(options, database, end)
    pictures(options, database)
    run("INSERT INTO oauth_clients (public_id, name, account_id, scope, grants, redirect_uris, created_at) "
        "VALUES ('year', 'year', 1, 'read', 'client_credentials', '[]', ?)", (begin,))
    run("""INSERT INTO access_tokens (digest, client_id, account_id, scope, created_at, expires_at)
        SELECT randomblob(32), (SELECT max(id) FROM oauth_clients), 1, 'read', ?1 + i * 1000000, ?1 + i * 1000000 + 3600000000
        FROM (SELECT a.i * 50 + b.i AS i FROM (SELECT i FROM slot WHERE i < 400) a, (SELECT i FROM slot WHERE i < 50) b)
        """, (begin,))
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def predictions(options, database, end):
    """In the order of their key, so that pages fill one after the other."""
    first_full = database.execute("SELECT min(id) FROM prints WHERE predictions_thinned = 0").fetchone()[0]
    last = database.execute("SELECT max(id) FROM prints").fetchone()[0]
    database.execute("CREATE TEMP TABLE frame AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
                     "WHERE i < 1440) SELECT i FROM n")
    database.execute("CREATE INDEX temp.frames ON frame (i)")
    step = 2000
    for start in range(1, last + 1, step):
        database.execute("""
            INSERT INTO predictions (print_id, prediction_num, created_at, prediction_num_lifetime, p, ewm_mean, rolling_mean_short,
                rolling_mean_long, normalized_p, failure_probability)
            SELECT id, i, started_at + i * 10000000, i, 0.05, 0.04, 0.03, 0.02, 0.1, 0.02
            FROM prints CROSS JOIN frame WHERE id >= ?1 AND id < ?1 + ?2 AND i <= frame_count
            AND (id >= ?3 OR i % 6 = 1) ORDER BY id, i""", (start, step, first_full))
        database.commit()


def pictures(options, database):
    """Eleven around each alert, and a last one of each printer; each a kilobyte."""
    folder = os.path.join(options.folder, "frames")
    prints = [row[0] for row in database.execute("SELECT id FROM prints WHERE alerted_at IS NOT NULL")]
    keys = [(print_id, 720 + n) for print_id in prints for n in range(-5, 6)]
    keys += [(row[0], 600) for row in database.execute("SELECT current_print_id FROM printers")]
    for print_id, frame in keys:
        os.makedirs(os.path.join(folder, str(print_id)), mode=0o700, exist_ok=True)
        with open(os.path.join(folder, str(print_id), f"{frame}.jpg"), "wb") as file:
            file.write(b"\xff\xd8" + bytes(1022))
    database.executemany("INSERT OR IGNORE INTO frame_pictures VALUES (?, ?, 1024)", keys)
    database.commit()


class Farm:
    def __init__(self, options):
        self.options, self.process, self.port, self.token = options, None, 0, None

    def start(self, *arguments):
        """Returns after how many milliseconds the API answered."""
        log = os.path.join(self.options.folder, "serve.log")
        began = time.perf_counter()
        with open(log, "wb") as errors:
            self.process = subprocess.Popen(
                [self.options.farmtop, "serve", "--data-dir", self.options.folder, "--listen", "127.0.0.1:0",
                 *arguments], stderr=errors)
        while True:
            found = re.search(r"listens on http://127.0.0.1:(\d+)\.", open(log).read())
            if found:
                break
            if self.process.poll() is not None:
                sys.exit("the farm did not start: " + open(log).read())
            time.sleep(0.001)
        self.port = int(found.group(1))
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        self.call("GET", "/hc/")
        return (time.perf_counter() - began) * 1000

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    def call(self, method, path, body=None):
        """Returns the answer and after how many milliseconds it was whole."""
        headers = {"Authorization": "Bearer " + self.token} if self.token else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        began = time.perf_counter()
        self.connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = self.connection.getresponse()
        text = answer.read()
        took = (time.perf_counter() - began) * 1000
        if answer.status >= 300:
            sys.exit(f"{method} {path}: {answer.status} {text[:200]}")
        return text, took

    def authorise(self):
        made = subprocess.run(
            [self.options.farmtop, "client", "add", "bench", "--json", "--data-dir", self.options.folder],
            capture_output=True, check=True)
        client = json.loads(made.stdout)
        self.connection.request(
            "POST", "/o/token/", "grant_type=client_credentials&client_id=%s&client_secret=%s"
            % (client["client_id"], client["client_secret"]), {"Content-Type": "application/x-www-form-urlencoded"})
        self.token = json.loads(self.connection.getresponse().read())["access_token"]


def median_and_worst(times):
    times = sorted(times)
    return statistics.median(times), times[min(len(times) - 1, int(len(times) * 0.99))]


def measure(options):
    farm = Farm(options)
    starts = []
    for _ in range(5):
        starts.append(farm.start())
        farm.end()
    yield "startup_ms", "start-up", median_and_worst(starts)
    farm.start()
    farm.authorise()
    prints = options.printers * options.days * 3
    pages = [
        ("list_ms", "list of printers", "/api/v1/printers/", 100),
        ("history_ms", "newest prints", "/api/v1/prints/?limit=50", 50),
        ("history_ms", "prints, the middle", f"/api/v1/prints/?limit=50&start={prints // 2}", 20),
        ("history_ms", "prints, oldest first", "/api/v1/prints/?limit=50&sorting=date_asc", 20),
        ("history_ms", "cancelled prints", "/api/v1/prints/?limit=50&filter=cancelled", 20),
        ("history_ms", "prints without a verdict", "/api/v1/prints/?limit=50&filter=need_alert_overwrite", 20),
        ("history_ms", "prints of a printer", "/api/v1/prints/?limit=50&filter_by_printer_ids[]=7", 20),
        ("history_ms", "newest events", "/api/v1/printer_events/?limit=50", 50),
        ("history_ms", "predictions of a print", f"/api/v1/prints/{prints // 2}/prediction_json/", 20),
        (None, "statistics of a month", "/api/v1/prints/stats/?group_by=day&from_date="
         + time.strftime("%Y-%m-%d", time.gmtime(time.time() - 30 * 86400)), 5),
        (None, "statistics of the year", "/api/v1/prints/stats/?group_by=month", 3),
    ]
    for bar, name, path, count in pages:
        yield bar, name, median_and_worst([farm.call("GET", path)[1] for _ in range(count)])
    yield None, "start_print", median_and_worst(starts_of_prints(farm, options))
    farm.end()
    # Limits so low that there is something to remove all the time.
    limits = os.path.join(options.folder, "limits.toml")
    with open(limits, "w") as file:
        file.write("[retention]\nframes_mib = 1\ndatabase_mib = 16\n")
    farm.start("--config", limits)
    farm.authorise()
    yield None, "start_print, while pruning", median_and_worst(starts_of_prints(farm, options))
    farm.end()


def starts_of_prints(farm, options):
    times = []
    end = time.time() + options.seconds
    while time.time() < end:
        path = f"/api/v1/printers/{1 + len(times) % options.printers}/start_print/"
        times.append(farm.call("POST", path, {"filename": "x.gcode"})[1])
        time.sleep(0.01)
    return times


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--farmtop", default=".build/release/farmtop")
    options.add_argument("--folder", help="where the farm is, or will be; else a folder that goes away")
    options.add_argument("--printers", type=int, default=100)
    options.add_argument("--days", type=int, default=365)
    options.add_argument("--seconds", type=float, default=10, help="of starting prints, without and with pruning")
    options.add_argument("--check", action="store_true")
    options = options.parse_args()
    keeps = options.folder is not None
    options.folder = options.folder or tempfile.mkdtemp(prefix="farmtop-year-")
    path = os.path.join(options.folder, "farmtop.db")
    if not os.path.exists(path):
        # The program makes its own tables.
        subprocess.run([options.farmtop, "client", "add", "bench", "--data-dir", options.folder], check=True,
                       stdout=subprocess.DEVNULL)
        began = time.time()
        database = sqlite3.connect(path)
        build(options, database)
        database.close()
        print(f"built in {time.time() - began:.0f} s: {os.path.getsize(path) / 1e9:.2f} GB")
    missed = 0
    for bar, name, (median, worst) in measure(options):
        verdict = ""
        if bar:
            verdict = f"bar {BARS[bar]} ms: " + ("ok" if median <= BARS[bar] else "MISSED")
            missed += median > BARS[bar]
        print(f"{name:28}{median:9.1f} ms   p99 {worst:9.1f} ms   {verdict}")
    if not keeps:
        shutil.rmtree(options.folder)
    sys.exit(1 if options.check and missed else 0)


main()
