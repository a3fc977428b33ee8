#!/usr/bin/env python3
"""Measures the API of a release build against its bars. One command, from the root of the checkout:

    swift build -c release && python3 Tests/Bench/api_bars.py

    api_bars.py [--farmtop PATH] [--photo JPEG] [--seconds S] [--rounds N] [--scratch DIR] [--only WORD,…]

    list      GET of 1 and of 50 printers, interleaved with a bare Hummingbird route that answers a constant of the same
              size (Tests/Bench/bare-route, built here): at least 70 % and 40 % of its requests/s
    pairs     start_print and finish_print with full durability: at least 500 pairs/s, or 60 % of what plain SQLite
              reaches with the same rows in the same folder, 16 changes a commit
    predict   frames/s of 8 printers: at least 90 % of the detector alone (farmtop detect, decoding included)
    latency   p99 of a list of 50 while the detector is saturated: at most 20 ms

Needs wrk (Debian has it). Ratios are medians over rounds in which both sides take turns, so that whatever else the
machine does falls on both; for the lists the requests per second of processor time are told beside them.
"""
import argparse, http.client, json, os, pathlib, re, shutil, signal, socket, sqlite3, statistics, subprocess, sys
import tempfile, time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def processor_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Server:
    def __init__(self, command, port, log=None):
        self.port = port
        self.process = subprocess.Popen([str(part) for part in command], stderr=log, stdout=log)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        sys.exit("a server did not start")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


class Farm(Server):
    def __init__(self, program, folder):
        port = free_port()
        self.program, self.folder = program, folder
        super().__init__(
            [program, "serve", "--data-dir", folder, "--listen", f"127.0.0.1:{port}"], port,
            open(str(folder) + ".log", "ab"))

    def run(self, *arguments):
        result = subprocess.run(
            [str(self.program), *arguments, "--data-dir", str(self.folder)], capture_output=True, text=True)
        if result.returncode != 0:
            sys.exit(result.stderr)
        return result.stdout

    def call(self, method, path, body=None, token=None, kind="application/json"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Authorization": "Bearer " + token} if token else {}
        if body is not None:
            headers["Content-Type"] = kind
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status >= 400:
            sys.exit(f"{method} {path} was answered with {answer.status}: {text[:200]}")
        return text

    def app(self, account, printers):
        """A token of a new account with so many printers, and their ids."""
        self.run("account", "add", account)
        made = json.loads(self.run("client", "add", "bench", "--account", account, "--json"))
        token = json.loads(self.call(
            "POST", "/o/token/", "grant_type=client_credentials&client_id=%s&client_secret=%s"
            % (made["client_id"], made["client_secret"]), kind="application/x-www-form-urlencoded"))["access_token"]
        ids = [
            json.loads(self.call("POST", "/api/v1/printers/", json.dumps({"name": f"{account} {n}"}), token))["id"]
            for n in range(printers)
        ]
        return token, ids


class Load:
    """One run of wrk."""

    def __init__(self, url, connections, seconds, token=None, script=None, threads=1):
        command = ["wrk", "--latency", "-t", threads, "-c", connections, "-d", f"{seconds}s", "--timeout", "10s"]
        if token:
            command += ["-H", "Authorization: Bearer " + token]
        if script:
            command += ["-s", script]
        self.process = subprocess.Popen([str(part) for part in command + [url]], stdout=subprocess.PIPE, text=True)

    def wait(self):
        self.text = self.process.communicate()[0]
        if "Non-2xx" in self.text or "Socket errors" in self.text:
            print("  " + " ".join(line for line in self.text.splitlines() if "Non-2xx" in line or "Socket" in line))
        self.rate = float(re.search(r"Requests/sec:\s+([\d.]+)", self.text)[1])
        number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", self.text).groups()
        self.p99 = float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]
        return self


def measured(server, path, options, token=None):
    """Requests a second, and requests a second of the server's processor time."""
    before, start = processor_seconds(server.process.pid), time.monotonic()
    rate = Load(f"http://127.0.0.1:{server.port}{path}", 16, options.seconds, token).wait().rate
    elapsed = time.monotonic() - start
    spent = processor_seconds(server.process.pid) - before
    return rate, rate * elapsed / max(spent, 1 / TICKS)


