#!/usr/bin/env python3
"""Connects farmtop to a real OctoPrint (with its virtual printer) and to a real Moonraker with Klippy (Kalico, without hardware), prints
on both, lets the picture fail, and checks what an operator relies on. It writes a table of what it saw.

    Tests/Bench/real_printers.py [--farmtop .build/debug/farmtop] [--work FOLDER] [--table FILE] [--only octoprint|moonraker]
                                 [--port 48200] [--clean JPEG --failing JPEG]

Everything listens on loopback, below --port and the ten ports after it. The servers are installed with pip into --work, which is kept:
a second run starts at once. The exit code is 1 where a check fails. Needs Python with venv, and a C compiler once (Klippy's helper).
The pictures of a print that goes well and of one that fails are those of farmtop's demo, unless others are named.
"""
import argparse, datetime, glob, http.client, http.server, json, os, shutil, signal, socketserver, subprocess, sys, tempfile, threading, time
import urllib.error, urllib.request

OCTOPRINT = "octoprint==1.11.8"
GLOBAL_KEY = "0123456789ABCDEF0123456789ABCDEF"
HERE = os.path.dirname(os.path.abspath(__file__))


class Camera:
    """A camera whose picture is clean or failing, as `state` says. No two pictures are the same bytes: a still one counts as frozen."""

    def __init__(self, port, pictures):
        self.state, self.count, self.requests = "clean", 0, 0
        camera = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                camera.count += 1
                picture = pictures[camera.state]
                remark = str(camera.count).encode()
                # A comment after the start of the picture.
                body = picture[:2] + b"\xff\xfe" + (len(remark) + 2).to_bytes(2, "big") + remark + picture[2:]
                self.send_response(200)
                self.send_header("Content-Type", "image/jpeg")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *words):
                pass

        class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
            daemon_threads = True

        self.url = f"http://127.0.0.1:{port}/snapshot.jpg"
        threading.Thread(target=Server(("127.0.0.1", port), Handler).serve_forever, daemon=True).start()


def call(method, url, key=None, body=None, headers=None):
    """Status and JSON, or text where it is none."""
    data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers or {}, method=method)
    if data is not None and not headers:
        request.add_header("Content-Type", "application/json")
    if key:
        request.add_header("X-Api-Key", key)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            status, text = answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read().decode(errors="replace")
    try:
        return status, json.loads(text)
    except ValueError:
        return status, text


def wait(what, seconds, look, pause=0.2):
    """What `look` gives once it is true, and how long that took. Raises when it never is."""
    start = time.monotonic()
    while True:
        found = look()
        if found:
            return found, time.monotonic() - start
        if time.monotonic() - start > seconds:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(pause)


