#!/usr/bin/env python3
"""Measures how long a dashboard on another machine waits for its first full screen of a large farm.

    Tests/Bench/remote_dashboard.py [--farmtop PATH ...] [--printers 20000] [--rounds 3] [--check]

Writes a farm of that many printers straight into a database, every second one with an open print and a frame, serves it on
loopback, and starts `farmtop dashboard --connect` in a pseudo terminal of 120x40 until printers fill its screen. With
several programs they are measured in turns, and each is compared with the first. With --check the exit code is 1 where the
last program takes longer than the bar. Standard library only.
"""
import argparse, fcntl, json, os, pty, re, select, shutil, signal, sqlite3, statistics, struct, subprocess, sys, tempfile, termios, time

BAR_SECONDS = 10
ROWS, COLUMNS = 40, 120


def build(database, printers):
    now = int(time.time() * 1e6)
    run = database.execute
    run("CREATE TEMP TABLE slot AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i FROM n",
        (printers,))
    run("""
        INSERT INTO printers (id, account_id, name, action_on_failure, watching_enabled, tools_off_on_pause, bed_off_on_pause,
            retract_on_pause, lift_z_on_pause, detective_sensitivity, min_timelapse_secs_on_finish, min_timelapse_secs_on_cancel,
            created_at, auth_token, prediction_num, prediction_num_lifetime, p, ewm_mean, rolling_mean_short, rolling_mean_long,
            normalized_p)
        SELECT i, 1, 'printer ' || i, 'PAUSE', 1, 1, 0, 6.5, 2.5, 1, 600, 600, ?, lower(hex(randomblob(10))),
            600, 600, 0.05, 0.04, 0.03, 0.02, 0.1 FROM slot""", (now,))
    run("""
        INSERT INTO prints (printer_id, account_id, filename, started_at, alert_state, frame_count, max_normalized_p,
            max_failure_probability, predictions_thinned)
        SELECT i, 1, 'part-' || i || '.gcode', ?, 'none', 600, 0.2, 0.05, 0 FROM slot WHERE i % 2 = 0""", (now - 3_600_000_000,))
    run("UPDATE printers SET current_print_id = (SELECT max(id) FROM prints WHERE printer_id = printers.id)")
    run("""
        INSERT INTO predictions (print_id, prediction_num, created_at, prediction_num_lifetime, p, ewm_mean, rolling_mean_short,
            rolling_mean_long, normalized_p, failure_probability)
        SELECT id, 600, ?, 600, 0.05, 0.04, 0.03, 0.02, 0.1, 0.02 FROM prints""", (now,))
    database.commit()


class Farm:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder

    def __enter__(self):
        log = os.path.join(self.folder, "serve.log")
        with open(log, "wb") as errors:
            self.process = subprocess.Popen(
                [self.program, "serve", "--data-dir", self.folder, "--listen", "127.0.0.1:0"], stderr=errors)
        while not (found := re.search(r"listens on (http://127.0.0.1:\d+)\.", open(log).read())):
            if self.process.poll() is not None:
                sys.exit("the farm did not start: " + open(log).read())
            time.sleep(0.01)
        self.url = found.group(1)
        made = subprocess.run(
            [self.program, "client", "add", f"bench {time.time_ns()}", "--json", "--data-dir", self.folder],
            capture_output=True, check=True)
        client = json.loads(made.stdout)
        self.environment = {"FARMTOP_CLIENT_ID": client["client_id"], "FARMTOP_CLIENT_SECRET": client["client_secret"]}
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def first_screen(program, farm, seconds):
    """Seconds from the start of the dashboard until printers fill the table."""
    began = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        os.environ.update(farm.environment, TERM="xterm-256color", HOME=farm.folder)
        os.execvp(program, [program, "dashboard", "--connect", farm.url])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    seen, text = set(), b""
    try:
        while len(seen) < ROWS // 2:
            left = seconds - (time.perf_counter() - began)
            if left <= 0 or not select.select([terminal], [], [], left)[0]:
                sys.exit(f"{program}: no full screen within {seconds} s")
            text = text[-100:] + os.read(terminal, 1 << 16)
            seen.update(re.findall(rb"printer (\d+)", text))
        return time.perf_counter() - began
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(terminal)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--farmtop", action="append")
    options.add_argument("--printers", type=int, default=20_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seconds", type=float, default=300, help="after which a screen counts as never full")
    options.add_argument("--check", action="store_true")
    options = options.parse_args()
    programs = [os.path.abspath(program) for program in options.farmtop or [".build/release/farmtop"]]
    folder = tempfile.mkdtemp(prefix="farmtop-remote-")
    try:
        # The program makes its own tables.
        subprocess.run([programs[0], "client", "add", "bench", "--data-dir", folder], check=True, stdout=subprocess.DEVNULL)
        database = sqlite3.connect(os.path.join(folder, "farmtop.db"))
        build(database, options.printers)
        database.close()
        times = {program: [] for program in programs}
        for _ in range(options.rounds):
            for program in programs:
                with Farm(program, folder) as farm:
                    times[program].append(first_screen(program, farm, options.seconds))
    finally:
        shutil.rmtree(folder)
    medians = [statistics.median(times[program]) for program in programs]
    print(f"first full screen of {options.printers} printers over the API: {medians[-1]:.1f} s")
    for program, median in zip(programs, medians):
        spread = ", ".join(f"{each:.2f}" for each in times[program])
        print(f"  {program}: {spread} s; {median / medians[0]:.2f} of the first")
    sys.exit(1 if options.check and medians[-1] > BAR_SECONDS else 0)


main()