def lists(farm, options):
    apps = {1: farm.app("one", 1), 50: farm.app("fifty", 50)}
    sizes = {n: len(farm.call("GET", "/api/v1/printers/", token=apps[n][0])) for n in apps}
    scratch = options.scratch or pathlib.Path(tempfile.gettempdir()) / "farmtop-bare-route"
    package = ROOT / "Tests/Bench/bare-route"
    subprocess.run(
        ["nice", "swift", "build", "-c", "release", "--package-path", package, "--scratch-path", scratch],
        check=True, stdout=subprocess.DEVNULL)
    port = free_port()
    bare = Server([scratch / "release/bare-route", port, sizes[1], sizes[50]], port)
    found = {1: [], 50: []}
    for _ in range(options.rounds):
        for number, printers in enumerate(found):
            base = measured(bare, f"/{number}", options)
            own = measured(farm, "/api/v1/printers/", options, apps[printers][0])
            found[printers].append((base, own))
    bare.stop()
    for printers, bar in [(1, 70), (50, 40)]:
        rounds = found[printers]
        ratio = statistics.median(own[0] / base[0] for base, own in rounds) * 100
        busy = statistics.median(own[1] / base[1] for base, own in rounds) * 100
        rates = [statistics.median(side[0] for side in sides) for sides in zip(*rounds)]
        report(
            f"list of {printers} ({sizes[printers]} bytes)",
            f"{rates[1]:.0f}/s, bare route {rates[0]:.0f}/s: {ratio:.0f} % (by processor time {busy:.0f} %)",
            ratio >= bar, f"{bar} %")


PAIRS = """
local threads = 0
function setup(thread) thread:set("printer", FIRST + threads); threads = threads + 1 end
local number = 0
function request()
  number = number + 1
  local path = "/api/v1/printers/" .. printer
  local headers = {["Authorization"] = "Bearer TOKEN", ["Content-Type"] = "application/json"}
  if number % 2 == 1 then
    return wrk.format("POST", path .. "/start_print/", headers, '{"filename": "part.gcode"}')
  end
  return wrk.format("POST", path .. "/finish_print/", headers, '{"status": "success"}')
end
"""


def plain_sqlite(folder, seconds):
    """Pairs a second with the rows that a start and an end write, 16 changes a commit."""
    path = folder / "plain.db"
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript("""
        PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
        CREATE TABLE printers (id INTEGER PRIMARY KEY, name TEXT, settings TEXT, print INTEGER, a REAL, b REAL, c REAL);
        CREATE TABLE prints (id INTEGER PRIMARY KEY, printer INTEGER, account INTEGER, filename TEXT, started INTEGER,
                             ended INTEGER);
        CREATE INDEX by_account ON prints (account, started); CREATE INDEX by_printer ON prints (printer, started);
        CREATE TABLE events (id INTEGER PRIMARY KEY, account INTEGER, print INTEGER, title TEXT, text TEXT, at INTEGER);
        CREATE INDEX events_by_account ON events (account, id);""")
    for printer in range(16):
        database.execute("INSERT INTO printers VALUES (?, 'p', ?, NULL, 0, 0, 0)", (printer, "x" * 300))
    changes, number, end = 0, 0, time.monotonic() + seconds
    while time.monotonic() < end:
        for starts in [True, False]:
            database.execute("BEGIN IMMEDIATE")
            for printer in range(16):
                now = time.time_ns()
                if starts:
                    number += 1
                    database.execute("INSERT INTO prints VALUES (?, ?, 1, 'part.gcode', ?, NULL)", (number, printer, now))
                else:
                    database.execute("UPDATE prints SET ended = ? WHERE id = ?", (now, number - 15 + printer))
                database.execute("UPDATE printers SET print = ?, a = 0, b = 0 WHERE id = ?", (number, printer))
                database.execute(
                    "INSERT INTO events (account, print, title, text, at) VALUES (1, ?, 'Print Job', ?, ?)",
                    (number, "part.gcode was started by bench.", now))
                changes += 1
            database.execute("COMMIT")
    database.close()
    for file in folder.glob("plain.db*"):
        file.unlink()
    return changes / 2 / seconds


def pairs(farm, options, work):
    token, ids = farm.app("pairs", 16)
    script = work / "pairs.lua"
    script.write_text(PAIRS.replace("FIRST", str(ids[0])).replace("TOKEN", token))
    # wrk asks its script for one request that it does not send: that printer begins with an end.
    for id in ids:
        farm.call("POST", f"/api/v1/printers/{id}/start_print/", '{"filename": "part.gcode"}', token)
    plain, own = [], []
    for _ in range(options.rounds):
        plain.append(plain_sqlite(work, options.seconds))
        load = Load(f"http://127.0.0.1:{farm.port}/", 16, options.seconds, script=script, threads=16).wait()
        own.append(load.rate / 2)
    ratio = statistics.median(o / p for o, p in zip(own, plain)) * 100
    rate = statistics.median(own)
    report(
        "start/finish pairs", f"{rate:.0f}/s, plain SQLite {statistics.median(plain):.0f}/s: {ratio:.0f} %",
        rate >= 500 or ratio >= 60, "500/s or 60 %")