class OctoPrint:
    kind, title = "octoprint", OCTOPRINT.replace("octoprint==", "OctoPrint ")
    # Blocks of a second each.
    layer = "G1 Z{n}.2 F600\nG1 X{n} Y10\nG4 P1000\n"
    head = "; a print of a test\nM104 S205\nM140 S60\n"

    def __init__(self, work, port, camera):
        self.folder, self.port = work + "/octoprint", port
        self.url = f"http://127.0.0.1:{port}"
        self.python = self.folder + "/env/bin/"
        if not os.path.exists(self.python + "octoprint"):
            subprocess.run([sys.executable, "-m", "venv", self.folder + "/env"], check=True)
            subprocess.run([self.python + "pip", "install", "-q", OCTOPRINT], check=True)
        self.data = tempfile.mkdtemp(prefix="octoprint-", dir=self.folder)
        with open(self.data + "/config.yaml", "w") as file:
            file.write(f"""\
api: {{key: {GLOBAL_KEY}}}
server:
  firstRun: false
  onlineCheck: {{enabled: false}}
  pluginBlacklist: {{enabled: false}}
  pythonEolCheck: {{enabled: false}}
serial: {{autoconnect: false}}
plugins:
  virtual_printer: {{enabled: true}}
  classicwebcam: {{_config_version: 1, snapshot: "{camera.url}", stream: "/webcam/?action=stream"}}
  _disabled: [softwareupdate, announcements, pluginmanager, discovery, tracking, errortracking, health_check, firmware_check,
    file_check, pi_support]
""")
        subprocess.run([self.python + "octoprint", "--basedir", self.data, "user", "add", "--admin", "--password", "farm-test",
                        "farmer"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.start()
        self.key = call("POST", self.url + "/api/access/users/farmer/apikey", GLOBAL_KEY)[1]["apikey"]

    def start(self):
        root = ["--iknowwhatimdoing"] if os.geteuid() == 0 else []
        with open(self.data + "/out", "ab") as log:
            self.process = subprocess.Popen([self.python + "octoprint", "serve", *root, "--basedir", self.data, "--host",
                                             "127.0.0.1", "--port", str(self.port)], stdout=log, stderr=log)
        try:
            wait("OctoPrint answers", 120, self.answers, 1)
            self.connect()
        except Exception:
            self.end()
            raise

    def answers(self):
        try:
            return call("GET", self.url + "/api/version", GLOBAL_KEY)[0] == 200
        except (OSError, http.client.HTTPException):
            # While it starts, something answers that does not quite speak HTTP.
            return False

    def connect(self):
        call("POST", self.url + "/api/connection", GLOBAL_KEY,
             {"command": "connect", "port": "VIRTUAL", "baudrate": 115200})
        wait("the virtual printer", 60,
             lambda: call("GET", self.url + "/api/connection", GLOBAL_KEY)[1]["current"]["state"] == "Operational")

    def state(self):
        return call("GET", self.url + "/api/job", GLOBAL_KEY)[1]["state"]

    is_paused = {"Paused"}
    is_printing = {"Printing"}
    is_idle = {"Operational"}

    def end(self):
        self.process.terminate()
        self.process.wait(30)

    def recover(self):
        """After an emergency stop."""
        self.connect()


class Moonraker:
    kind, title = "moonraker", "Moonraker 0.11.0 with Kalico 2026.10.0.dev0"
    layer = "SET_PRINT_STATS_INFO CURRENT_LAYER={n}\nG1 Z{n}.2 F600\nG1 X{n} Y10 E0.02 F3000\nFARM_WAIT S=1\n"
    head = "M83\nM104 S205\nM140 S60\nG28\nSET_PRINT_STATS_INFO TOTAL_LAYER=150\n"

    def __init__(self, work, port, camera):
        self.folder, self.port = work + "/klippy", port
        self.url = f"http://127.0.0.1:{port}"
        self.start()

    def start(self):
        subprocess.run([HERE + "/klippy_peer/start.sh", self.folder, str(self.port)], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        with open(self.folder + "/api_key") as file:
            self.key = file.read().strip()
        with open(self.folder + "/pids") as file:
            self.processes = [int(line) for line in file]

    def state(self):
        answer = call("POST", self.url + "/printer/objects/query", self.key, {"objects": {"print_stats": None}})[1]
        return answer["result"]["status"]["print_stats"]["state"]

    is_paused = {"paused"}
    is_printing = {"printing"}
    is_idle = {"cancelled", "standby"}

    def end(self):
        for process in self.processes:
            try:
                os.kill(process, signal.SIGTERM)
            except ProcessLookupError:
                continue
        for process in self.processes:
            wait("the end of Moonraker", 30, lambda: not os.path.exists(f"/proc/{process}")
                 or open(f"/proc/{process}/stat").read().split()[2] == "Z")

    def recover(self):
        call("POST", self.url + "/printer/firmware_restart", self.key)


class Farm:
    def __init__(self, program, folder, port):
        self.program, self.folder, self.port, self.camera = os.path.abspath(program), folder, port, None

    def start(self):
        with open(self.folder + ".log", "ab") as log:
            self.process = subprocess.Popen([self.program, "serve", "--data-dir", self.folder, "--listen",
                                             f"127.0.0.1:{self.port}"], stdout=log, stderr=log)
        wait("farmtop answers", 60, self.answers)

    def answers(self):
        try:
            return call("GET", f"http://127.0.0.1:{self.port}/")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def run(self, *words):
        return subprocess.run([self.program, *words, "--data-dir", self.folder], capture_output=True, text=True)

    def do(self, *words):
        outcome = self.run(*words)
        if outcome.returncode != 0:
            raise RuntimeError(f"farmtop {' '.join(words)}: {outcome.stderr.strip()}")
        return outcome.stdout

    def shown(self, name):
        return json.loads(self.do("printer", "show", name, "--json"))

    def until(self, name, seconds, what, look):
        def found():
            shown = self.shown(name)
            return shown if look(shown) else None
        return wait(f"{name}: {what}", seconds, found, 0.5)

    def state(self, name, state, seconds=60):
        return self.until(name, seconds, state, lambda shown: shown["machine_state"] == state)[1]


class Checks:
    def __init__(self):
        self.rows, self.failed = {}, 0

    def check(self, peer, what, body):
        try:
            seen = body() or "yes"
        except Exception as error:
            self.failed += 1
            seen = "**no**: " + " ".join(str(error).split())
        print(f"{'FAIL' if seen.startswith('**no') else 'ok  '}  {peer.title}: {what}: {seen}", flush=True)
        self.rows.setdefault(what, {})[peer.kind] = seen

    def table(self, peers):
        lines = ["| What | " + " | ".join(peer.title for peer in peers) + " |", "|---|" + "---|" * len(peers)]
        for what, seen in self.rows.items():
            lines.append(f"| {what} | " + " | ".join(seen.get(peer.kind, "–") for peer in peers) + " |")
        return "\n".join(lines) + "\n"


def seconds(value):
    return f"{value:.1f} s"


def story(farm, peer, camera, checks, folder):
    name = peer.kind
    key_file, gcode = f"{folder}/{name}.key", f"{folder}/{name}-test.gcode"
    with open(key_file, "w") as file:
        file.write(peer.key)
    with open(gcode, "w") as file:
        file.write(peer.head + "".join(peer.layer.format(n=n) for n in range(1, 150)))
    camera.state = "clean"

    def wrong_key():
        with open(folder + "/wrong.key", "w") as file:
            file.write("F" * 32)
        outcome = farm.run("printer", "connect", name, "--kind", name, "--url", peer.url, "--key-file", folder + "/wrong.key")
        assert outcome.returncode == 1 and "refuses the key" in outcome.stderr, outcome.stderr
        assert name not in farm.do("printer", "list"), "the printer was made"
        return "refused, nothing stored"

    def connect():
        farm.do("printer", "connect", name, "--kind", name, "--url", peer.url, "--key-file", key_file, "--camera", camera.url)
        shown, took = farm.until(name, 60, "a reading", lambda s: s["machine_state"] in ("idle", "complete", "cancelled"))
        return f"{shown['machine']['server']}; first state after {seconds(took)}"

    def upload():
        farm.do("print", "upload", gcode, "--on", name, "--start")
        took = farm.state(name, "printing", 90)
        shown = farm.until(name, 60, "progress and heat",
                           lambda s: (s["readings"] or {}).get("progress") and s["readings"]["nozzles"])[0]
        heat = shown["readings"]["nozzles"][0]
        return f"prints {seconds(took)} after the upload; progress, nozzle {heat['actual']:.0f}/{heat['target']:.0f} °C"

    def detection():
        farm.until(name, 120, "pictures judged", lambda s: s["camera_state"] == "ok" and s["failure_probability"] is not None)
        camera.state = "failing"
        _, alerted = farm.until(name, 600, "an alert", lambda s: s["alert_state"] == "standing")
        shown, paused = farm.until(name, 600, "a pause", lambda s: s["machine_state"] == "paused")
        wait("the machine's own word", 30, lambda: peer.state() in peer.is_paused)
        assert shown["last_command"]["outcome"] == "confirmed", shown["last_command"]
        return f"alert after {seconds(alerted)}, paused {seconds(paused)} later; the machine says {peer.state()}"

    def restart_paused():
        before = farm.shown(name)["current_print"]["id"]
        farm.process.send_signal(signal.SIGKILL)
        farm.process.wait()
        farm.start()
        shown, took = farm.until(name, 60, "paused again", lambda s: s["machine_state"] == "paused")
        assert shown["current_print"]["id"] == before, "another print"
        return f"the same print, paused, after {seconds(took)}"

    def resume():
        camera.state = "clean"
        farm.do("print", "resume", name)
        took = farm.state(name, "printing")
        wait("the machine's own word", 30, lambda: peer.state() in peer.is_printing)
        farm.do("print", "dismiss", name)
        return seconds(took)

    def restart_printing():
        before = farm.shown(name)["current_print"]["id"]
        farm.process.send_signal(signal.SIGKILL)
        farm.process.wait()
        farm.start()
        shown, took = farm.until(name, 60, "printing again", lambda s: s["machine_state"] == "printing")
        assert shown["current_print"]["id"] == before, "another print"
        return f"the same print after {seconds(took)}"

    def cancel():
        farm.do("print", "cancel", name, "--yes")
        took = farm.until(name, 90, "cancelled", lambda s: s["machine_state"] in ("cancelled", "idle"))[1]
        wait("the machine's own word", 30, lambda: peer.state() in peer.is_idle)
        ended = json.loads(farm.do("print", "list", name, "--json", "--limit", "1").splitlines()[0])
        assert ended["result"] == "cancelled", ended["result"]
        return f"{seconds(took)}; the print is cancelled"

    def peer_restart():
        farm.do("print", "upload", gcode, "--on", name, "--start")
        farm.state(name, "printing", 90)
        peer.end()
        offline = farm.state(name, "offline", 120)
        peer.start()
        back = farm.until(name, 180, "back", lambda s: s["machine_state"] in ("idle", "cancelled", "complete"))[1]
        ended = farm.until(name, 60, "the print has ended", lambda s: s["current_print"] is None)[0]
        last = json.loads(farm.do("print", "list", name, "--json", "--limit", "1").splitlines()[0])
        return f"offline after {seconds(offline)}, back {seconds(back)} after its start; the print is {last['result']}"

    def emergency():
        farm.do("print", "upload", gcode, "--on", name, "--start")
        farm.state(name, "printing", 90)
        farm.do("printer", "stop", name, "--yes")
        shown, took = farm.until(name, 60, "error", lambda s: s["machine_state"] == "error")
        words = ((shown["readings"] or {}).get("error") or "").split("\n")[0]
        peer.recover()
        back = farm.until(name, 120, "back", lambda s: s["machine_state"] in ("idle", "cancelled", "complete"))[1]
        return f"error after {seconds(took)} ({words[:60]}); back after {seconds(back)}"

    def disconnect():
        farm.do("printer", "disconnect", name)
        return "unlinked" if farm.shown(name)["machine_state"] == "unlinked" else "**no**: still linked"

    for what, body in [
        ("A wrong key", wrong_key), ("Connecting", connect), ("Upload and start", upload),
        ("Failing pictures → pause at the machine", detection), ("farmtop killed while paused", restart_paused),
        ("Resume", resume), ("farmtop killed while printing", restart_printing), ("Cancel", cancel),
        ("The server restarted while printing", peer_restart), ("Emergency stop", emergency), ("Disconnecting", disconnect),
    ]:
        checks.check(peer, what, body)


def drawn(program, folder):
    """A clean and a failing picture: the demo's second printer fails after a few frames."""
    place = folder + "/demo"
    os.mkdir(place)
    demo = subprocess.Popen([os.path.abspath(program), "demo", "--headless", "--printers", "2", "--interval", "0.5"],
                            env={**os.environ, "TMPDIR": place + "/"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        def frames(number):
            found = glob.glob(f"{place}/farmtop-demo-*/frames/{number}/*.jpg")
            return sorted(found, key=lambda path: int(os.path.basename(path).split(".")[0]))

        def fails(picture):
            return subprocess.run([program, "detect", picture, "--fail-over", "0.8"], stdout=subprocess.DEVNULL).returncode == 1

        wait("the demo's pictures", 300, lambda: len(frames(1)) > 3 and len(frames(2)) > 3)
        # When its second printer begins to fail is the demo's own affair.
        wait("a failing picture of the demo", 600, lambda: any(fails(path) for path in frames(2)[-2:-1]))
        pictures = {}
        for state, number in (("clean", 1), ("failing", 2)):
            with open(frames(number)[-2], "rb") as file:
                pictures[state] = file.read()
        return pictures
    finally:
        demo.terminate()
        demo.wait(30)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--farmtop", default=".build/debug/farmtop")
    parser.add_argument("--work", default=os.path.expanduser("~/.cache/farmtop-real-printers"))
    parser.add_argument("--clean")
    parser.add_argument("--failing")
    parser.add_argument("--table")
    parser.add_argument("--only", choices=["octoprint", "moonraker"])
    parser.add_argument("--port", type=int, default=48200)
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    folder = tempfile.mkdtemp(prefix="farmtop-real-")
    pictures = {} if options.clean and options.failing else drawn(options.farmtop, folder)
    for state in ("clean", "failing"):
        if getattr(options, state):
            with open(getattr(options, state), "rb") as file:
                pictures[state] = file.read()
    camera, checks, peers = Camera(options.port + 1, pictures), Checks(), []
    farm = Farm(options.farmtop, folder + "/data", options.port)
    try:
        for index, kind in enumerate([OctoPrint, Moonraker]):
            if options.only in (None, kind.kind):
                peers.append(kind(options.work, options.port + 2 + index, camera))
        farm.start()
        for peer in peers:
            story(farm, peer, camera, checks, folder)
    finally:
        if hasattr(farm, "process"):
            farm.process.terminate()
            farm.process.wait(30)
        for peer in peers:
            peer.end()
        shutil.rmtree(folder)
    table = f"Seen on {datetime.date.today().isoformat()}:\n\n" + checks.table(peers)
    print("\n" + table)
    if options.table:
        with open(options.table, "w") as file:
            file.write(table)
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