PREDICT = """
local threads = 0
function setup(thread) thread:set("printer", FIRST + threads); threads = threads + 1 end
function init(args)
  local file = io.open("PHOTO", "rb")
  local body = '--b\\r\\nContent-Disposition: form-data; name="img"; filename="a.jpg"\\r\\n\\r\\n' .. file:read("*a")
    .. "\\r\\n--b--\\r\\n"
  file:close()
  frame = wrk.format("POST", "/api/v1/printers/" .. printer .. "/predict/",
    {["Authorization"] = "Bearer TOKEN", ["Content-Type"] = "multipart/form-data; boundary=b"}, body)
end
function request() return frame end
"""


def frames(farm, options, work):
    """Eight printers that send the photo as fast as they get answers."""
    token, ids = farm.app("frames", 8)
    for id in ids:
        farm.call("POST", f"/api/v1/printers/{id}/start_print/", '{"filename": "part.gcode"}', token)
    script = work / "predict.lua"
    script.write_text(
        PREDICT.replace("FIRST", str(ids[0])).replace("TOKEN", token).replace("PHOTO", str(options.photo.resolve())))
    return lambda seconds: Load(f"http://127.0.0.1:{farm.port}/", 8, seconds, script=script, threads=8)


def detector_alone(farm, options):
    """Frames a second of decoding and network, one after another, in a process of its own."""
    count = max(20, int(options.seconds * 50))
    text = farm.run("detect", "--json", *([str(options.photo)] * count))
    times = [json.loads(line)["ms"] for line in text.splitlines()]
    return 1000 / statistics.mean(t["decode"] + t["network"] for t in times[5:])


def predict(farm, options, load):
    load(1).wait()
    alone, own, spent = [], [], []
    for _ in range(options.rounds):
        alone.append(detector_alone(farm, options))
        before = processor_seconds(farm.process.pid)
        own.append(load(options.seconds).wait().rate)
        spent.append((processor_seconds(farm.process.pid) - before) / (own[-1] * options.seconds) * 1000)
    ratio = statistics.median(o / a for o, a in zip(own, alone)) * 100
    report(
        "predict",
        f"{statistics.median(own):.0f} frames/s, detector alone {statistics.median(alone):.0f}: {ratio:.0f} % "
        f"({statistics.median(spent):.1f} ms of processor time a frame)", ratio >= 90, "90 %")


def latency(farm, options, load):
    token, _ = farm.app("latency", 50)
    found = []
    for _ in range(options.rounds):
        frames = load(options.seconds + 2)
        time.sleep(1)
        lists = Load(f"http://127.0.0.1:{farm.port}/api/v1/printers/", 4, options.seconds, token).wait()
        found.append(lists.p99)
        frames.wait()
    p99 = statistics.median(found)
    report("list of 50 beside a saturated detector", f"p99 {p99:.1f} ms", p99 <= 20, "20 ms")


missed = []


def report(name, text, reached, bar):
    print(f"{'ok    ' if reached else 'MISSED'} {name}: {text} (bar: {bar})", flush=True)
    if not reached:
        missed.append(name)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--farmtop", type=pathlib.Path, default=pathlib.Path(".build/release/farmtop"))
    options.add_argument("--photo", type=pathlib.Path, default=ROOT / "Tests/ImagingTests/Golden/baseline-420.jpg")
    options.add_argument("--seconds", type=int, default=4)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--scratch", type=pathlib.Path)
    options.add_argument("--only", default="list,pairs,predict,latency")
    options = options.parse_args()
    if not shutil.which("wrk"):
        sys.exit("wrk is missing: sudo apt-get install wrk")
    wanted = options.only.split(",")
    work = pathlib.Path(tempfile.mkdtemp(prefix="farmtop-bars-"))
    farm = Farm(options.farmtop.resolve(), work / "data")
    try:
        if "list" in wanted:
            lists(farm, options)
        if "pairs" in wanted:
            pairs(farm, options, work)
        if "predict" in wanted or "latency" in wanted:
            load = frames(farm, options, work)
        if "predict" in wanted:
            predict(farm, options, load)
        if "latency" in wanted:
            latency(farm, options, load)
    finally:
        farm.stop()
        shutil.rmtree(work)
    sys.exit(1 if missed else 0)


main()
